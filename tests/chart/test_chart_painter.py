"""Pictures, pixel by pixel where it matters: what was not recorded is not drawn, and both palettes are one drawing."""

import io
import math
import random
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from collector.chart.digest import digest
from collector.chart.painter import Painter
from collector.chart.palette import INKS, PAPER, SERIES
from collector.chart.picture import Line, Panel, Picture, Threshold

ZONE, DAY = ZoneInfo("Asia/Taipei"), 86400
END = int(datetime(2026, 11, 24, 2, 10, tzinfo=ZONE).timestamp())
PAINTER, SINGLE = Painter(), Painter(density=1)
LEFT, RIGHT, TOP, BOTTOM = 66, 652, 10, 204
"""The edges of the plot in a picture of 720 x 230."""


def nightly(skipped=(), nights=365, size=1e9):
    """A year of sizes that grow, with nights left out, counted back from the last."""
    chance = random.Random(2)
    values = [size * (1 + night / 365 + chance.uniform(0, 0.01)) for night in range(nights)]
    kept = [night for night in range(nights) if nights - 1 - night not in skipped]
    return Line(tuple(END - (nights - 1 - night) * DAY for night in kept), tuple(values[night] for night in kept))


def picture(*lines, unit="bytes", days=364, **panel):
    return Picture("svn/dybsvn", END - days * DAY, END, (Panel(unit, lines, **panel),), ZONE)


def pixels(file):
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def colour(name, theme="light"):
    return np.array(list(bytes.fromhex(getattr(next(ink for ink in INKS if ink.name == name), theme)[1:])))


def where(file, name, theme="light"):
    """Rows and columns of the pixels that an ink covers wholly."""
    return np.nonzero((pixels(file) == colour(name, theme)).all(axis=2))


def column(night):
    """The pixel column of a night, counted back from the last, at density 1."""
    return LEFT + (364 - night) / 364 * (RIGHT - LEFT)


def data(file):
    return file[file.index(b"IDAT") :]


@pytest.mark.parametrize("painter", [PAINTER, SINGLE])
def test_light_and_dark_are_one_drawing_on_the_paper_of_the_page(painter):
    light, dark = painter.draw(picture(nightly()))
    assert data(light) == data(dark)
    size = (230 * painter.density, 720 * painter.density, 3)
    for file, paper in ((light, PAPER[0]), (dark, PAPER[1])):
        assert pixels(file).shape == size
        assert {tuple(pixels(file)[y, x]) for y in (0, -1) for x in (0, -1)} == {paper}
    assert len(where(dark, "main", "dark")[0]) == len(where(light, "main")[0]) > 500


def test_edges_fade_into_the_paper_of_their_own_palette():
    light, dark = SINGLE.draw(picture(nightly(skipped=range(100, 130))))
    for file, theme, paper in ((light, "light", PAPER[0]), (dark, "dark", PAPER[1])):
        ends = np.array([paper, *(colour(name, theme) for name in ("wash", "rule", "text", "main"))])
        assert (pixels(file) >= ends.min(axis=0)).all()
        assert (pixels(file) <= ends.max(axis=0)).all()
        assert len(np.unique(pixels(file).reshape(-1, 3), axis=0)) > len(ends)


def test_a_typical_year_is_at_most_eight_kilobytes():
    for line in (nightly(), nightly(skipped=(9, 40, *range(100, 130)))):
        assert max(map(len, PAINTER.draw(picture(line)))) <= 8000


def test_the_same_picture_gives_the_same_bytes_whatever_was_drawn_before():
    first = PAINTER.draw(picture(nightly()))
    PAINTER.draw(picture(nightly(size=5e3), unit="count"))
    assert PAINTER.draw(picture(nightly())) == first == Painter().draw(picture(nightly()))


def test_nothing_is_drawn_where_nothing_was_recorded():
    light, _ = SINGLE.draw(picture(nightly(skipped=range(100, 130))))
    gap = pixels(light)[TOP:BOTTOM, round(column(129)) + 2 : round(column(100)) - 2]
    assert {tuple(pixel) for pixel in gap.reshape(-1, 3)} == {PAPER[0], tuple(colour("rule"))}


def test_a_value_that_is_not_finite_is_a_gap_like_one_that_is_missing():
    line = nightly()
    values = tuple(math.nan if 100 <= 364 - night < 130 else value for night, value in enumerate(line.values))
    assert SINGLE.draw(picture(replace(line, values=values))) == SINGLE.draw(picture(nightly(skipped=range(100, 130))))


def test_a_gap_that_is_told_is_one_also_where_the_points_lie_as_usual():
    line = nightly(nights=12)
    light, _ = SINGLE.draw(picture(replace(line, gaps=(4,)), days=11))
    _, columns = where(light, "main")
    bare = set(range(LEFT, RIGHT)) - set(columns.tolist())
    step = (RIGHT - LEFT) / 11
    assert len(bare) == pytest.approx(step, abs=4)
    assert sum(bare) / len(bare) == pytest.approx(LEFT + 4.5 * step, abs=2)


def test_the_line_ends_in_a_dot_around_its_last_value():
    light, _ = SINGLE.draw(picture(nightly(nights=12), days=11))
    rows, columns = where(light, "main")
    tall = rows[columns == RIGHT]
    assert columns[columns < RIGHT + 7].max() == RIGHT + 2
    assert tall.max() - tall.min() == 4
    assert np.ptp(rows[columns == RIGHT - 10]) <= 2


def test_a_night_alone_between_gaps_is_a_dot():
    light, _ = SINGLE.draw(picture(nightly(skipped=[*range(90, 110), *range(111, 130)])))
    _, columns = where(light, "main")
    dot = columns[(columns > column(128)) & (columns < column(92))]
    assert len(dot) >= 4
    assert abs(dot.mean() - column(110)) < 1


def test_the_line_ends_where_the_record_ends():
    light, _ = SINGLE.draw(picture(nightly(skipped=range(200))))
    _, columns = where(light, "wash")
    assert abs(columns.max() - column(200)) <= 1.5
    rows, columns = where(light, "main")
    assert columns[rows > BOTTOM - 40].size == 0
    assert columns.max() > column(200) + 20, "the last value stands beside its end"


def test_a_constant_series_is_a_level_line():
    light, _ = SINGLE.draw(picture(Line(nightly().times, (4.0,) * 365), unit="celsius"))
    rows, columns = where(light, "main")
    line = rows[(columns > LEFT + 5) & (columns < RIGHT - 5)]
    assert set(line) <= {TOP - 1, TOP}


def test_temperatures_below_zero_get_no_area():
    line = Line(nightly().times, tuple(-5.0 + night / 30 for night in range(365)))
    light, _ = SINGLE.draw(picture(line, unit="celsius", floor=None))
    assert where(light, "wash")[0].size == 0
    assert where(light, "main")[0].size > 500


def test_an_empty_series_is_told_in_words_without_a_scale():
    empty, _ = SINGLE.draw(picture(Line((), ())))
    outside, _ = SINGLE.draw(picture(Line((END - 900 * DAY,), (4e9,))))
    assert empty == outside
    rows, columns = where(empty, "text")
    assert rows[(rows > TOP) & (rows < BOTTOM)].size > 20
    assert columns[rows < BOTTOM].min() > LEFT + 100


def test_thresholds_are_dashed_lines_in_the_colour_of_their_level():
    line = Line(nightly().times, tuple(0.3 + night / 1000 for night in range(365)))
    bounds = Threshold(0.8, "warning"), Threshold(0.9, "critical")
    light, dark = SINGLE.draw(picture(line, unit="ratio", thresholds=bounds))
    for name, value in (("warning", 0.8), ("critical", 0.9)):
        rows, columns = where(light, name)
        top = TOP + 21
        assert set(rows[rows > top]) == {round(BOTTOM - value * (BOTTOM - top))}
        assert len(set(rows[rows < top])) == 1, "its sign in the legend"
        dashes = columns[rows > top]
        assert (np.diff(dashes) > 1).sum() > 50
        assert (dashes.size / (RIGHT - LEFT)) == pytest.approx({"warning": 5 / 9, "critical": 7 / 9}[name], abs=0.01)
        assert len(where(dark, name, "dark")[0]) == len(columns)


def test_a_threshold_far_above_what_was_read_takes_no_room():
    line = Line(nightly().times, tuple(0.1 + night / 10000 for night in range(365)))
    bounded = picture(line, unit="ratio", thresholds=(Threshold(0.9, "warning"),))
    assert SINGLE.draw(bounded) == SINGLE.draw(picture(line, unit="ratio"))


def test_a_restless_line_is_a_band_with_its_middle_and_the_true_last_value():
    chance = random.Random(5)
    values = tuple(chance.uniform(0.1, 4.0) for _ in range(364))
    light, _ = SINGLE.draw(picture(Line(nightly().times, (*values, 2.0)), unit="load"))
    rows, columns = where(light, "band")
    assert rows[columns < RIGHT].size > 30_000
    assert rows[rows > TOP + 21].max() >= round(BOTTOM - min(values) / 4 * (BOTTOM - TOP - 21)) - 2
    dot_rows, dot_columns = where(light, "main")
    dot = dot_rows[(dot_columns > RIGHT - 2) & (dot_columns < RIGHT + 3)]
    assert abs(dot.mean() - (BOTTOM - 0.5 * (BOTTOM - TOP - 21))) < 2


def test_a_band_ends_where_nothing_was_recorded_and_goes_on_after_it():
    line = nightly(skipped=range(150, 200))
    restless = Line(line.times, tuple(4.0 * (place % 2) for place in range(len(line.times))))
    rows, columns = where(SINGLE.draw(picture(restless, unit="load")).light, "band")
    shown = set(columns[rows > TOP + 21])
    before, after = column(200), column(149)
    assert shown >= {*range(LEFT + 2, int(before) - 4), *range(round(after) + 4, RIGHT - 2)}
    assert not shown & {*range(round(before) + 1, int(after))}
    assert min(shown) == LEFT


def test_nights_alone_and_the_last_value_are_dots_of_lines_of_steps():
    painter, lone = (
        Painter(),
        {"main": 115, "pale": 225},
    )  # a dot of density 1 has no pixel that a pale ink covers wholly

    def jumpy(role, low, high):
        kept = [night for night in range(364, -1, -1) if not 0 < abs(night - lone[role]) < 15]
        values = tuple(high if night < 20 else (low, high)[night % 2] for night in kept)
        return Line(tuple(END - night * DAY for night in kept), values, role, role)

    light, _ = painter.draw(picture(jumpy("main", 1.0, 2.0), jumpy("pale", 3.0, 5.0), unit="load"))
    for ink, night in lone.items():
        rows, columns = np.divide(where(light, ink), painter.density)
        near = columns[(rows > TOP + 21) & (np.abs(columns - column(night)) < 15)]
        assert 0 < near.size <= 50
        assert np.abs(near - column(night)).max() < 3
    _, columns = where(light, "main")
    at_end, before = (np.count_nonzero(columns // painter.density == RIGHT - back) for back in (0, 6))
    assert at_end > before > 0
    empty, _ = painter.draw(picture(Line((), ())))
    assert not any(where(empty, ink)[0].size for ink in lone)  # the pen has nothing left


def test_the_period_before_is_calm_and_lies_under_the_line():
    chance = random.Random(5)
    before = Line(nightly().times, tuple(chance.uniform(0, 2e9) for _ in range(365)), "a year before", "pale")
    light, _ = SINGLE.draw(picture(nightly(), before))
    assert where(light, "main")[0].size >= where(SINGLE.draw(picture(nightly())).light, "main")[0].size * 0.8
    rows, _ = where(light, "pale")
    assert 0 < rows[rows > TOP + 21].size < 2500


def test_any_picture_of_a_metric_is_at_most_eight_kilobytes():
    chance = random.Random(6)
    kinds = {
        "noise": lambda night: chance.uniform(0, 4),
        "load": lambda night: chance.gammavariate(2, 0.2),
        "season": lambda night: 20 + 10 * math.sin(night / 58) + chance.gauss(0, 1),
        "fill": lambda night: (night * 0.003) % 0.4 + 0.6,
    }
    for kind, value in kinds.items():
        for days in (31, 365):
            now, then = (tuple(value(night) for night in range(days)) for _ in range(2))
            times = tuple(END - night * DAY for night in reversed(range(days)))
            lines = Line(times, now), Line(times, then, "a year before", "pale")
            bounds = Threshold(0.9, "warning"), Threshold(0.97, "critical")
            note = {"thresholds": bounds, "note": "+7 MB (+0.4 %) since 23 Nov"}
            events = tuple(END - night * DAY for night in range(0, days, 9))
            drawn = PAINTER.draw(replace(picture(*lines, unit="ratio", days=days, **note), events=events))
            assert max(map(len, drawn)) <= 8000, (kind, days)


def test_events_are_ticks_above_the_time_axis():
    with_events = replace(picture(nightly(size=1e12)), events=(END - 100 * DAY,))
    rows, columns = where(SINGLE.draw(with_events).light, "text")
    ticks = columns[(rows > BOTTOM - 6) & (rows < BOTTOM) & (columns > LEFT)]
    assert set(ticks) == {round(column(100)), round(column(100)) + 1}
    before = replace(with_events, events=(END - 100 * DAY, END - 370 * DAY))
    assert SINGLE.draw(before) == SINGLE.draw(with_events)


def test_all_charts_of_a_window_share_their_time_axis():
    small, large = (SINGLE.draw(picture(nightly(size=size))).light for size in (12.0, 7e14))
    assert (pixels(small)[BOTTOM + 2 :] == pixels(large)[BOTTOM + 2 :]).all()


def stack(count=8):
    lines = tuple(replace(nightly(size=1e8 * (i + 1)), name=f"svn/item {i}") for i in range(count))
    okay = Line(nightly().times, (float(count),) * 365)
    return Picture("SDU", END - 364 * DAY, END, (Panel("bytes", lines, share=2), Panel("count", (okay,), "OK")), ZONE)


def test_eight_lines_in_a_panel_have_a_colour_each_and_the_panel_below_is_its_own():
    light, dark = Painter(720, 360, 1).draw(stack())
    assert data(light) == data(dark)
    for name in SERIES:
        assert where(light, name)[0].size > 100
    assert where(light, "main")[0].min() > 220
    assert where(light, "series 1")[0].max() < 220


def test_a_year_of_nights_is_brushed_and_looks_as_agg_draws_it(monkeypatch):
    year = picture(nightly(skipped=range(100, 105)))
    brushed = PAINTER.draw(year).light
    monkeypatch.setattr("collector.chart.panel.is_dense", lambda *_: False)
    by_agg = PAINTER.draw(year).light
    assert brushed != by_agg
    ours, aggs = (
        {*zip(*(places.tolist() for places in where(file, "main")), strict=True)} for file in (brushed, by_agg)
    )
    assert len(ours ^ aggs) < 0.05 * len(aggs)


def test_lines_of_dashes_and_pale_ones_are_never_brushed(monkeypatch):
    calm = Line(nightly().times, (1.5e9,) * 365, "a year before", "pale")
    pictures = stack(), picture(Line((END,), (1e9,)), calm)
    as_they_are = [PAINTER.draw(one) for one in pictures]
    monkeypatch.setattr("collector.chart.panel.is_dense", lambda x, *_: len(x) > 1)
    stacked, compared = (PAINTER.draw(one) for one in pictures)
    assert compared == as_they_are[1]
    upper = slice(0, 220 * PAINTER.density)
    assert (pixels(stacked.light)[upper] == pixels(as_they_are[0].light)[upper]).all()


def test_every_ink_stands_out_from_its_paper():
    """WCAG 2.2, 1.4.11: graphical objects 3 to 1, 1.4.3: text 4.5 to 1."""
    for ink in INKS:
        wanted = {"wash": 1.05, "band": 1.3, "rule": 1.3, "pale": 2.4, "text": 4.5, "main": 4.5}.get(ink.name, 3.0)
        assert contrast(bytes.fromhex(ink.light[1:]), PAPER[0]) >= wanted, ink
        assert contrast(bytes.fromhex(ink.dark[1:]), PAPER[1]) >= wanted, ink


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_title_is_written_only_where_it_is_asked_for():
    plain = picture(nightly())
    for one, written in ((plain, 0), (replace(plain, titled=True), 40)):
        rows, columns = where(SINGLE.draw(one).light, "text")
        assert (columns[rows < TOP + 12] > LEFT).sum() >= written
        assert written or (columns[rows < TOP + 12] < LEFT).all()


@pytest.mark.parametrize("title", ["svn/" + "long " * 500, "日本\n\x00\ud800<script>", "", "\u202e\u0301e"])
def test_any_title_stays_in_its_row(title):
    titled = SINGLE.draw(replace(picture(nightly()), title=title, titled=True)).light
    untitled = SINGLE.draw(replace(picture(nightly()), title="", titled=True)).light
    assert (pixels(titled)[TOP + 16 :] == pixels(untitled)[TOP + 16 :]).all()
    assert (pixels(titled)[:, RIGHT + 4 :] == pixels(untitled)[:, RIGHT + 4 :]).all()


def test_a_digest_changes_with_what_is_seen_and_with_nothing_else():
    seen = picture(nightly())
    longer = replace(nightly(), times=(1, *nightly().times), values=(5.0, *nightly().values))
    told = replace(nightly(), gaps=(7,))
    beyond = replace(told, times=(*told.times, END + 9), values=(*told.values, 5.0))
    unseen = [picture(nightly()), replace(seen, title="other"), picture(longer), picture(beyond)]
    changed = [
        replace(seen, title="other", titled=True),
        replace(seen, end=END + 1),
        replace(seen, zone=ZoneInfo("UTC")),
        replace(seen, events=(END,)),
        picture(nightly(), unit="count"),
        picture(replace(nightly(), role="pale")),
        picture(replace(nightly(), values=(0.0, *nightly().values[1:]))),
        picture(told),
        picture(nightly(), nightly()),
    ]
    named = digest(seen, 720, 230)
    assert {digest(one, 720, 230) for one in unseen} == {named}
    others = {digest(seen, 720, 230, 1), digest(seen, 720, 231), *(digest(one, 720, 230) for one in changed)}
    assert len({named, *others}) == 3 + len(changed)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 5), (-5, 5), (0, 10**12)])
def test_a_window_that_is_none_is_refused(start, end):
    with pytest.raises(ValueError, match="no window from"):
        Picture("x", start, end, (Panel("count", ()),))


points = st.lists(st.tuples(st.integers(END - 400 * DAY, END + DAY), st.floats()), max_size=40)
panels = st.builds(
    lambda unit, lines, floor, bound: Panel(unit, lines, "a name", (Threshold(bound, "critical"),), floor),
    st.sampled_from(["bytes", "seconds", "count", "ratio", "celsius", "load", "\x00"]),
    st.lists(points.map(lambda all_of: Line(*(tuple(zip(*all_of, strict=True)) or ((), ())), "n")), max_size=3).map(
        tuple
    ),
    st.sampled_from([None, 0.0]),
    st.floats(),
)


@settings(max_examples=60)
@given(st.lists(panels, min_size=1, max_size=3).map(tuple), st.sampled_from([SINGLE, Painter(240, 80, 1)]))
def test_any_series_can_be_drawn(all_panels, painter):
    light, dark = painter.draw(Picture("x", END - 365 * DAY, END, all_panels, ZONE))
    assert pixels(light).shape == pixels(dark).shape == (painter.height, painter.width, 3)

"""The same windows every night, and in each what is known of a metric: then, now, and what happened."""

from zoneinfo import ZoneInfo

import pytest

from collector.chart.curve import found
from collector.chart.picture import Threshold
from collector.config import Config, Node
from collector.export import pictures
from collector.export.pictures import Shown, Window, note, of_windows, windows
from collector.judge import in_force, thresholds
from collector.store.records import MetricRecord, NodeRecord, Series
from tests.export.test_export_documents import answer, metric, subject

DAY, ZONE = 86400, ZoneInfo("Asia/Taipei")
TONIGHT = 1_795_486_200  # 2026-11-24 02:10 UTC
MIDNIGHT = 1_795_536_000  # 2026-11-25 00:00 in Taipei


def days(window):
    return (window.end - window.start) / DAY


@pytest.mark.parametrize(
    ("first", "every", "wanted"),
    [
        (TONIGHT, DAY, {"month": 31, "year": 366, "all": 732}),
        (TONIGHT - 500 * DAY, DAY, {"month": 31, "year": 366, "all": 732}),
        (TONIGHT - 3000 * DAY, 6 * 3600, {"week": 7, "month": 31, "year": 366, "all": 3001}),
    ],
)
def test_windows_are_the_same_however_young_a_series_is(first, every, wanted):
    found = list(windows(first, TONIGHT, ZONE, every))
    assert {window.name: days(window) for window in found} == wanted
    assert {window.end for window in found} == {MIDNIGHT}


def nightly(*values, until=TONIGHT):
    return Series(tuple(until - (len(values) - 1 - n) * DAY for n in range(len(values))), values)


def shown(series, **fields):
    return Shown("size", MetricRecord("size", "bytes", series, TONIGHT, answer(TONIGHT), answer(TONIGHT)), **fields)


def test_the_period_before_lies_under_the_one_that_is_shown():
    series = nightly(*(float(night) for night in range(70)))
    month = Window("month", MIDNIGHT - 31 * DAY, MIDNIGHT, "the month before", 31 * DAY)
    (drawn,) = of_windows(shown(series), (month,), ZONE)
    now, before = drawn.panels[0].lines
    assert (list(now.values), now.name, now.role) == (list(map(float, range(39, 70))), "", "main")
    assert (list(before.values), before.name, before.role) == (list(range(8, 39)), "the month before", "pale")
    assert [list(line.times) for line in found(drawn)[0]] == [list(now.times)] * 2
    assert before.coarse_until - now.coarse_until == before.moved == month.shift


def test_where_nothing_was_recorded_before_there_is_no_pale_line():
    month, year, whole = windows(TONIGHT, TONIGHT, ZONE, DAY)
    series = nightly(1.0, 2.0)
    assert [len(one.panels[0].lines) for one in of_windows(shown(series), (month, year, whole), ZONE)] == [1, 1, 1]


def test_gaps_are_those_of_the_whole_series_wherever_a_window_begins():
    """Of a month with two values nobody could tell by itself how often they are to come."""
    ago = [*range(800, 420, -1), *range(408, 35, -1), 30, 0]
    series = Series(tuple(TONIGHT - days * DAY for days in ago), tuple(map(float, ago)))
    lines = [
        line
        for one in of_windows(shown(series), tuple(windows(TONIGHT, TONIGHT, ZONE, DAY)), ZONE)
        for line in one.panels[0].lines
    ]
    assert [[[line.values[at], line.values[at + 1]] for at in line.gaps] for line in lines] == [
        [[30, 0]],
        [],
        [[36, 30], [30, 0]],
        [[421, 408]],
        [[421, 408], [36, 30], [30, 0]],
    ]


def test_the_extremes_of_weeks_of_long_ago_have_no_gaps_between_them():
    ago = [*(days - day for days in range(1500, 799, -14) for day in (0, 1)), *range(762, -1, -1)]
    series = Series(tuple(TONIGHT - days * DAY for days in ago), tuple(map(float, ago)))
    *_, drawn = of_windows(shown(series), tuple(windows(TONIGHT - 1500 * DAY, TONIGHT, ZONE, DAY)), ZONE)
    (line,) = drawn.panels[0].lines
    assert [line.values[at] for at in line.gaps] == [799]


def test_what_happened_is_told_of_windows_up_to_a_year():
    month, year, whole = windows(TONIGHT, TONIGHT, ZONE, DAY)
    events = TONIGHT - 40 * DAY, TONIGHT - DAY, TONIGHT
    told = [one.events for one in of_windows(shown(nightly(1.0), events=events), (month, year, whole), ZONE)]
    assert told == [events[1:], events, ()]


@pytest.mark.parametrize(
    ("series", "wanted"),
    [
        (nightly(1.9e9, 1.907e9), "+7 MB (+0.4 %) since 23 Nov"),
        (nightly(5.0), "first value, 24 Nov"),
        (nightly(5.0, until=TONIGHT - 400 * DAY), "first value, 20 Oct 2025"),
        (nightly(5.0, 5.0, until=TONIGHT - 8 * DAY), "16 Nov: unchanged since 15 Nov"),
        (nightly(5.0, 5.0, until=TONIGHT - 400 * DAY), "20 Oct 2025: unchanged since 19 Oct"),
        (Series((TONIGHT - 3600, TONIGHT), (5.0, 6.0)), "+1 B (+20 %) since 09:10"),
    ],
)
def test_the_change_says_against_what(series, wanted):
    assert note(series, "bytes", MIDNIGHT, ZONE) == wanted


def of(name, **values):
    metrics = [metric(word, "count", [(TONIGHT, value)], TONIGHT) for word, value in values.items()]
    return subject(name, metrics=metrics)


@pytest.mark.parametrize(
    ("watched", "name", "wanted"),
    [
        (of("disk:/data", used_ratio=0.5), "used_ratio", [(0.9, "warning", "above"), (0.97, "critical", "above")]),
        (of("disk:/data", free=5.0), "free", []),
        (of("host:system", memory_available=5.0, memory_total=100.0), "memory_available", [(5.0, "warning", "below")]),
        (of("host:system", memory_available=5.0), "memory_available", []),
        (of("host:system", load15=5.0, cpus=8.0), "load15", [(32.0, "warning", "above")]),
        (of("tarball:ZZ/svn/dybsvn", size=5.0), "size", []),
    ],
)
def test_thresholds_are_those_that_rules_judge_by(watched, name, wanted):
    limits = thresholds(in_force(Config(nodes={"SDU": Node()}), NodeRecord("SDU"), watched), watched, name)
    drawn = pictures.shown("title", watched.metrics[name], limits, ()).thresholds
    assert drawn == tuple(Threshold(*one) for one in wanted)


@pytest.mark.parametrize(
    ("name", "word", "points", "wanted"),
    [
        ("disk:/data", "size", [(1, 5.0), (2, 5.0)], False),
        ("disk:/data", "size", [(1, 5.0), (2, 6.0)], True),
        ("tarball:ZZ/svn/dybsvn", "size", [(1, 5.0), (2, 5.0)], True),
        ("tarball:ZZ/svn/dybsvn", "size", [(1, 5.0)], True),
    ],
)
def test_only_what_is_built_in_for_ever_is_not_drawn(name, word, points, wanted):
    assert pictures.is_drawn(name, metric(word, "bytes", points, TONIGHT)) is wanted


def test_ages_are_not_drawn():
    assert not pictures.is_drawn("tarball:x", metric("age", "seconds", [(1, 5.0)], TONIGHT))

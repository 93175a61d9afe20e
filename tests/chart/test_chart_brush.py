"""What a brush covers along a line of many points: as Agg does, in as many columns as there are and not points."""

import numpy as np
import pytest

from collector.chart.coverage import brushed, is_dense
from collector.chart.palette import PLAIN, palette
from collector.chart.pen import Pen, Stroke
from collector.chart.sheet import Sheet

SIZE = 120, 90
STEPS = palette(PLAIN).steps["main"]


def drawn(x, y, width, apart=()):
    """What a line covers by the brush and by Agg, as numbers of an ink that has steps."""
    x, y = np.array(x, float), np.array(y, float)
    stretch = stretches(x, apart)
    sheet, pen = Sheet(*SIZE, palette(PLAIN)), Pen(*SIZE)
    sheet.stroke("main", *brushed(x, y, stretch, width))
    pen.line(x, y, stretch, Stroke(width))
    return sheet.numbers, pen.lifted(STEPS)


def stretches(x, apart=()):
    """A new stretch before each of the places `apart`."""
    return np.cumsum([place in apart for place in range(len(x))])


def far_from(covered):
    """Pixels of which no neighbour is covered either."""
    around = np.pad(covered, 1)
    rows, columns = covered.shape
    return ~np.max([around[r : r + rows, c : c + columns] for r in range(3) for c in range(3)], axis=0)


def shares(numbers):
    """How many pixels are covered, in all."""
    return sum((numbers == number).sum() * (step + 1) / len(STEPS) for step, (_, number) in enumerate(STEPS))


@pytest.mark.parametrize("width", [4, 6])
@pytest.mark.parametrize("shape", ["calm", "rising", "jagged", "cliff", "spike", "steep", "dense"])
def test_a_brush_covers_what_agg_does(shape, width):
    x = np.linspace(10.3, 110.8, 1000 if shape == "dense" else 40)
    y = {
        "calm": 40 + 5 * np.sin(x / 15),
        "rising": 80 - x / 2,
        "jagged": 40 + 3 * (np.arange(len(x)) % 2),
        "cliff": np.where(x > 60, 10.0, 80.0),
        "spike": np.where(np.arange(len(x)) == 20, 10.0, 80.0),
        "steep": 45 + 35 * np.sin(x / 6),
        "dense": 40 + 20 * np.sin(x / 9),
    }[shape]
    ours, aggs = drawn(x, y, width)
    assert not ((ours > 0) & far_from(aggs > 0)).any()
    assert not ((aggs > 0) & far_from(ours > 0)).any()
    assert shares(ours) == pytest.approx(shares(aggs), rel=0.1)


@pytest.mark.parametrize(("middle", "soft", "hard"), [
    (40.0, "1111", "1111"),
    (40.1, "1111", "1111"),
    (40.25, "h111h", "1111"),
    (40.5, "h111h", "11111"),
    (40.75, "h111h", "1111"),
    (40.9, "1111", "1111"),
])  # fmt: skip
def test_edges_are_smooth_where_a_level_line_ends_between_two_rows(middle, soft, hard):
    x = np.arange(10.0, 111)
    for grain, wanted in ((4, soft), (1, hard)):
        steps = palette(PLAIN, grain).steps["main"]
        sheet = Sheet(*SIZE, palette(PLAIN, grain))
        sheet.stroke("main", *brushed(x, np.full(101, middle), stretches(x), 4))
        letters = {0: ".", **dict(zip((number for _, number in steps), "h1"[-grain:], strict=True))}
        found = {"".join(letters[number] for number in column) for column in sheet.numbers[:, 20:100].T.tolist()}
        assert {column.strip(".") for column in found} == {wanted}


@pytest.mark.parametrize(("middle", "columns"), [(40.0, range(9, 32)), (40.5, range(8, 33))])
def test_a_line_begins_and_ends_with_half_a_brush(middle, columns):
    ours, _ = drawn([10.4, 10.6, 30.4, 30.6], [middle] * 4, 4)
    assert np.flatnonzero(ours.any(axis=0)).tolist() == list(columns)


def test_a_gap_stays_one():
    ours, _ = drawn([10.5, 20.5, 40.5, 50.5], [30, 30, 60, 60], 4, apart=(2,))
    assert ours[28:32, 10:21].all()
    assert not ours[:, 23:38].any()
    assert ours[58:62, 40:51].all()


def test_each_column_is_covered_around_where_the_line_is_in_its_middle():
    x = np.arange(10.2, 111, 2)
    left, tops, bottoms = brushed(x, x / 2, stretches(x), 4)
    middles = np.arange(left, left + len(tops)) + 0.5
    assert ((tops + bottoms) / 2)[4:-4] == pytest.approx(middles[4:-4] / 2, abs=0.1)


def test_what_follows_a_gap_draws_nothing_towards_it():
    x, y = np.array([10.5, 20.1, 40.5, 50.5]), np.array([30.0, 30.0, 90.0, 90.0])
    _, _, bottoms = brushed(x, y, stretches(x, [2]), 4)
    assert bottoms[:14].max() == 32.0


@pytest.mark.parametrize("after", np.arange(50.0, 51.0, 0.1))
@pytest.mark.parametrize("width", [4, 6])
def test_no_dense_line_is_joined_across_a_gap(width, after):
    for gap in np.arange(0.5, 9, 0.25):
        x = np.array([*np.arange(after - 40, after + 0.01, 0.5), *np.arange(after + gap, after + gap + 40, 0.5)])
        apart = int(np.flatnonzero(x > after + 0.01)[0])
        if is_dense(x, stretches(x, [apart]), width):
            ours, _ = drawn(x, np.full(len(x), 40.5), width, [apart])
            assert not ours[:, 45:65].any(axis=0).all()
            ours, _ = drawn(x, np.where(np.arange(len(x)) < apart, 20.0, 80.0), width, [apart])
            assert not ours[35:65].any()
        else:
            assert x[apart] - x[apart - 1] <= width + 2


def test_points_closer_together_than_the_line_is_wide_make_it_dense():
    near, far = np.arange(0.0, 90, 3), np.arange(0.0, 90, 5)
    assert is_dense(near, stretches(near), 4)
    assert not is_dense(far, stretches(far), 4)
    assert not is_dense(near, stretches(near), 3.5)
    assert not is_dense(np.arange(0.0, 90), stretches(np.arange(90)), 2)


@pytest.mark.parametrize("value", [10.0, 85.0])
def test_a_value_within_a_column_is_seen_however_many_are_there(value):
    x = np.linspace(10, 110, 2001)
    y = np.full(2001, 60.0)
    y[1006] = value  # at 60.3
    ours, _ = drawn(x, y, 4)
    first, last = sorted((int(value), 60))
    assert ours[first:last, 60].all()
    assert not ours[first:55, [57, 63]].any()
    assert not ours[65:last, [57, 63]].any()


@pytest.mark.parametrize("tall", [[50], [0], [119], range(120), []])
def test_tall_columns_are_filled_as_flat_ones_are(tall):
    tops, bottoms = np.full(120, 40.4), np.full(120, 44.1)
    tops[list(tall)], bottoms[list(tall)] = 3.0, 880.0
    sheet = Sheet(120, 900, palette(PLAIN))
    sheet.stroke("main", 0, tops, bottoms)
    rows = np.arange(900)[:, np.newaxis]
    full, half = ((rows >= np.ceil(tops - bare)) & (rows < np.floor(bottoms + bare)) for bare in (0.25, 0.75))
    numbers = [number for _, number in STEPS]
    assert (sheet.numbers == np.where(full, numbers[1], np.where(half, numbers[0], 0))).all()


def test_a_stroke_is_cut_at_the_edges():
    sheet = Sheet(4, 4, palette(PLAIN))
    sheet.stroke("main", -1, np.array([0.0, -2.0, 2.0]), np.array([4.0, 1.0, 9.0]))
    assert (sheet.numbers > 0).astype(int).tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]

"""What a brush covers along a line of many points: as Agg does, in as many columns as there are and not points."""

import numpy as np
import pytest

from collector.chart.coverage import brushed
from collector.chart.palette import PLAIN, palette
from collector.chart.pen import Pen, Stroke
from collector.chart.sheet import Sheet

SIZE = 120, 90
STEPS = palette(PLAIN).steps["main"]


def drawn(x, y, width, apart=()):
    """What a line covers by the brush and by Agg, as numbers of an ink that has steps."""
    x, y = np.array(x, float), np.array(y, float)
    stretch = np.cumsum([place in apart for place in range(len(x))])
    sheet, pen = Sheet(*SIZE, palette(PLAIN)), Pen(*SIZE)
    sheet.stroke("main", *brushed(x, y, stretch, width))
    pen.line(x, y, stretch, Stroke(width))
    return sheet.numbers, pen.lifted(STEPS)


def far_from(covered):
    """Pixels of which no neighbour is covered either."""
    around = np.pad(covered, 1)
    rows, columns = covered.shape
    return ~np.max([around[r : r + rows, c : c + columns] for r in range(3) for c in range(3)], axis=0)


def shares(numbers):
    """How many pixels are covered, in all."""
    return sum((numbers == number).sum() * (step + 1) / len(STEPS) for step, (_, number) in enumerate(STEPS))


@pytest.mark.parametrize("width", [2, 4, 6])
@pytest.mark.parametrize("shape", ["calm", "rising", "jagged", "steep", "dense"])
def test_a_brush_covers_what_agg_does(shape, width):
    x = np.linspace(10.3, 110.8, 500 if shape == "dense" else 40)
    y = {
        "calm": lambda: 40 + 5 * np.sin(x / 15),
        "rising": lambda: 80 - x / 2,
        "jagged": lambda: 40 + 3 * (np.arange(40) % 2),
        "steep": lambda: np.where(x > 60, 10.0, 80.0),
        "dense": lambda: 40 + 20 * np.sin(np.arange(500) / 7),
    }[shape]()
    ours, aggs = drawn(x, y, width)
    assert ours.any()
    assert not (ours.astype(bool) & far_from(aggs > 0)).any()
    assert not ((aggs > 0) & far_from(ours > 0)).any()
    assert shares(ours) == pytest.approx(shares(aggs), rel=0.25 if width == 2 else 0.1)


def test_edges_are_smooth_where_the_line_is_level_between_two_rows():
    half, full = (number for _, number in STEPS)
    ours, _ = drawn(range(10, 111), [40.5] * 101, 4)
    assert [sorted(set(row)) for row in ours[37:44, 20:100].tolist()] == [[0], [half], *[[full]] * 3, [half], [0]]


def test_a_gap_stays_one():
    ours, _ = drawn([10.5, 20.5, 40.5, 50.5], [30, 30, 60, 60], 4, apart=(2,))
    assert ours[28:32, 10:21].all()
    assert not ours[:, 23:38].any()
    assert ours[58:62, 40:51].all()


def test_a_value_within_a_column_is_seen_however_many_are_there():
    x = np.linspace(10, 110, 2001)
    y = np.full(2001, 60.0)
    y[1000] = 10.0
    ours, _ = drawn(x, y, 2)
    assert ours[9:61, 60].all()
    assert not ours[:55, [57, 63]].any()


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

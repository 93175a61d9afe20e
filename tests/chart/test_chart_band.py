"""A restless line: which rows of each column lie within its band, and which it covers itself."""

import numpy as np
import pytest

from collector.chart.coverage import between, trace
from collector.chart.curve import stepped
from collector.chart.palette import PLAIN, palette
from collector.chart.pen import Pen, Stroke
from collector.chart.plot import Plot, Points
from collector.chart.sheet import HARD, Sheet
from collector.chart.valueaxis import value_axis


def steps(x, high, low, apart=()):
    """Points at places of x, a new stretch before each of `apart`."""
    stretch = np.cumsum([place in apart for place in range(len(x))])
    return stepped(np.array(x, float), stretch, np.array(high, float), np.array(low, float))


@pytest.mark.parametrize(("x", "high", "low", "apart", "wanted"), [
    ([2, 6, 10], [3, 1, 2], [9, 8, 7], (), [(3, 9)] * 2 + [(1, 8)] * 4 + [(2, 7)] * 2),
    ([2, 6, 9, 13], [3, 1, 2, 4], [9, 8, 7, 6], (2,), [(3, 9)] * 2 + [(1, 8)] * 2 + [(8, 8)] * 3 + [(2, 7)] * 2 + [(4, 6)] * 2),
    ([2, 2.2, 2.4], [3, 1, 2], [9, 8, 7], (), []),
    ([2.4, 3.4], [3.4, 5.6], [3.4, 9.5], (), [(3, 3)]),
])  # fmt: skip
def test_each_column_lies_between_the_two_lines_and_none_in_a_gap(x, high, low, apart, wanted):
    tops, bottoms = between(*steps(x, high, low, apart))
    assert list(zip(tops.tolist(), bottoms.tolist(), strict=True)) == wanted


def covered(x, y, width, apart=()):
    """What a line of steps covers of a sheet of 60 x 40 pixels."""
    places, heights, _ = steps(x, y, y, apart)
    stretch = np.repeat(np.cumsum([place in apart for place in range(len(x))]), 2)
    sheet = Sheet(60, 40, palette(PLAIN))
    sheet.strip("main", *trace(places, heights, stretch, width))
    pen = Pen(60, 40)
    pen.line(places, heights, stretch, Stroke(width))
    return sheet.numbers > 0, pen.lifted(HARD) > 0


@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize(("x", "y", "apart"), [
    ([5, 20, 35, 50], [30, 10, 20, 20], ()),
    ([5, 6, 7, 8, 40], [10, 30, 12, 28, 11], ()),  # steps narrower than the line
    ([5, 15, 30, 40, 50], [10, 30, 30, 10, 20], (2,)),
])  # fmt: skip
def test_a_line_of_steps_covers_what_one_with_round_corners_does(x, y, apart, width):
    ours, round_ones = covered(x, y, width, apart)
    corners = 2 * len(x) * width
    assert ours.sum() > 100
    assert (ours & ~round_ones).sum() <= corners  # outside of each corner is what a round one leaves out
    assert (round_ones & ~ours).sum() <= width * width * (2 + 2 * len(apart))  # round ends


@pytest.mark.parametrize(("width", "rows"), [(1, [10]), (2, [9, 10]), (4, [8, 9, 10, 11]), (0.2, [10])])
def test_a_level_line_is_as_wide_as_it_is_to_be_and_never_gone(width, rows):
    ours, _ = covered([5, 50], [10, 10], width)
    assert np.flatnonzero(ours.any(axis=1)).tolist() == rows
    assert np.flatnonzero(ours.any(axis=0)).tolist() == list(range(5, 50))


def test_a_value_that_has_no_column_of_its_own_is_seen():
    ours, _ = covered([5, 29.8, 30, 30.2, 50], [30, 30, 5, 30, 30], 2)
    assert ours[4:31, 30].all()
    assert not ours[:29, [27, 33]].any()


def spans(x, y, width, apart=()):
    """The first and the last row that is covered, by column."""
    found = [np.flatnonzero(column).tolist() for column in covered(x, y, width, apart)[0].T]
    assert all(rows == list(range(rows[0], rows[-1] + 1)) for rows in found if rows)
    return {place: (rows[0], rows[-1]) for place, rows in enumerate(found) if rows}


def test_an_upright_is_as_wide_as_the_line_even_at_its_ends():
    uprights = dict.fromkeys(range(4, 8), (8, 31)) | dict.fromkeys(range(47, 51), (8, 21))
    assert spans([5, 7, 48, 50], [30, 10, 10, 20], 4) == dict.fromkeys(range(8, 47), (8, 11)) | uprights
    assert spans([30, 30.1, 30.2, 30.3], [30, 5, 30, 5], 4) == dict.fromkeys(range(28, 32), (3, 31))


def test_a_gap_stays_one_and_a_point_alone_leaves_nothing():
    assert spans([30], [20], 4) == {}
    around = dict.fromkeys(range(5, 10), (8, 11)) | dict.fromkeys(range(10, 14), (8, 31)) | {14: (28, 31)}
    assert spans([5, 19, 30, 50], [10, 30, 20, 20], 4, apart=(2,)) == {
        **around,
        **dict.fromkeys(range(15, 19), (28, 31)),
        **dict.fromkeys(range(30, 50), (18, 21)),
    }


def test_the_first_upright_after_a_gap_says_nothing_of_the_value_before_it():
    found = spans([5, 20, 40, 41, 55], [30, 30, 5, 10, 10], 4, apart=(2,))
    assert {found[place] for place in range(38, 42)} == {(3, 11)}
    assert set(range(20, 38)).isdisjoint(found)


@pytest.mark.parametrize(("count", "pale", "banded"), [(40, False, False), (200, False, True), (200, True, False)])
def test_restless_lines_and_jumpy_pale_ones_become_steps_on_whole_pixels(count, pale, banded):
    times = np.arange(count, dtype=float)
    geometry = Plot(0, 0, 600, 200, 0, count, value_axis([0.0, 2.0], "load", 0.0, 3), columns=64)
    alike = np.zeros(count, np.intp)
    jumpy = geometry.curve(Points(times, times % 2, alike, restless=not pale), pale)
    assert jumpy.is_stepped
    assert (jumpy.band is not None) == banded
    assert (jumpy.x == np.rint(jumpy.x)).all()
    assert not geometry.curve(Points(times, times / count, alike), pale).is_stepped


@pytest.mark.parametrize(("left", "tops", "bottoms", "wanted"), [
    (1, [1, 2, 2], [3, 2, 4], ["....", ".#..", ".#.#", "...#"]),
    (-1, [0, 0, 3], [1, 2, 4], ["#...", "#...", "....", ".#.."]),
    (2, [0, 1, 0], [1, 2, 4], ["..#.", "...#", "....", "...."]),
    (0, [-2, 2, 3], [1, 9, 3], ["#...", "....", ".#..", ".#.."]),
    (0, [], [], ["...."] * 4),
])  # fmt: skip
def test_a_strip_fills_its_columns_and_is_cut_at_the_edges(left, tops, bottoms, wanted):
    sheet = Sheet(4, 4, palette(PLAIN))
    sheet.strip("band", left, np.array(tops, np.int16), np.array(bottoms, np.int16))
    number = sheet.steps["band"][-1][1]
    assert ["".join("#" if one == number else "." for one in row) for row in sheet.numbers.tolist()] == wanted

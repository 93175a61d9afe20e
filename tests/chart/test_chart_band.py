"""The band of a restless line: which rows of each column lie within it."""

import numpy as np
import pytest

from collector.chart.curve import stepped
from collector.chart.palette import PLAIN, palette
from collector.chart.pen import between
from collector.chart.sheet import Sheet


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

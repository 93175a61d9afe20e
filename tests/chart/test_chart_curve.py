"""Gaps are found in series of any rhythm, and long series cost no more than they show."""

import math
from dataclasses import replace

import numpy as np
import pytest

from collector.chart.curve import columns, gaps, gaps_of, is_restless, recorded, stepped, stretches, thinned
from collector.chart.picture import Line

DAY, HOUR = 86400, 3600


def pieces(times):
    """The lengths of the stretches."""
    return lengths(np.array(times, dtype=float)) if times else []


def lengths(times, coarse_until=0):
    return np.bincount(stretches(len(times), gaps(times, coarse_until))).tolist()


def nights(*numbers):
    return [number * DAY for number in numbers]


GAPS = [
    ([], []),
    (nights(1), [1]),
    (nights(1, 9), [2]),
    (nights(*range(9)), [9]),
    (nights(0, 1, 2, 4, 5, 6), [6]),
    (nights(0, 1, 2, 5, 6, 7), [3, 3]),
    (nights(0, 1, 2, 9, 16, 17, 18, 19), [3, 1, 4]),
    (nights(0, 0.1, 1, 1.1, 2, 2.1, 3), [7]),
    ([*range(0, 20 * HOUR, HOUR), *range(23 * HOUR, 40 * HOUR, HOUR)], [20, 17]),
    ([*nights(*range(0, 350, 7)), *nights(*range(350, 400))], [100]),
    ([*nights(*range(0, 350, 7)), *nights(*range(350, 380)), *nights(*range(388, 400))], [80, 12]),
    ([*nights(*range(30)), 29 * DAY + 9, 29 * DAY + 20], [32]),
    ([*nights(*range(20)), *nights(*range(23, 40)), 39 * DAY + 9, 39 * DAY + 20], [20, 19]),
]


@pytest.mark.parametrize(("times", "wanted"), GAPS)
def test_a_stretch_ends_where_far_more_time_passed_than_is_usual_there(times, wanted):
    assert pieces(times) == wanted


def test_the_extremes_of_weeks_have_no_gap_within_two_weeks():
    times = np.array(nights(0, 6, 7, 13, 14.5, 27, 43, 44, *range(50, 60), 63), dtype=float)
    assert lengths(times, 44 * DAY) == [6, 12, 1]


def test_a_line_has_the_gaps_that_it_tells_of_unless_not_all_of_it_is_shown():
    weekly = np.array(nights(0, 7, 14), dtype=float)
    line = Line(weekly, (1.0, 2.0, 3.0), gaps=(1,))
    assert gaps_of(line, recorded(line, 0, 14 * DAY)).tolist() == [1]
    whole = Line(np.array(nights(0, 1, 2, 9), dtype=float), (1.0, 2.0, 3.0, 4.0), gaps=())
    assert gaps_of(whole, recorded(whole, 0, 9 * DAY)).tolist() == []
    assert gaps_of(replace(whole, gaps=None), recorded(whole, 0, 9 * DAY)).tolist() == [2]
    for other, end in (
        (Line(weekly, (1.0, 2.0, 3.0)), 14),
        (line, 13),
        (Line(weekly, (1.0, math.nan, 3.0), gaps=(1,)), 14),
    ):
        assert gaps_of(other, recorded(other, 0, end * DAY)).tolist() == []


@pytest.mark.parametrize("gaps", [(0, 1), (-1, 0)])
def test_a_gap_without_a_point_on_either_side_is_refused(gaps):
    Line((0, 1), (1.0, 2.0), gaps=(0,))
    with pytest.raises(ValueError, match="lie between two of 2 points"):
        Line((0, 1), (1.0, 2.0), gaps=gaps)


def test_a_line_is_restless_when_it_fills_its_plot_with_ups_and_downs():
    night = np.arange(365)
    assert not is_restless(1e9 + night * 1e6, 0.0)
    assert is_restless(night % 2 * 1.0, 0.0)
    assert not is_restless(1e6 + night % 2 * 1.0, 0.0)
    assert is_restless(1e6 + night % 2 * 1.0, None)
    assert not is_restless((night % 2 * 1.0)[:3], 0.0)
    assert not is_restless(night[:1] * 1.0, 0.0)


def test_columns_hold_their_extremes_and_join_no_stretches():
    x, y = np.arange(400.0), np.tile([0.0, 9.0, 3.0, 0.0], 100)
    of = columns(x, y, np.repeat([0, 1], [150, 250]), 400 / 32)
    assert (of.low.max(), of.high.min(), of.middle.mean()) == (9.0, 0.0, pytest.approx(3.0, abs=0.1))
    assert np.bincount(of.stretch).tolist() == [13, 21]
    assert (of.x[0], of.x[-1]) == (0.0, 399.0)


def test_steps_hold_half_the_way_to_their_neighbours_and_end_with_their_stretch():
    x, y, stretch = np.array([0.0, 10.0, 20.0, 60.0]), np.array([1.0, 5.2, 2.0, 3.0]), np.array([0, 0, 0, 1])
    places, heights = stepped(x, stretch, y)
    assert places.tolist() == [0, 5, 5, 15, 15, 20, 60, 60]
    assert heights.tolist() == [1, 1, 5, 5, 2, 2, 3, 3]


def test_only_finite_values_of_the_window_are_recorded_in_order_of_time():
    line = Line((50, 10, 20, 30, 40, 99), (5.0, 1.0, math.nan, math.inf, 4.0, 9.0))
    times, values = recorded(line, 10, 50)
    assert times.tolist() == [10, 40, 50]
    assert values.tolist() == [1.0, 4.0, 5.0]


def test_a_line_that_is_moved_is_recorded_when_it_is_shown():
    times, values = recorded(Line((0, 10, 30), (1.0, 2.0, 3.0), moved=15), 20, 40)
    assert (times.tolist(), values.tolist()) == ([25], [2.0])


def test_a_line_with_more_times_than_values_is_refused():
    with pytest.raises(ValueError, match="2 times but 1 values"):
        Line((1, 2), (1.0,), "a")


def test_a_long_series_keeps_the_ends_and_extremes_of_each_column():
    x = np.linspace(0, 100, 100_001)
    y = np.where(np.arange(len(x)) == 55_555, 9.0, np.sin(x))
    thin_x, thin_y, stretch = thinned(x, y, np.zeros(len(x), dtype=np.intp))
    assert len(thin_x) == len(thin_y) == len(stretch) <= 4 * 101
    assert (np.diff(thin_x) >= 0).all()
    for column in range(100):
        whole, thin = y[(x >= column) & (x < column + 1)], thin_y[(thin_x >= column) & (thin_x < column + 1)]
        assert (thin[0], thin.min(), thin.max(), thin[-1]) == (whole[0], whole.min(), whole.max(), whole[-1])


def test_thinning_joins_no_two_stretches_within_a_column():
    x, stretch = np.repeat(np.arange(3.0), 50), np.repeat([0, 1], [75, 75])
    _, _, thin = thinned(x, x, stretch)
    assert np.bincount(thin).tolist() == [8, 8]


def test_few_points_stay_as_they_are():
    x, y, stretch = np.array([0.0, 10.0, 20.0]), np.array([1.0, 2.0, 3.0]), np.zeros(3, dtype=np.intp)
    assert [kept.tolist() for kept in thinned(x, y, stretch)] == [x.tolist(), y.tolist(), stretch.tolist()]

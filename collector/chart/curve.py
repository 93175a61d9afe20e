"""A line's points as stretches without gaps, and as the few points of a picture that look the same. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.chart.picture import Line

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]

_FARTHEST = 1e300
"""Values are held within, so that their differences are still numbers."""
_GAP = 2.5
"""An interval this many times the usual one is a gap."""
_NIGHTLY, _LEAST_NIGHTLY_GAP = 6 * 3600, 1.5 * 86400
"""From which interval on a series counts as nightly, and what is never a gap in it: some nights run late."""
_NEIGHBOURS = 7
"""How many intervals on either side say what is usual: a rhythm may have changed."""
_MEDIAN_AND_QUARTILE = [7, 11]
"""The places of both among so many intervals, by size."""
MOST_TRAVEL = 2.8
"""How many times a line may cross its plot up and down and still be clear."""
_FEW = 60
"""So few points are never too many."""
_COLUMNS = (64, 32, 16)
"""Into so many columns the width of a plot is divided to calm a restless line."""
_COARSE_GAP = 14 * 86400
"""The extremes of two weeks in a row lie less than this apart."""


def recorded(line: Line, start: int, end: int) -> tuple[Floats, Floats]:
    """Times and values of what was recorded within the window, ascending by time."""
    times, values = np.array(line.times, dtype=np.float64), np.array(line.values, dtype=np.float64)
    kept = np.isfinite(values) & (times >= start) & (times <= end)
    times, values = times[kept], np.clip(values[kept], -_FARTHEST, _FARTHEST)
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def stretches(times: Floats, coarse_until: int = 0) -> Numbers:
    """The number of the stretch that each point belongs to, from 0: a new one begins after each gap.

    times: ascending, UTC seconds; up to `coarse_until` they are of the extremes of each week.
    """
    intervals = np.diff(times)
    if not len(intervals) or intervals.max() <= _gap(intervals.min(), intervals.min()):
        return np.zeros(len(times), dtype=np.intp)
    usual = _usual_gap(intervals)
    gaps = intervals > np.where(times[:-1] <= coarse_until, np.maximum(usual, _COARSE_GAP), usual)
    return np.concatenate(([0], np.cumsum(gaps))).astype(np.intp)


def _usual_gap(intervals: Floats) -> Floats:
    """How long a gap is at least, by the intervals around."""
    around = np.pad(intervals, _NEIGHBOURS, mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * _NEIGHBOURS + 1)
    usual, longer = np.partition(windows, _MEDIAN_AND_QUARTILE, axis=1)[:, _MEDIAN_AND_QUARTILE].T
    return _gap(usual, longer)


def thinned(x: Floats, y: Floats, stretch: Numbers) -> tuple[Floats, Floats, Numbers]:
    """The first, lowest, highest and last point of each pixel column, so that drawing does not cost more with age.

    x: pixels, ascending. A line through these covers the same pixels as one through all. Few points stay as they are.
    """
    if len(x) < 4 or len(x) <= 2 * (x[-1] - x[0]):
        return x, y, stretch
    column = np.floor(x)
    starts = np.flatnonzero(np.diff(column, prepend=-1.0) + np.diff(stretch, prepend=0))
    ends = np.append(starts[1:], len(x)) - 1
    ys = np.column_stack((y[starts], np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts), y[ends]))
    middle = (x[starts] + x[ends]) / 2
    xs = np.column_stack((x[starts], middle, middle, x[ends]))
    return xs.ravel(), ys.ravel(), np.repeat(stretch[starts], 4)


def is_restless(values: Floats, floor: float | None) -> bool:
    """Whether a line through all points would go up and down so often that it hides what it shows."""
    if len(values) < _FEW:
        return False
    ends = [values.min(), values.max(), *([] if floor is None else [floor])]
    return bool(np.abs(np.diff(values)).sum() > MOST_TRAVEL * (max(ends) - min(ends)))


@dataclass(frozen=True, slots=True)
class Band:
    """Columns of points: place, lowest, middle and highest of each, and the stretch that it belongs to."""

    x: Floats
    low: Floats
    middle: Floats
    high: Floats
    stretch: Numbers

    @property
    def travel(self) -> tuple[float, float]:
        """How far the line through the middles goes up and down, and how far its edges do."""
        middle, low, high = (float(np.abs(np.diff(y)).sum()) for y in (self.middle, self.low, self.high))
        return middle, (low + high) / 2


def calmed(x: Floats, y: Floats, stretch: Numbers, width: float, quiet: Callable[[Band], bool]) -> Band:
    """The points in as many columns of a plot `width` wide as leave a picture that is quiet."""
    for count in _COLUMNS:
        band = _banded(x, y, stretch, width / count)
        if quiet(band):
            break
    return band


def _banded(x: Floats, y: Floats, stretch: Numbers, width: float) -> Band:
    column = np.floor((x - x[-1]) / width)  # the last column is a whole one: it says how things stand
    starts = np.flatnonzero(np.diff(column, prepend=-np.inf) + np.diff(stretch, prepend=0))
    counts = np.diff(starts, append=len(x))
    places, middle = np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts
    places[0], places[-1] = x[0], x[-1]
    return Band(places, np.maximum.reduceat(y, starts), middle, np.minimum.reduceat(y, starts), stretch[starts])


def _gap(usual: Floats, longer: Floats) -> Floats:
    """How long a gap is at least, from the median and the upper quartile of the intervals around.

    The quartile says whether a series is nightly: there may be several tarballs in each night.
    """
    return np.maximum(_GAP * usual, np.where(longer >= _NIGHTLY, _LEAST_NIGHTLY_GAP, 0.0))

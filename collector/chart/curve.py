"""A line's points as stretches without gaps, and as the few points of a picture that look the same. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from collector.chart.picture import Line

Floats = NDArray[np.float64]

_FARTHEST = 1e300
"""Values are held within, so that their differences are still numbers."""
_GAP = 2.5
"""An interval this many times the usual one is a gap."""
_NIGHTLY, _LEAST_NIGHTLY_GAP = 6 * 3600, 1.5 * 86400
"""From which interval on a series counts as nightly, and what is never a gap in it: some nights run late."""
_NEIGHBOURS = 7
"""How many intervals on either side say what is usual: old values may be rolled up to days or weeks."""


def recorded(line: Line, start: int, end: int) -> tuple[Floats, Floats]:
    """Times and values of what was recorded within the window, ascending by time."""
    times, values = np.array(line.times, dtype=np.float64), np.array(line.values, dtype=np.float64)
    kept = np.isfinite(values) & (times >= start) & (times <= end)
    times, values = times[kept], np.clip(values[kept], -_FARTHEST, _FARTHEST)
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def stretches(times: Floats) -> NDArray[np.intp]:
    """The number of the stretch that each point belongs to, from 0: a new one begins after each gap.

    times: ascending, UTC seconds.
    """
    intervals = np.diff(times)
    if not len(intervals) or intervals.max() <= _gap(intervals.min(), intervals.min()):
        return np.zeros(len(times), dtype=np.intp)
    around = np.pad(intervals, _NEIGHBOURS, mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * _NEIGHBOURS + 1)
    usual, longer = np.quantile(windows, (0.5, 0.75), axis=1)
    gaps = intervals > _gap(usual, longer)
    return np.concatenate(([0], np.cumsum(gaps))).astype(np.intp)


def thinned(x: Floats, y: Floats, stretch: NDArray[np.intp]) -> tuple[Floats, Floats, NDArray[np.intp]]:
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


def _gap(usual: Floats, longer: Floats) -> Floats:
    """How long a gap is at least, from the median and the upper quartile of the intervals around.

    The quartile says whether a series is nightly: there may be several tarballs in each night.
    """
    return np.maximum(_GAP * usual, np.where(longer >= _NIGHTLY, _LEAST_NIGHTLY_GAP, 0.0))

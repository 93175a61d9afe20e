"""A line's points as stretches without gaps, and as the few points of a picture that look the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collector.chart.picture import Line, Picture

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
_LEAST_MEDIAN_AND_QUARTILE = [3, 5]
"""The places among all intervals, by size, of what is no more than either anywhere: see `_least_gap`."""
_MOST_TRAVEL = 2.0
"""How many times a line may cross its plot up and down and still be clear."""
_COARSE_GAP = 14 * 86400
"""The extremes of two weeks in a row lie less than this apart."""
_NONE = np.zeros(0, dtype=np.intp)


class Recorded(NamedTuple):
    """What was recorded within a window: ascending times, and their values."""

    times: Floats
    values: Floats


Found = Sequence[Sequence[Recorded]]
"""Of each line of each panel of a picture."""


def found(picture: Picture) -> Found:
    """What was recorded of all that a picture shows."""
    start, end = picture.start, picture.end
    return [[recorded(line, start, end) for line in panel.lines] for panel in picture.panels]


def recorded(line: Line, start: int, end: int) -> Recorded:
    """What of a line was recorded within the window."""
    times = np.asarray(line.times, dtype=np.float64) + line.moved
    values = np.asarray(line.values, dtype=np.float64)
    kept = np.isfinite(values) & (times >= start) & (times <= end)
    if np.count_nonzero(kept) < len(kept):  # counting takes an eighth of the time of all() and any()
        times, values = times[kept], values[kept]
    values = values.clip(-_FARTHEST, _FARTHEST)
    if not np.count_nonzero(times[1:] < times[:-1]):
        return Recorded(times, values)
    order = np.argsort(times, kind="stable")
    return Recorded(times[order], values[order])


def stretches(count: int, ends: Numbers) -> Numbers:
    """The number of the stretch that each of so many points belongs to, from 0: a new one begins after each of those
    places, which gaps follow."""
    stretch = np.zeros(count, dtype=np.intp)
    if not len(ends):
        return stretch
    stretch[ends + 1] = 1
    return np.cumsum(stretch)


def gaps_of(line: Line, shown: Recorded) -> Numbers:
    """The places of those points of a line that a gap follows. `shown`: what of it was recorded within the window."""
    known = known_gaps(line, shown)
    return gaps(shown.times, line.coarse_until) if known is None else np.array(known, dtype=np.intp)


def known_gaps(line: Line, shown: Recorded) -> tuple[int, ...] | None:
    """The same where a line tells it and all of it is shown; None where that is found out by what is shown."""
    return line.gaps if len(shown.times) == len(line.times) else None


def gaps(times: Floats, coarse_until: int = 0) -> Numbers:
    """The places of the points that a gap follows.

    times: ascending, UTC seconds; up to `coarse_until` they are of the extremes of each week.
    """
    intervals = times[1:] - times[:-1]
    if not len(intervals) or intervals.max() <= min(_GAP * intervals.min(), _COARSE_GAP):  # nowhere is the least less
        return _NONE
    least = np.where(times[:-1] <= coarse_until, _COARSE_GAP, _least_gap(intervals))
    if not np.count_nonzero(intervals > least):
        return _NONE
    places, least = _suspects(intervals, least)
    return places[intervals[places] > least]


def _least_gap(intervals: Floats) -> float:
    """How long a gap is at least, wherever it is. What is usual around it is no less than the fourth shortest of all
    intervals, for none counts there more than twice, unless there are very few."""
    places = _LEAST_MEDIAN_AND_QUARTILE if len(intervals) > _NEIGHBOURS else [0, 0]
    usual, longer = map(float, np.partition(intervals, places)[places])
    return max(_GAP * usual, _LEAST_NIGHTLY_GAP if longer >= _NIGHTLY else 0.0)


def _suspects(intervals: Floats, least: Floats) -> tuple[Numbers, Floats]:
    """The places of all intervals that may be gaps, and how long a gap is there at least, by the intervals around.

    What is usual around is no less than the least interval there: most are found to be no gap by that alone. `least`:
    what is none wherever it is, for each interval; of the extremes of weeks hardly any is more.
    """
    mirrored = np.concatenate((intervals, intervals[::-1]))
    around = mirrored.take(np.arange(-_NEIGHBOURS, len(intervals) + _NEIGHBOURS), mode="wrap")
    shortest = around
    for apart in (1, 2, 4, 7):
        shortest = np.minimum(shortest[:-apart], shortest[apart:])
    places = np.flatnonzero((intervals > least) & (intervals > _gap(shortest, shortest)))
    windows = around[places[:, np.newaxis] + np.arange(2 * _NEIGHBOURS + 1)]
    usual, longer = np.partition(windows, _MEDIAN_AND_QUARTILE, axis=1)[:, _MEDIAN_AND_QUARTILE].T
    return places, _gap(usual, longer)


def thinned(x: Floats, y: Floats, stretch: Numbers) -> tuple[Floats, Floats, Numbers]:
    """The first, lowest, highest and last point of each pixel column, so that drawing does not cost more with age.

    x: pixels, ascending. A line through these covers the same pixels as one through all. Few points stay as they are.
    """
    if len(x) < 4 or len(x) <= 2 * (x[-1] - x[0]):
        return x, y, stretch
    column = np.floor(x)
    starts = _beginnings(column, stretch)
    ends = np.append(starts[1:], len(x)) - 1
    ys = np.column_stack((y[starts], np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts), y[ends]))
    middle = (x[starts] + x[ends]) / 2
    xs = np.column_stack((x[starts], middle, middle, x[ends]))
    return xs.ravel(), ys.ravel(), np.repeat(stretch[starts], 4)


def _beginnings(column: Floats, stretch: Numbers) -> Numbers:
    """The places at which a column or a stretch begins."""
    begins = np.ones(len(column), dtype=np.bool_)
    begins[1:] = (column[1:] != column[:-1]) | (stretch[1:] != stretch[:-1])
    return np.flatnonzero(begins)


def is_restless(values: Floats, floor: float | None) -> bool:
    """Whether a line from point to point would go up and down so often that it hides what it shows."""
    if len(values) < 2:
        return False
    ends = [values.min(), values.max(), *([] if floor is None else [floor])]
    return bool(np.abs(values[1:] - values[:-1]).sum() > _MOST_TRAVEL * (max(ends) - min(ends)))


@dataclass(frozen=True, slots=True)
class Columns:
    """Points together: place, lowest, middle and highest of each column, and the stretch that it belongs to."""

    x: Floats
    low: Floats
    middle: Floats
    high: Floats
    stretch: Numbers


def columns(x: Floats, y: Floats, stretch: Numbers, width: float) -> Columns:
    """The points in columns of a width in pixels. The last one is a whole one: it says how things stand."""
    column = np.floor((x - x[-1]) / width)
    starts = _beginnings(column, stretch)
    counts = np.diff(np.append(starts, len(x)))
    places, middle = np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts
    places[0], places[-1] = x[0], x[-1]
    return Columns(places, np.maximum.reduceat(y, starts), middle, np.minimum.reduceat(y, starts), stretch[starts])


def stepped(x: Floats, stretch: Numbers, *lines: Floats) -> tuple[Floats, ...]:
    """Lines over the same points as steps: each point holds half the way to its neighbours. First the places, then each
    line, two for each point, on whole pixels: upright edges are sharp, and cost next to nothing to compress."""
    middle, joined = (x[1:] + x[:-1]) / 2, stretch[1:] == stretch[:-1]
    places = np.repeat(x, 2)
    places[1:-1:2], places[2::2] = np.where(joined, middle, x[:-1]), np.where(joined, middle, x[1:])
    return tuple(np.rint(of) for of in (places, *(np.repeat(line, 2) for line in lines)))


def _gap(usual: Floats, longer: Floats) -> Floats:
    """How long a gap is at least, from the median and the upper quartile of the intervals around.

    The quartile says whether a series is nightly: there may be several tarballs in each night.
    """
    return np.maximum(_GAP * usual, np.where(longer >= _NIGHTLY, _LEAST_NIGHTLY_GAP, 0.0))

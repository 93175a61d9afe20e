"""From times and values to pixels: the geometry of one panel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from collector.chart.curve import (
    Columns,
    Floats,
    Numbers,
    Recorded,
    columns,
    gaps_of,
    is_restless,
    recorded,
    stepped,
    stretches,
    thinned,
)
from collector.chart.layout import Box
from collector.chart.picture import Line, Panel, Picture
from collector.chart.valueaxis import ValueAxis, near_thresholds, value_axis

Place = TypeVar("Place", float, Floats)
_LABEL_EVERY = 34.0
"""CSS pixels of height for each interval of the value axis, at least."""
_MOST = 5
_STEPS = 64
"""So many steps are still told apart; more points are put together in columns."""
_CALM = 0.8
"""How many times a pale line may cross its plot up and down; otherwise it is put into half as many columns as the main
line: it is there to be compared with, not to be studied."""


@dataclass(frozen=True, slots=True)
class Points:
    """What was recorded of a line within the window: ascending times, their values, the stretch each belongs to."""

    times: Floats
    values: Floats
    stretch: Numbers
    restless: bool = False
    """Shown as steps, many points as a band from lowest to highest with its middle."""

    @property
    def banded(self) -> bool:
        """Whether there are too many to be told apart as steps."""
        return self.restless and len(self.times) > _STEPS


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in pixels: thinned points with their stretches, the points that stand alone, and the last one with its
    value. is_stepped: the points are the corners of steps, on whole pixels. band: the highest and the lowest around
    each point, where many are put together."""

    x: Floats
    y: Floats
    stretch: Numbers
    alone: tuple[Floats, Floats]
    end: tuple[float, float]
    last: float
    is_stepped: bool = False
    band: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """A panel's rectangle in pixels, its window and its value axis."""

    left: int
    top: int
    right: int
    bottom: int
    start: int
    end: int
    axis: ValueAxis
    columns: int

    def x(self, times: Place) -> Place:
        return self.left + (times - self.start) / (self.end - self.start) * (self.right - self.left)

    def y(self, values: Place) -> Place:
        share = (values - self.axis.low) / (self.axis.high - self.axis.low)
        return self.bottom - share * (self.bottom - self.top)

    def curve(self, points: Points, pale: bool = False) -> Curve:
        """A line as it is drawn here; it must have a point."""
        x, y, stretch = self.x(points.times), self.y(points.values), points.stretch
        end, last = (float(x[-1]), float(y[-1])), float(points.values[-1])
        if points.restless:
            return self._steps(x, y, stretch, (end, last))
        if pale and np.abs(y[1:] - y[:-1]).sum() > _CALM * (self.bottom - self.top):
            return _in_columns(columns(x, y, stretch, 2 * self._wide), (end, last), banded=False)
        alone = _alone(stretch)
        return Curve(*thinned(x, y, stretch), (x[alone], y[alone]), end, last)

    def _steps(self, x: Floats, y: Floats, stretch: Numbers, end: tuple[tuple[float, float], float]) -> Curve:
        """A restless line as steps; where there are too many for that, as columns with their band."""
        if len(x) <= _STEPS:
            alone = _alone(stretch)
            places, heights = stepped(x, stretch, y)
            return Curve(places, heights, np.repeat(stretch, 2), (x[alone], y[alone]), *end, is_stepped=True)
        return _in_columns(columns(x, y, stretch, self._wide), end, banded=True)

    @property
    def _wide(self) -> float:
        """How many pixels a column of a restless line is wide."""
        return (self.right - self.left) / self.columns


def _in_columns(of: Columns, end: tuple[tuple[float, float], float], banded: bool) -> Curve:
    """A line as steps of its columns, with their band where that is shown."""
    alone = _alone(of.stretch)
    places, middle, high, low = stepped(of.x, of.stretch, of.middle, of.high, of.low)
    dots, stretch = (of.x[alone], of.middle[alone]), np.repeat(of.stretch, 2)
    return Curve(places, middle, stretch, dots, *end, is_stepped=True, band=(high, low) if banded else None)


def points(line: Line, picture: Picture) -> Points:
    """What of a line lies in the picture's window."""
    found = recorded(line, picture.start, picture.end)
    return Points(*found, stretches(len(found.times), gaps_of(line, found)))


def shown(panel: Panel, picture: Picture) -> list[Points]:
    """The points of each line of a panel; a restless line that has the panel for itself is marked as such."""
    found = [points(line, picture) for line in panel.lines]
    main = [number for number, line in enumerate(panel.lines) if line.role == "main"]
    if len(main) == 1 and is_restless(found[main[0]].values, panel.floor):
        found[main[0]] = replace(found[main[0]], restless=True)
    return found


def near(panel: Panel, found: Sequence[Points | Recorded]) -> Panel:
    """The panel with those of its thresholds that are worth their room."""
    if not panel.thresholds:
        return panel
    values = near_thresholds(_ends(found), [threshold.value for threshold in panel.thresholds])
    return replace(panel, thresholds=tuple(one for one in panel.thresholds if one.value in values))


def _ends(found: Sequence[Points | Recorded]) -> list[float]:
    return [float(end) for one in found if len(one.values) for end in (one.values.min(), one.values.max())]


def _alone(stretch: Numbers) -> Numbers:
    """The places of points that are the only ones of their stretch."""
    counts = np.bincount(stretch)
    alone: Numbers = np.cumsum(counts)[counts == 1] - 1
    return alone


def plot(panel: Panel, found: Sequence[Points], window: tuple[int, int], box: Box, grain: tuple[int, int]) -> Plot:
    """A panel's geometry; `box` in CSS pixels, `grain`: pixels of the picture to one of them, and in how many columns
    a restless line is shown. Its thresholds are those that are `near`."""
    scale, columns = grain
    most = min(max(int(box.height / _LABEL_EVERY), 1), _MOST)
    axis = value_axis([*_ends(found), *(one.value for one in panel.thresholds)], panel.unit, panel.floor, most)
    left, top, right, bottom = (round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom))
    return Plot(left, top, right, max(bottom, top + 1), *window, axis, columns)

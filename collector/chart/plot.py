"""From times and values to pixels: the geometry of one panel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from collector.chart.curve import MOST_TRAVEL, Floats, Numbers, calmed, is_restless, recorded, stretches, thinned
from collector.chart.layout import Box
from collector.chart.picture import Line, Panel, Picture
from collector.chart.valueaxis import ValueAxis, near_thresholds, value_axis

_LABEL_EVERY = 34.0
"""CSS pixels of height for each interval of the value axis, at least."""
_MOST = 5
_PALE_TRAVEL = 1.0
"""How many times a pale line crosses its plot at most: it is there to be compared with, not to be studied."""


@dataclass(frozen=True, slots=True)
class Points:
    """What was recorded of a line within the window: ascending times, their values, the stretch each belongs to."""

    times: Floats
    values: Floats
    stretch: Numbers
    restless: bool = False
    """Shown as a band from lowest to highest, with a line through its middle."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in pixels: thinned points with their stretches, the points that stand alone, and the last one with its
    value. band: the highest and the lowest around each point of a restless line."""

    x: Floats
    y: Floats
    stretch: Numbers
    alone: tuple[Floats, Floats]
    end: tuple[float, float]
    last: float
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

    def x(self, times: Floats) -> Floats:
        return self.left + (times - self.start) / (self.end - self.start) * (self.right - self.left)

    def y(self, values: Floats) -> Floats:
        share = (values - self.axis.low) / (self.axis.high - self.axis.low)
        return self.bottom - share * (self.bottom - self.top)

    def curve(self, points: Points, pale: bool = False) -> Curve:
        """A line as it is drawn here; it must have a point. A pale one is calmed, as one that is restless."""
        x, y = self.x(points.times), self.y(points.values)
        end, last = (float(x[-1]), float(y[-1])), float(points.values[-1])
        height, width = self.bottom - self.top, float(self.right - self.left)
        if points.restless:
            band = calmed(x, y, points.stretch, width, lambda of: sum(of.travel) <= MOST_TRAVEL * height)
            alone = _alone(band.stretch)
            dots = band.x[alone], band.middle[alone]
            return Curve(band.x, band.middle, band.stretch, dots, end, last, (band.high, band.low))
        if pale and np.abs(np.diff(y)).sum() > _PALE_TRAVEL * height:
            band = calmed(x, y, points.stretch, width, lambda of: of.travel[0] <= _PALE_TRAVEL * height)
            x, y, stretch = band.x, band.middle, band.stretch
        else:
            stretch = points.stretch
        alone = _alone(stretch)
        return Curve(*thinned(x, y, stretch), (x[alone], y[alone]), end, last)


def points(line: Line, picture: Picture) -> Points:
    """What of a line lies in the picture's window."""
    times, values = recorded(line, picture.start, picture.end)
    return Points(times, values, stretches(times, line.coarse_until))


def shown(panel: Panel, picture: Picture) -> list[Points]:
    """The points of each line of a panel; a restless line that has the panel for itself is marked as such."""
    found = [points(line, picture) for line in panel.lines]
    main = [number for number, line in enumerate(panel.lines) if line.role == "main"]
    if len(main) == 1 and is_restless(found[main[0]].values, panel.floor):
        found[main[0]] = replace(found[main[0]], restless=True)
    return found


def near(panel: Panel, found: Sequence[Points]) -> Panel:
    """The panel with those of its thresholds that are worth their room."""
    values = near_thresholds(_ends(found), [threshold.value for threshold in panel.thresholds])
    return replace(panel, thresholds=tuple(one for one in panel.thresholds if one.value in values))


def _ends(found: Sequence[Points]) -> list[float]:
    return [float(end) for one in found if len(one.values) for end in (one.values.min(), one.values.max())]


def _alone(stretch: Numbers) -> NDArray[np.bool_]:
    """Which points are the only ones of their stretch."""
    alone: NDArray[np.bool_] = np.bincount(stretch)[stretch] == 1
    return alone


def plot(panel: Panel, found: Sequence[Points], window: tuple[int, int], box: Box, scale: int) -> Plot:
    """A panel's geometry; `box` in CSS pixels, `scale` pixels of the picture to one of them. Its thresholds are those
    that are `near`."""
    most = min(max(int(box.height / _LABEL_EVERY), 1), _MOST)
    axis = value_axis([*_ends(found), *(one.value for one in panel.thresholds)], panel.unit, panel.floor, most)
    left, top, right, bottom = (round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom))
    return Plot(left, top, right, max(bottom, top + 1), *window, axis)

"""From times and values to pixels: the geometry of one panel. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.chart.curve import Floats, recorded, stretches, thinned
from collector.chart.layout import Box
from collector.chart.picture import Line, Panel, Picture
from collector.chart.valueaxis import ValueAxis, near_thresholds, value_axis

_LABEL_EVERY = 34.0
"""CSS pixels of height for each interval of the value axis, at least."""
_MOST = 5


@dataclass(frozen=True, slots=True)
class Points:
    """What was recorded of a line within the window: ascending times, their values, the stretch each belongs to."""

    times: Floats
    values: Floats
    stretch: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in pixels: thinned points with their stretches, the points that stand alone, and the last value."""

    x: Floats
    y: Floats
    stretch: NDArray[np.intp]
    alone: tuple[Floats, Floats]
    last: float


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

    def curve(self, points: Points) -> Curve:
        """A line as it is drawn here; it must have a point."""
        x, y = self.x(points.times), self.y(points.values)
        alone = np.bincount(points.stretch)[points.stretch] == 1
        return Curve(*thinned(x, y, points.stretch), (x[alone], y[alone]), float(points.values[-1]))


def points(line: Line, picture: Picture) -> Points:
    """What of a line lies in the picture's window."""
    times, values = recorded(line, picture.start, picture.end)
    return Points(times, values, stretches(times))


def plot(panel: Panel, shown: Sequence[Points], window: tuple[int, int], box: Box, scale: int) -> Plot:
    """A panel's geometry; `box` in CSS pixels, `scale` pixels of the picture to one of them."""
    ends = [float(end) for one in shown if len(one.values) for end in (one.values.min(), one.values.max())]
    thresholds = near_thresholds(ends, [threshold.value for threshold in panel.thresholds])
    most = min(max(int(box.height / _LABEL_EVERY), 1), _MOST)
    axis = value_axis([*ends, *thresholds], panel.unit, panel.floor, most)
    left, top, right, bottom = (round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom))
    return Plot(left, top, right, max(bottom, top + 1), *window, axis)

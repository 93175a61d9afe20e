"""Draws a panel: its grid, thresholds, lines and last value; `head` draws what stands above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.amounts import amount
from collector.chart.coverage import between, brushed, is_dense, trace, under
from collector.chart.easel import Easel
from collector.chart.head import EVENT, draw_bound, draw_head
from collector.chart.layout import PanelPlace
from collector.chart.palette import SERIES
from collector.chart.pen import Stroke
from collector.chart.picture import Panel
from collector.chart.plot import Curve, Plot, Points, plot

_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (7, 3),
    (2, 2),
    (8, 3, 2, 3),
    (12, 4),
    (3, 3),
    (10, 2, 3, 2, 3, 2),
    (5, 5),
)
"""One for each series colour, so that lines are told apart without their colours; lengths in CSS pixels."""
_END = 1.6
"""The radius of the dot at the end of the main line, in widths of the line; other dots are smaller."""
_BEYOND = 2.0
"""Pixels: places are rounded to whole ones, and edges smooth."""


@dataclass(frozen=True, slots=True)
class _Style:
    ink: str
    stroke: Stroke


def draw_panel(easel: Easel, window: tuple[int, int], panel: Panel, found: Sequence[Points], place: PanelPlace) -> Plot:
    """Draws all of a panel but the time axis; gives its geometry."""
    geometry = plot(panel, found, window, place.plot, (easel.scale, easel.columns))
    styles = _styles(panel, easel.scale)
    drawn = [
        (geometry.curve(one, style.ink == "pale"), style)
        for one, style in zip(found, styles, strict=True)
        if len(one.times)
    ]
    if drawn:
        _draw_grid(easel, geometry)
        _draw_thresholds(easel, panel, geometry)
    else:
        _draw_nothing(easel, geometry)
    for curve, style in sorted(drawn, key=lambda pair: pair[1].ink != "pale"):
        _draw_curve(easel, geometry, curve, style)
        if style.ink == "main":
            _draw_last(easel, panel.unit, curve)
    draw_head(easel, panel, place, [(style.ink, style.stroke) for style in styles])
    return geometry


def draw_events(easel: Easel, geometry: Plot, events: Sequence[int]) -> None:
    """A small tick for each event, above the base line."""
    for at in events:
        easel.sheet.bar(
            "text", round(geometry.x(at)), geometry.bottom - easel.px(EVENT), (easel.px(1.5), easel.px(EVENT))
        )


def _styles(panel: Panel, scale: int) -> list[_Style]:
    """How each line is drawn: one main line in the accent colour, several in the series' colours and dashes."""
    several = sum(line.role == "main" for line in panel.lines) > 1
    styles: list[_Style] = []
    turn = 0
    for line in panel.lines:
        if line.role == "pale":
            styles.append(_Style("pale", Stroke(1.0 * scale)))
        elif several:
            dashes = tuple(length * scale for length in _DASHES[turn % len(_DASHES)])
            styles.append(_Style(SERIES[turn % len(SERIES)], Stroke(1.75 * scale, dashes)))
            turn += 1
        else:
            styles.append(_Style("main", Stroke(2.0 * scale)))
    return styles


def _draw_nothing(easel: Easel, geometry: Plot) -> None:
    """The base line and a word. No labels: they would say a range that nobody measured."""
    easel.sheet.bar("rule", geometry.left, geometry.bottom, (geometry.right - geometry.left, easel.scale))
    middle = (geometry.left + geometry.right) / 2, (geometry.top + geometry.bottom + easel.glyphs.height) / 2
    easel.write("nothing recorded", "text", middle, "middle")


def _draw_grid(easel: Easel, geometry: Plot) -> None:
    for value, label in geometry.axis.ticks:
        y = round(geometry.y(value))
        easel.sheet.bar("rule", geometry.left, y, (geometry.right - geometry.left, easel.scale))
        easel.write(label, "text", (geometry.left - easel.px(8), y + easel.glyphs.height / 2), "right")


def _draw_thresholds(easel: Easel, panel: Panel, geometry: Plot) -> None:
    for threshold in panel.thresholds:
        draw_bound(
            easel, threshold.level, (geometry.left, round(geometry.y(threshold.value))), geometry.right - geometry.left
        )


def _draw_curve(easel: Easel, geometry: Plot, curve: Curve, style: _Style) -> None:
    """A line; what stands alone is a dot. The main line has an area below it, where the axis begins at zero, or its
    band around it."""
    width, left = style.stroke.width, int(curve.x[0])
    if curve.band:
        easel.sheet.strip("band", left, *between(curve.x, *curve.band))
    elif style.ink == "main" and geometry.axis.low == 0:
        size = geometry.right - geometry.left, geometry.bottom
        easel.sheet.fill("wash", geometry.left, under(curve.x - geometry.left, curve.y, curve.stretch, size), size[1])
    penned = [curve.alone]
    if curve.is_stepped:
        easel.sheet.strip(style.ink, *trace(curve.x, curve.y, curve.stretch, width))
    elif style.ink == "main" and is_dense(curve.x, curve.stretch, width):
        easel.sheet.stroke(style.ink, *brushed(curve.x, curve.y, curve.stretch, width))
    else:
        easel.pen.line(curve.x, curve.y, curve.stretch, style.stroke)
        penned.append((curve.x, curve.y))
    easel.pen.dots(*curve.alone, width)
    x, y = (np.concatenate(places) for places in zip(*penned, strict=True))
    if len(x):
        easel.lift(style.ink, (x.min(), y.min(), x.max(), y.max()), width + _BEYOND)
    if style.ink == "main":
        easel.dot(style.ink, curve.end, _END * width)


def _draw_last(easel: Easel, unit: str, curve: Curve) -> None:
    """The last value, to the right of the line's end, where no grid runs through it."""
    text, x = amount(curve.last, unit), curve.end[0] + easel.px(8)
    base = curve.end[1] + easel.glyphs.height / 2
    around = easel.px(2)
    room = round(easel.glyphs.width(text)) + around, easel.glyphs.height + 2 * around
    easel.sheet.blank(round(x), round(base) - easel.glyphs.height - around, room)
    easel.write(text, "main", (x, base))

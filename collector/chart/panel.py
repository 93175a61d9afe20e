"""Draws a panel: its grid, thresholds, lines, last value, name and legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.chart.amounts import amount
from collector.chart.glyphs import Glyphs
from collector.chart.layout import KEY, Box, PanelPlace
from collector.chart.palette import SERIES
from collector.chart.pen import Pen, Stroke
from collector.chart.picture import Panel, Picture
from collector.chart.plot import Curve, Plot, plot, points
from collector.chart.sheet import Anchor, Sheet

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


@dataclass(frozen=True, slots=True)
class Easel:
    """What a picture is drawn with; `scale` pixels to one CSS pixel, all places in pixels."""

    sheet: Sheet
    pen: Pen
    glyphs: Glyphs
    scale: int

    def px(self, length: float) -> int:
        """A length in CSS pixels as whole pixels."""
        return round(length * self.scale)

    def lift(self, ink: str, left: float, top: float, bottom: float) -> None:
        """Brings what the pen has drawn right of `left` and between two rows, and a little beyond, onto the sheet."""
        over = self.px(6)
        x, y = max(round(left) - over, 0), max(round(top) - over, 0)
        self.sheet.lay(self.pen.coverage[y : round(bottom) + over, x:], ink, x, y)

    def write(self, text: str, ink: str, place: tuple[float, float], anchor: Anchor = "left") -> None:
        """A text with its base line at the place."""
        self.sheet.write(self.glyphs.word(text), ink, (round(place[0]), round(place[1])), anchor)

    def write_in(self, box: Box, text: str) -> None:
        """A text in the middle of a row, as much of it as fits; the row in CSS pixels."""
        base = self.px(box.top) + (self.px(box.height) + self.glyphs.height) / 2
        self.write(self.glyphs.fitted(text, self.px(box.width)), "text", (self.px(box.left), base))


@dataclass(frozen=True, slots=True)
class _Style:
    ink: str
    stroke: Stroke


def draw_panel(easel: Easel, picture: Picture, panel: Panel, place: PanelPlace) -> Plot:
    """Draws all of a panel but the time axis; gives its geometry."""
    shown = [points(line, picture) for line in panel.lines]
    geometry = plot(panel, shown, (picture.start, picture.end), place.plot, easel.scale)
    styles = _styles(panel, easel.scale)
    drawn = [(geometry.curve(one), style) for one, style in zip(shown, styles, strict=True) if len(one.times)]
    if drawn:
        _draw_grid(easel, geometry)
        _draw_thresholds(easel, panel, geometry)
    else:
        _draw_nothing(easel, geometry)
    for curve, style in sorted(drawn, key=lambda pair: pair[1].ink != "pale"):
        _draw_curve(easel, geometry, curve, style)
        if style.ink == "main":
            _draw_last(easel, panel.unit, curve)
    _draw_head(easel, panel, place, styles)
    return geometry


def _styles(panel: Panel, scale: int) -> list[_Style]:
    """How each line is drawn: one main line in the accent colour, several in the series' colours and dashes."""
    several = sum(line.role == "main" for line in panel.lines) > 1
    styles: list[_Style] = []
    turn = 0
    for line in panel.lines:
        if line.role == "pale":
            styles.append(_Style("pale", Stroke(1.5 * scale)))
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
    places = geometry.y(np.array([value for value, _ in geometry.axis.ticks]))
    for y, (_, label) in zip(np.rint(places).astype(int).tolist(), geometry.axis.ticks, strict=True):
        easel.sheet.bar("rule", geometry.left, y, (geometry.right - geometry.left, easel.scale))
        easel.write(label, "text", (geometry.left - easel.px(8), y + easel.glyphs.height / 2), "right")


def _draw_thresholds(easel: Easel, panel: Panel, geometry: Plot) -> None:
    across = np.arange(geometry.right - geometry.left)
    dashes = np.where(across % easel.px(9) < easel.px(5), 255, 0).astype(np.uint8)
    for threshold in panel.thresholds:
        if geometry.axis.low <= threshold.value <= geometry.axis.high:
            y = round(float(geometry.y(np.array([threshold.value]))[0]))
            easel.sheet.lay(np.tile(dashes, (easel.scale, 1)), threshold.level, geometry.left, y)


def _draw_curve(easel: Easel, geometry: Plot, curve: Curve, style: _Style) -> None:
    """A line; what stands alone is a dot. The main line has an area below it, where the axis begins at zero."""
    left, top, bottom = geometry.left, float(curve.y.min()), float(curve.y.max())
    if style.ink == "main" and geometry.axis.low == 0:
        easel.pen.clear()
        easel.pen.area(curve.x, curve.y, curve.stretch, geometry.bottom)
        easel.lift("wash", left, top, geometry.bottom)
    easel.pen.clear()
    easel.pen.line(curve.x, curve.y, curve.stretch, style.stroke)
    easel.pen.dots(*curve.alone, style.stroke.width)
    if style.ink == "main":
        easel.pen.dots(curve.x[-1:], curve.y[-1:], 1.6 * style.stroke.width)
    easel.lift(style.ink, left, top, bottom)


def _draw_last(easel: Easel, unit: str, curve: Curve) -> None:
    """The last value, to the right of the line's end, where no grid runs through it."""
    text, x = amount(curve.last, unit), float(curve.x[-1]) + easel.px(8)
    base = float(curve.y[-1]) + easel.glyphs.height / 2
    around = easel.px(2)
    room = round(easel.glyphs.width(text)) + around, easel.glyphs.height + 2 * around
    easel.sheet.blank(round(x), round(base) - easel.glyphs.height - around, room)
    easel.write(text, "main", (x, base))


def _draw_head(easel: Easel, panel: Panel, place: PanelPlace, styles: Sequence[_Style]) -> None:
    if place.heading:
        easel.write_in(place.heading, panel.name)
    for entry in place.legend:
        box, style = entry.box, styles[entry.line]
        middle = easel.px(box.top + box.height / 2)
        ends = np.array([easel.px(box.left), easel.px(box.left + KEY - 6)], dtype=np.float64)
        easel.pen.clear()
        easel.pen.line(ends, np.full(2, float(middle)), np.zeros(2, dtype=np.intp), style.stroke)
        easel.lift(style.ink, ends[0], middle, middle)
        easel.write_in(Box(box.left + KEY, box.top, box.width - KEY, box.height), panel.lines[entry.line].name)

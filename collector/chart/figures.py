"""Draws pictures that are not over time: bars, lines of groups, pies, and maps by way of `worldmap`."""

from __future__ import annotations

from itertools import pairwise
from math import pi

import numpy as np

from collector.chart.curve import Floats
from collector.chart.easel import Easel
from collector.chart.figure import EDGE, ROW, Bars, Figure, Group, Pie, Steps, WorldMap
from collector.chart.glyphs import Glyphs
from collector.chart.palette import FIGURES, MAPPED, SERIES, palette, plte
from collector.chart.pen import Pen, Stroke
from collector.chart.png import pngs
from collector.chart.sheet import HARD, Sheet
from collector.chart.worldmap import draw_map

_NAMES, _BESIDE = 210.0, 90.0
"""CSS pixels left of bars, for names, and right of them, for numbers."""
_BAR = 16.0
_RADIUS = 108.0
_LEGEND = 300.0


def drawn(figure: Figure, glyphs: Glyphs, density: int) -> tuple[bytes, ...]:
    """A light and a dark file of a figure, `density` pixels to each CSS pixel."""
    width, height = round(figure.width * density), round(figure.height * density)
    colours = palette(FIGURES if isinstance(figure, Pie) else MAPPED)
    sheet = Sheet(width, height, colours)
    easel = Easel(sheet, Pen(width, height), glyphs, density, 0)
    match figure:
        case Bars():
            draw_bars(easel, figure)
        case Steps():
            draw_steps(easel, figure)
        case Pie():
            draw_pie(easel, figure)
        case WorldMap():
            draw_map(easel, figure)
    return pngs(sheet.numbers, plte(colours.light), plte(colours.dark))


def draw_bars(easel: Easel, bars: Bars) -> None:
    """A row for each group: its name, its bar and its number."""
    ends = _ends(bars.groups)
    room = bars.width - _NAMES - _BESIDE
    zero = _NAMES + room * -ends[0] / (ends[1] - ends[0])
    for row, group in enumerate(bars.groups):
        top = EDGE + ROW * row
        base = easel.px(top + ROW / 2) + easel.glyphs.height / 2
        name = easel.glyphs.fitted(group.name, easel.px(_NAMES - 10 - EDGE))
        easel.write(name, "text", (easel.px(_NAMES - 10), base), "right")
        place = _NAMES + room * (group.value - ends[0]) / (ends[1] - ends[0])
        left, right = sorted((zero, place))
        size = max(easel.px(right - left), easel.scale), easel.px(_BAR)
        easel.sheet.bar("main", easel.px(left), easel.px(top + (ROW - _BAR) / 2), size)
        easel.write(easel.glyphs.fitted(group.written, easel.px(_BESIDE)), "text", (easel.px(right + 7), base))
    easel.sheet.bar("rule", easel.px(zero), easel.px(EDGE), (easel.scale, easel.px(ROW * len(bars.groups))))


def draw_steps(easel: Easel, steps: Steps) -> None:
    """A point for each group, its number above and its name below, as far as there is room."""
    if not steps.groups:
        return
    left, right, top, bottom = EDGE + 40, steps.width - EDGE - 40, EDGE + 26, steps.height - EDGE - 24
    ends = _ends(steps.groups)
    values = np.array([group.value for group in steps.groups])
    x: Floats = np.linspace(left, right, len(values)) if len(values) > 1 else np.array([(left + right) / 2])
    y: Floats = bottom - (values - ends[0]) / (ends[1] - ends[0]) * (bottom - top)
    zero = bottom + ends[0] / (ends[1] - ends[0]) * (bottom - top)
    easel.sheet.bar("rule", easel.px(left - 20), easel.px(zero), (easel.px(right - left + 40), easel.scale))
    stroke = Stroke(2.0 * easel.scale)
    easel.pen.line(x * easel.scale, y * easel.scale, np.zeros(len(x), dtype=np.intp), stroke)
    easel.pen.dots(x * easel.scale, y * easel.scale, 3.0 * easel.scale)
    easel.lift("main", (0, 0, easel.px(steps.width), easel.px(steps.height)))
    room = (right - left) / max(len(values) - 1, 1)
    each = max(1, round(44 / room))
    for number, group in list(enumerate(steps.groups))[::each]:
        place, most = easel.px(float(x[number])), easel.px(min(room * each - 6, 120))
        easel.write(easel.glyphs.fitted(group.written, most), "text", (place, easel.px(float(y[number]) - 8)), "middle")
        name = easel.glyphs.fitted(group.name, most)
        easel.write(name, "text", (place, easel.px(steps.height - EDGE)), "middle")


def draw_pie(easel: Easel, pie: Pie) -> None:
    """The parts, and a legend in their order with number and share."""
    whole = sum(group.value for group in pie.groups)
    middle = EDGE + _RADIUS + 60, pie.height / 2
    turns = np.cumsum([0.0, *(group.value / whole for group in pie.groups)]) * 2 * pi
    for (first, last), ink in zip(pairwise(turns.tolist()), SERIES, strict=False):
        angles = np.linspace(first, last, max(int((last - first) * 60), 2))
        x = np.append(middle[0] + _RADIUS * np.sin(angles), middle[0]) * easel.scale
        y = np.append(middle[1] - _RADIUS * np.cos(angles), middle[1]) * easel.scale
        easel.pen.area(x, y, np.zeros(len(x), dtype=np.intp))
        easel.lift(ink, (0, 0, easel.px(pie.width), easel.px(pie.height)))
    for turn in turns[:-1].tolist() if len(pie.groups) > 1 else ():
        x = np.array([middle[0], middle[0] + (_RADIUS + 1) * np.sin(turn)]) * easel.scale
        y = np.array([middle[1], middle[1] - (_RADIUS + 1) * np.cos(turn)]) * easel.scale
        easel.pen.line(x, y, np.zeros(2, dtype=np.intp), Stroke(1.5 * easel.scale))
        easel.sheet.rub(easel.pen.lifted(HARD))
    _draw_legend(easel, pie)


def _draw_legend(easel: Easel, pie: Pie) -> None:
    top = (pie.height - ROW * len(pie.groups)) / 2
    for number, (group, ink) in enumerate(zip(pie.groups, SERIES, strict=False)):
        middle = top + ROW * (number + 0.5)
        easel.sheet.bar(ink, easel.px(_LEGEND), easel.px(middle - 7), (easel.px(14), easel.px(14)))
        base = easel.px(middle) + easel.glyphs.height / 2
        written = easel.glyphs.fitted(group.written, easel.px(150))
        name = easel.glyphs.fitted(group.name, easel.px(230))
        easel.write(name, "text", (easel.px(_LEGEND + 24), base))
        easel.write(written, "text", (easel.px(pie.width - EDGE), base), "right")


def _ends(groups: tuple[Group, ...]) -> tuple[float, float]:
    """From where to where the axis goes: zero is always on it."""
    values = [group.value for group in groups]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    return (low, high) if high > low else (0.0, 1.0)

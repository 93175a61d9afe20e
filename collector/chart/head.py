"""Draws what stands above a plot: its name, its legend, and on the right its note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from collector.chart.easel import Easel
from collector.chart.layout import KEY, Box, Entry, PanelPlace
from collector.chart.pen import Stroke
from collector.chart.picture import Panel

EVENT = 7.0
"""How high the tick of an event is, in CSS pixels."""
_SIGN = KEY - 6
"""How long the sign of a legend is, before the space that parts it from its name."""
_BOUNDS = {"warning": (9, 5), "critical": (9, 7)}
"""Dash and space together, and the dash, so that levels are told apart without their colours; in CSS pixels."""


def draw_head(easel: Easel, panel: Panel, place: PanelPlace, lines: Sequence[tuple[str, Stroke]]) -> None:
    """Draws name, legend and note; `lines`: ink and stroke of each line of the panel."""
    if place.heading:
        easel.write_in(place.heading, panel.name)
    if place.note:
        easel.write_in(place.note, panel.note)
    for entry in place.legend:
        _draw_sign(easel, panel, entry, lines)
        box = entry.box
        easel.write_in(Box(box.left + KEY, box.top, box.width - KEY, box.height), entry.key.name)


def draw_bound(easel: Easel, level: str, start: tuple[int, int], length: int) -> None:
    """A piece of a threshold's line from `start` to the right."""
    period, dash = _BOUNDS[level]
    across = np.arange(length) % easel.px(period) < easel.px(dash)
    number = easel.sheet.steps[level][-1][1]
    easel.sheet.lay(np.tile(across.view(np.uint8) * np.uint8(number), (easel.scale, 1)), *start)


def _draw_sign(easel: Easel, panel: Panel, entry: Entry, lines: Sequence[tuple[str, Stroke]]) -> None:
    key, left = entry.key, easel.px(entry.box.left)
    middle = easel.px(entry.box.top + entry.box.height / 2)
    match key.what:
        case "line":
            ink, stroke = lines[key.number]
            sign = easel.pen.sign(easel.px(_SIGN), stroke, easel.sheet.steps[ink])
            around = len(sign) // 2
            easel.sheet.lay(sign, left - around, middle - around)
        case "band":
            easel.sheet.bar("band", left, middle - easel.px(4), (easel.px(_SIGN), easel.px(8)))
        case "threshold":
            draw_bound(easel, panel.thresholds[key.number].level, (left, middle), easel.px(_SIGN))
        case "events":
            size = easel.px(1.5), easel.px(EVENT)
            easel.sheet.bar("text", left + easel.px(_SIGN / 2), middle - easel.px(EVENT / 2), size)

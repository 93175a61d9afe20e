"""Draws pictures of one size, each once for a light and a dark page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib import ft2font

from collector.chart.curve import recorded
from collector.chart.glyphs import Glyphs
from collector.chart.layout import LETTER, lay_out
from collector.chart.panel import Easel, draw_panel
from collector.chart.pen import Pen
from collector.chart.picture import Picture
from collector.chart.plot import Plot
from collector.chart.png import pngs
from collector.chart.sheet import Sheet
from collector.chart.timeaxis import time_ticks

VERSION = 1
"""Raise it when the same picture would get other pixels."""
_LETTER_WIDTH = 8.5
"""CSS pixels that a letter of the time axis takes, with its share of the space between labels."""


class Pictures(NamedTuple):
    """One drawing as two PNG files that differ in their palette alone."""

    light: bytes
    dark: bytes


class Painter:
    """Draws pictures of `width` x `height` CSS pixels, `density` pixels of the file to each of them.

    One painter draws any number of pictures, one after the other; the same picture always gives the same bytes.
    """

    def __init__(self, width: int = 720, height: int = 230, density: int = 2) -> None:
        self.width, self.height, self.density = width, height, density
        self._glyphs = Glyphs(LETTER * density)
        self._pen = Pen(width * density, height * density)

    def digest(self, picture: Picture) -> str:
        """Names the picture by all that goes into its pixels, in 32 hex digits: a file of that name is as it would be.

        What is not drawn has no part in it: points outside the window, a title that only the alternative text has.
        """
        drawn_by = (VERSION, matplotlib.__version__, ft2font.__freetype_version__, np.__version__)
        window = (picture.start, picture.end, str(picture.zone), picture.events, picture.titled and picture.title)
        content = hashlib.sha256(repr((drawn_by, self.width, self.height, self.density, window)).encode())
        for panel in picture.panels:
            content.update(repr(replace(panel, lines=())).encode())
            for line in panel.lines:
                times, values = recorded(line, picture.start, picture.end)
                content.update(repr((line.name, line.role, len(times))).encode())
                content.update(times.tobytes() + values.tobytes())
        return content.hexdigest()[:32]

    def draw(self, picture: Picture) -> Pictures:
        """Draws the picture. Any series can be drawn: empty, constant, of one point, huge, not finite."""
        sheet = Sheet(self.width * self.density, self.height * self.density)
        easel = Easel(sheet, self._pen, self._glyphs, self.density)
        layout = lay_out(picture, self.width, self.height, lambda text: self._glyphs.width(text) / self.density)
        if layout.title:
            easel.write_in(layout.title, picture.title)
        plots = [draw_panel(easel, picture, *pair) for pair in zip(picture.panels, layout.panels, strict=True)]
        _draw_time_axis(easel, picture, plots[-1])
        numbers, light, dark = sheet.finished()
        return Pictures(*pngs(numbers, light, dark))


def _draw_time_axis(easel: Easel, picture: Picture, plot: Plot) -> None:
    """Labels below the plot, and above its base line a small tick for each event."""
    letters = int((plot.right - plot.left) / (easel.scale * _LETTER_WIDTH))
    ticks = time_ticks(picture.start, picture.end, picture.zone, letters)
    places = np.rint(plot.x(np.array([tick.time for tick in ticks], dtype=np.float64))).astype(int).tolist()
    for x, tick in zip(places, ticks, strict=True):
        easel.sheet.bar("rule", x, plot.bottom, (easel.scale, easel.px(5)))
        easel.write(tick.label, "text", (x, plot.bottom + easel.px(9) + easel.glyphs.height), "middle")
    events = np.array([event for event in picture.events if picture.start <= event <= picture.end], dtype=np.float64)
    for x in np.rint(plot.x(events)).astype(int).tolist():
        easel.sheet.bar("text", x, plot.bottom - easel.px(7), (easel.px(1.5), easel.px(7)))

"""Draws pictures of one size, each once for a light and a dark page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from collector.chart.easel import Easel
from collector.chart.glyphs import Glyphs
from collector.chart.layout import LETTER, keys, lay_out
from collector.chart.palette import ALL, PLAIN, palette, plte
from collector.chart.panel import draw_events, draw_panel
from collector.chart.pen import Pen
from collector.chart.picture import DENSITY, Picture, events
from collector.chart.plot import Plot, near, shown
from collector.chart.png import pngs
from collector.chart.sheet import Numbers, Sheet
from collector.chart.timeaxis import time_ticks

if TYPE_CHECKING:
    from collector.chart.figure import Figure

_LARGE = 8000
"""Bytes of a file that are too many to be sent by the dozen."""
_LETTER_WIDTH = 8.5
"""CSS pixels that a letter of the time axis takes, with its share of the space between labels."""


class _Grain(NamedTuple):
    """In how many columns a restless line is shown, and in how many steps an ink ends at its edges."""

    columns: int
    steps: int


class _Axis(NamedTuple):
    """A window, and the edges of the plot above its time axis in pixels."""

    start: int
    end: int
    zone: ZoneInfo
    left: int
    right: int
    bottom: int

    @classmethod
    def of(cls, picture: Picture, plot: Plot) -> _Axis:
        return cls(picture.start, picture.end, picture.zone, plot.left, plot.right, plot.bottom)


class Pictures(NamedTuple):
    """One drawing as two PNG files that differ in their palette alone."""

    light: bytes
    dark: bytes


class Painter:
    """Draws pictures of `width` x `height` CSS pixels, `density` pixels of the file to each of them.

    One painter draws any number of pictures, one after the other; the same picture always gives the same bytes.
    """

    def __init__(self, width: int = 720, height: int = 230, density: int = DENSITY) -> None:
        self.width, self.height, self.density = width, height, density
        self._glyphs = Glyphs(LETTER * density)
        self._pen = Pen(width * density, height * density)
        self._time_axis = lru_cache(maxsize=16)(self._new_time_axis)

    def draw(self, picture: Picture | Figure) -> Pictures:
        """Draws the picture. Any series can be drawn: empty, constant, of one point, huge, not finite.

        What would make a large file is drawn once more with hard edges, and restless lines in fewer columns.
        """
        if not isinstance(picture, Picture):
            from collector.chart.figures import drawn  # noqa: PLC0415  hardly ever needed

            return Pictures(*drawn(picture, self._glyphs, self.density))
        fine = self._drawn(picture, _Grain(64, 4))
        return fine if len(fine.light) <= _LARGE else self._drawn(picture, _Grain(32, 1))

    def _drawn(self, picture: Picture, grain: _Grain) -> Pictures:
        several = any(sum(line.role == "main" for line in panel.lines) > 1 for panel in picture.panels)
        inks = ALL if several else PLAIN
        colours = palette(inks, grain.steps)
        sheet = Sheet(self.width * self.density, self.height * self.density, colours)
        easel = Easel(sheet, self._pen, self._glyphs, self.density, grain.columns)
        found = [shown(panel, picture) for panel in picture.panels]
        panels = [near(panel, of) for panel, of in zip(picture.panels, found, strict=True)]
        marked = events(picture)
        legends = [
            keys(panel, any(one.banded for one in of), bool(marked) and panel is panels[-1])
            for panel, of in zip(panels, found, strict=True)
        ]
        size = self.width, self.height
        layout = lay_out(picture, legends, size, lambda text: self._glyphs.width(text) / self.density)
        if layout.title:
            easel.write_in(layout.title, picture.title)
        window = picture.start, picture.end
        plots = [draw_panel(easel, window, *of) for of in zip(panels, found, layout.panels, strict=True)]
        sheet.lay(self._time_axis(_Axis.of(picture, plots[-1]), inks, grain.steps), 0, plots[-1].bottom)
        draw_events(easel, plots[-1], marked)
        return Pictures(*pngs(sheet.numbers, plte(colours.light), plte(colours.dark)))

    def _new_time_axis(self, axis: _Axis, inks: frozenset[str], steps: int) -> Numbers:
        """The rows from the base line of the lowest plot on, with ticks and labels. Pictures of a window share them."""
        sheet = Sheet(self.width * self.density, max(self.height * self.density - axis.bottom, 0), palette(inks, steps))
        easel = Easel(sheet, self._pen, self._glyphs, self.density, 0)
        letters = int((axis.right - axis.left) / (easel.scale * _LETTER_WIDTH))
        ticks = time_ticks(axis.start, axis.end, axis.zone, letters)
        for tick in ticks:
            x = round(axis.left + (tick.time - axis.start) / (axis.end - axis.start) * (axis.right - axis.left))
            sheet.bar("rule", x, 0, (easel.scale, easel.px(5)))
            easel.write(tick.label, "text", (x, easel.px(9) + easel.glyphs.height), "middle")
        return sheet.numbers

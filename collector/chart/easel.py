"""What a picture is drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import numpy as np

from collector.chart.glyphs import Glyphs
from collector.chart.layout import Box
from collector.chart.pen import Pen
from collector.chart.sheet import Sheet

Anchor = Literal["left", "middle", "right"]


@dataclass(frozen=True, slots=True)
class Easel:
    """What a picture is drawn with; `scale` pixels to one CSS pixel, all places in pixels.

    columns: in how many a restless line is shown.
    """

    sheet: Sheet
    pen: Pen
    glyphs: Glyphs
    scale: int
    columns: int

    def px(self, length: float) -> int:
        """A length in CSS pixels as whole pixels."""
        return round(length * self.scale)

    def lift(self, ink: str, box: tuple[float, float, float, float], over: float = 0.0) -> None:
        """Brings what the pen has drawn onto the sheet: within (left, top, right, bottom) and so many pixels beyond."""
        left, top = max(int(box[0] - over), 0), max(int(box[1] - over), 0)
        right, bottom = max(ceil(box[2] + over), 0), max(ceil(box[3] + over), 0)
        self.sheet.lay(self.pen.lifted(self.sheet.steps[ink], np.s_[top:bottom, left:right]), left, top)

    def dot(self, ink: str, middle: tuple[float, float], radius: float) -> None:
        """A disc around the nearest whole pixel."""
        disc = self.pen.disc(radius, self.sheet.steps[ink])
        around = len(disc) // 2
        self.sheet.lay(disc, floor(middle[0] + 0.5) - around, floor(middle[1] + 0.5) - around)

    def write(self, text: str, ink: str, place: tuple[float, float], anchor: Anchor = "left") -> None:
        """A text, its base line on the place's y, and of its width that part left of x that the anchor says."""
        numbers, rise = self.glyphs.inked(text, self.sheet.steps[ink])
        width = numbers.shape[1]
        before = {"left": 0, "middle": width // 2, "right": width}[anchor]
        self.sheet.lay(numbers, round(place[0]) - before, round(place[1]) - rise)

    def write_in(self, box: Box, text: str) -> None:
        """A text in the middle of a row, as much of it as fits; the row in CSS pixels."""
        base = self.px(box.top) + (self.px(box.height) + self.glyphs.height) / 2
        self.write(self.glyphs.fitted(text, self.px(box.width)), "text", (self.px(box.left), base))

"""A picture in the making: the number of a palette's entry for each pixel, laid on layer by layer."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from collector.chart.glyphs import Mask, Word
from collector.chart.palette import Palette

Anchor = Literal["left", "middle", "right"]


class Sheet:
    """Pixels, rows x columns, `numbers` of a palette's entries, empty at first. What lies outside is cut off."""

    def __init__(self, width: int, height: int, palette: Palette) -> None:
        self.numbers: NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)
        self._steps = palette.steps

    def lay(self, mask: Mask, ink: str, left: int, top: int) -> None:
        """Lays an ink on where the mask covers; `left`, `top`: where the mask's corner goes, may lie outside."""
        rows, columns = self.numbers.shape
        mask = np.ascontiguousarray(mask[max(-top, 0) : max(rows - top, 0), max(-left, 0) : max(columns - left, 0)])
        top, left = max(top, 0), max(left, 0)
        below = self.numbers[top : top + mask.shape[0], left : left + mask.shape[1]]
        for least, number in self._steps[ink]:  # whole arrays of bytes, which the processor compares many at a time
            np.maximum(below, np.negative((mask >= least).view(np.uint8)) & np.uint8(number), out=below)

    def bar(self, ink: str, left: int, top: int, size: tuple[int, int]) -> None:
        """A filled rectangle of (width, height) pixels."""
        right, bottom = max(left + size[0], 0), max(top + size[1], 0)
        below = self.numbers[max(top, 0) : bottom, max(left, 0) : right]
        np.maximum(below, np.uint8(self._steps[ink][-1][1]), out=below)

    def blank(self, left: int, top: int, size: tuple[int, int]) -> None:
        """Takes everything off a rectangle of (width, height) pixels; its corner may lie outside."""
        self.numbers[max(top, 0) : max(top + size[1], 0), max(left, 0) : max(left + size[0], 0)] = 0

    def write(self, word: Word, ink: str, place: tuple[int, int], anchor: Anchor) -> None:
        """A text, its base line on the place's y, and of its width that part left of x that the anchor says."""
        width = word.mask.shape[1]
        before = {"left": 0, "middle": width // 2, "right": width}[anchor]
        self.lay(word.mask, ink, place[0] - before, place[1] - word.rise)

"""A picture in the making: an ink and a weight for each pixel, laid on layer by layer."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from collector.chart.glyphs import Mask, Word
from collector.chart.palette import coding, palettes, plte

Anchor = Literal["left", "middle", "right"]


class Sheet:
    """Pixels, rows x columns, empty at first. What lies outside is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self._codes = np.zeros((height, width), dtype=np.uint8)
        self._inks: set[str] = set()

    def lay(self, mask: Mask, ink: str, left: int, top: int) -> None:
        """Lays an ink on where the mask covers; `left`, `top`: where the mask's corner goes, may lie outside."""
        rows, columns = self._codes.shape
        mask = mask[max(-top, 0) : max(rows - top, 0), max(-left, 0) : max(columns - left, 0)]
        top, left = max(top, 0), max(left, 0)
        below = self._codes[top : top + mask.shape[0], left : left + mask.shape[1]]
        laid = np.frombuffer(mask.tobytes().translate(coding(ink)), dtype=np.uint8)
        np.maximum(below, laid.reshape(mask.shape), out=below)
        self._inks.add(ink)

    def bar(self, ink: str, left: int, top: int, size: tuple[int, int]) -> None:
        """A filled rectangle of (width, height) pixels."""
        right, bottom = max(left + size[0], 0), max(top + size[1], 0)
        below = self._codes[max(top, 0) : bottom, max(left, 0) : right]
        np.maximum(below, np.uint8(coding(ink)[255]), out=below)
        self._inks.add(ink)

    def blank(self, left: int, top: int, size: tuple[int, int]) -> None:
        """Takes everything off a rectangle of (width, height) pixels; its corner may lie outside."""
        self._codes[max(top, 0) : max(top + size[1], 0), max(left, 0) : max(left + size[0], 0)] = 0

    def write(self, word: Word, ink: str, place: tuple[int, int], anchor: Anchor) -> None:
        """A text, its base line on the place's y, and of its width that part left of x that the anchor says."""
        width = word.mask.shape[1]
        before = {"left": 0, "middle": width // 2, "right": width}[anchor]
        self.lay(word.mask, ink, place[0] - before, place[1] - word.rise)

    def finished(self) -> tuple[NDArray[np.uint8], bytes, bytes]:
        """The pixels as numbers of palette entries, and the light and the dark palette as PNG has them."""
        colours = palettes(frozenset(self._inks))
        numbers = np.frombuffer(self._codes.tobytes().translate(colours.numbers), dtype=np.uint8)
        return numbers.reshape(self._codes.shape), plte(colours.light), plte(colours.dark)

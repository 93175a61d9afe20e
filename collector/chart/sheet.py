"""A picture in the making: the number of a palette's entry for each pixel, laid on layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from collector.chart.curve import Floats
from collector.chart.palette import Palette, Steps

Mask = NDArray[np.uint8]
"""How much of each pixel is covered, 0..255, rows x columns."""
Rows = NDArray[np.int16]
"""The number of a row for each column."""
Numbers = NDArray[np.uint8]
"""The number of a palette's entry for each pixel, rows x columns."""

_MANY = 1 << 16
"""So many pixels are compared at once, at most."""

HARD: Steps = ((128, 1),)
"""A pixel is covered if half of it is."""


def inked(mask: Mask, steps: Steps) -> Numbers:
    """The numbers of an ink's entries where a mask covers, else 0. Whole arrays, which the processor compares many at a
    time."""
    return reduce(np.maximum, [(mask >= least).view(np.uint8) * np.uint8(number) for least, number in steps])


class Sheet:
    """Pixels, rows x columns, `numbers` of a palette's entries, empty at first. What lies outside is cut off."""

    def __init__(self, width: int, height: int, palette: Palette) -> None:
        self.numbers: Numbers = np.zeros((height, width), dtype=np.uint8)
        self.steps = palette.steps

    def lay(self, numbers: Numbers, left: int, top: int) -> None:
        """Lays on what is `inked`; `left`, `top`: where its corner goes, may lie outside."""
        rows, columns = numbers.shape
        below = self.numbers[max(top, 0) : max(top + rows, 0), max(left, 0) : max(left + columns, 0)]
        if below.shape != numbers.shape:
            numbers = numbers[max(-top, 0) :, max(-left, 0) :][: below.shape[0], : below.shape[1]]
        np.maximum(below, numbers, out=below)

    def stamp(self, covered: Numbers, number: int) -> None:
        """Puts an entry over all else where something is `covered`, as large as the whole sheet."""
        self.numbers[covered > 0] = number

    def rub(self, covered: Numbers) -> None:
        """Takes off everything where something is `covered`."""
        self.stamp(covered, 0)

    def disc(self, number: int, middle: tuple[float, float], radius: float) -> None:
        """Puts an entry over all else in a disc, with hard edges; the middle may lie outside."""
        rows, columns = np.ogrid[: self.numbers.shape[0], : self.numbers.shape[1]]
        left, top = (max(int(at - radius), 0) for at in middle)
        right, bottom = (max(int(at + radius) + 2, 0) for at in middle)
        part = np.s_[top:bottom, left:right]
        across, down = columns[:, left:right] - middle[0], rows[top:bottom] - middle[1]
        self.numbers[part][across**2 + down**2 <= radius**2] = number

    def bar(self, ink: str, left: int, top: int, size: tuple[int, int]) -> None:
        """A filled rectangle of (width, height) pixels."""
        right, bottom = max(left + size[0], 0), max(top + size[1], 0)
        below = self.numbers[max(top, 0) : bottom, max(left, 0) : right]
        np.maximum(below, np.uint8(self.steps[ink][-1][1]), out=below)

    def fill(self, ink: str, left: int, tops: Rows, bottom: int) -> None:
        """Fills columns, the first at `left`, each from its row of `tops` on to before `bottom`."""
        number = np.uint8(self.steps[ink][-1][1])
        filled = tops < bottom
        even = int(tops.max(where=filled, initial=0))
        top = min(int(tops.min()), even)
        self.lay((np.arange(top, even, dtype=np.int16)[:, np.newaxis] >= tops).view(np.uint8) * number, left, top)
        below = self.numbers[even:bottom, left : left + len(tops)]
        np.maximum(below, filled.view(np.uint8) * number, out=below)

    def strip(self, ink: str, left: int, tops: Rows, bottoms: Rows) -> None:
        """Fills columns, the first at `left`, each from its row of `tops` on to before that of `bottoms`."""
        if len(tops):
            self._cover(left, [(self.steps[ink][-1][1], tops, bottoms)])

    def stroke(self, ink: str, left: int, tops: Floats, bottoms: Floats) -> None:
        """As `strip`, from and to anywhere within a row, which then is covered in part: in a mask by whole 255ths."""
        self._cover(
            left,
            [
                (number, np.ceil(tops - bare).astype(np.int16), np.floor(bottoms + bare).astype(np.int16))
                for number, bare in ((number, 1 - (least - 0.5) / 255) for least, number in self.steps[ink])
            ],
        )

    def _cover(self, left: int, layers: Sequence[tuple[int, Rows, Rows]]) -> None:
        """Fills columns with entries, each from a row on to before another; the first layer reaches farthest. Half of
        them at a time where many rows would have to be looked through: often few columns are tall."""
        _, tops, ends = layers[0]
        top, bottom = int(tops.min()), int(ends.max())
        if (bottom - top) * len(tops) > _MANY and len(tops) > 1:
            for part in (slice(0, len(tops) // 2), slice(len(tops) // 2, len(tops))):
                self._cover(left + part.start, [(number, begun[part], ended[part]) for number, begun, ended in layers])
            return
        rows = np.arange(top, bottom, dtype=np.int16)[:, np.newaxis]
        filled = [(((rows >= begun) & (rows < ended)).view(np.uint8), number) for number, begun, ended in layers]
        self.lay(reduce(np.maximum, [where * np.uint8(number) for where, number in filled]), left, top)

    def blank(self, left: int, top: int, size: tuple[int, int]) -> None:
        """Takes everything off a rectangle of (width, height) pixels; its corner may lie outside."""
        self.numbers[max(top, 0) : max(top + size[1], 0), max(left, 0) : max(left + size[0], 0)] = 0

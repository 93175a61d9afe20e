"""Text as coverage masks, each distinct text drawn once."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font

from collector.chart.palette import Steps
from collector.chart.sheet import Mask, Numbers, inked


class Word(NamedTuple):
    """A text drawn: how much it covers of each pixel, and how many of the rows stand above the base line."""

    mask: Mask
    rise: int

    def inked(self, steps: Steps) -> InkedWord:
        """The text in an ink."""
        return InkedWord(inked(self.mask, steps), self.rise)


class InkedWord(NamedTuple):
    """A text in an ink: the entries of its pixels, and how many of the rows stand above the base line."""

    numbers: Numbers
    rise: int


FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
"""Comes with matplotlib, so a picture looks the same on every machine."""

_MISSING = "\ufffd"
_ELLIPSIS = "…"
_MARGIN = 1
"""Rows that FreeType's bitmap leaves empty below the lowest letter."""
_LONGEST = 400
"""Letters beyond are never looked at: a name from a node may be of any length."""


class Glyphs:
    """One font in one size, in pixels. Letters that the font lacks, control characters too, become U+FFFD.

    word: a text drawn.   inked: a text in an ink.   width: how wide a text is, in pixels.
    height: of capital letters and digits, in pixels.
    fitted: a text, or as much of its beginning as fits into a width in pixels, with an ellipsis.
    """

    def __init__(self, size: float) -> None:
        self._font = FT2Font(str(FONT))
        self._font.set_size(size, 72)
        self._known = frozenset(map(chr, self._font.get_charmap()))
        self.word = lru_cache(maxsize=512)(self._drawn)
        self.inked = lru_cache(maxsize=512)(lambda text, steps: self.word(text).inked(steps))
        self.width = lru_cache(maxsize=512)(self._wide)
        self.fitted = lru_cache(maxsize=512)(self._shortened)
        self.height = self.word("H").rise

    def _wide(self, text: str) -> float:
        return self._set(text[:_LONGEST])[0] if text else 0.0

    def _shortened(self, text: str, width: float) -> str:
        text = text[:_LONGEST]
        if self._wide(text) <= width:
            return text
        fits = bisect_right(range(1, len(text)), width, key=lambda end: self._wide(text[:end] + _ELLIPSIS))
        return text[:fits].rstrip() + _ELLIPSIS

    def _set(self, text: str) -> tuple[float, float]:
        """Lays a text out; gives its width and how far it goes below the base line."""
        self._font.set_text("".join(letter if letter in self._known else _MISSING for letter in text), 0.0)
        width, _ = self._font.get_width_height()
        return width / 64, self._font.get_descent() / 64

    def _drawn(self, text: str) -> Word:
        _, below = self._set(text)
        self._font.draw_glyphs_to_bitmap(antialiased=True)
        mask = np.array(self._font.get_image(), dtype=np.uint8)
        return Word(mask, mask.shape[0] - _MARGIN - round(below))

"""Text as coverage masks, each distinct text drawn once, and of texts that differ in numbers what they share."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from io import BytesIO
from itertools import accumulate
from math import ceil
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


class _Piece(NamedTuple):
    """A part of a text: what of it covers anything, `left` columns from where it begins and with so many rows above the
    base line, and how wide it is with the space around, in pixels."""

    mask: Mask
    left: int
    rise: int
    width: float


FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
"""Comes with matplotlib, so a picture looks the same on every machine."""

_PIECES = re.compile(r"[^ ]+ ?| ")
"""Words, each with the space that follows it: the next one begins on a whole pixel."""
_MISSING = "\ufffd"
_ELLIPSIS = "…"
_LONGEST = 400
"""Letters beyond are never looked at: a name from a node may be of any length."""


class Glyphs:
    """One font in one size, in pixels. Letters that the font lacks, control characters too, become U+FFFD.

    word: a text drawn.   inked: a text in an ink.   width: how wide a text is, in pixels.
    height: of capital letters and digits, in pixels.
    fitted: a text, or as much of its beginning as fits into a width in pixels, with an ellipsis.
    """

    def __init__(self, size: float) -> None:
        self._font = FT2Font(BytesIO(FONT.read_bytes()))  # of a file it would read a few bytes for each letter
        self._font.set_size(size, 72)
        self._known = frozenset(map(chr, self._font.get_charmap()))
        self._piece = lru_cache(maxsize=512)(self._new_piece)
        self.word = lru_cache(maxsize=512)(self._drawn)
        self.inked = lru_cache(maxsize=512)(lambda text, steps: self.word(text).inked(steps))
        self.width = lru_cache(maxsize=512)(self._wide)
        self.fitted = lru_cache(maxsize=512)(self._shortened)
        self.height = self.word("H").rise

    def _wide(self, text: str) -> float:
        return sum(self._piece(piece).width for piece in _PIECES.findall(text[:_LONGEST]))

    def _shortened(self, text: str, width: float) -> str:
        text = text[:_LONGEST]
        if self._wide(text) <= width:
            return text
        fits = bisect_right(range(1, len(text)), width, key=lambda end: self._wide(text[:end] + _ELLIPSIS))
        return text[:fits].rstrip() + _ELLIPSIS

    def _new_piece(self, text: str) -> _Piece:
        self._font.set_text("".join(letter if letter in self._known else _MISSING for letter in text), 0.0)
        width, height = self._font.get_width_height()
        above = ceil((height - self._font.get_descent()) / 64)
        self._font.draw_glyphs_to_bitmap(antialiased=True)
        mask = np.array(self._font.get_image(), dtype=np.uint8)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not len(rows):
            return _Piece(mask[:0, :0], 0, 0, width / 64)
        left = round(self._font.get_bitmap_offset()[0] / 64) + int(columns[0])
        return _Piece(mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], left, above, width / 64)

    def _drawn(self, text: str) -> Word:
        """The text, from where its first letter covers something."""
        pieces = [self._piece(piece) for piece in _PIECES.findall(text)]
        begins = accumulate((piece.width for piece in pieces), initial=0.0)
        placed = [(round(begin) + piece.left, piece) for begin, piece in zip(begins, pieces, strict=False)]
        inked = [(left, piece) for left, piece in placed if len(piece.mask)]
        if not inked:
            return Word(np.zeros((0, 0), dtype=np.uint8), 0)
        rise, first = max(piece.rise for _, piece in inked), min(left for left, _ in inked)
        height = rise + max(len(piece.mask) - piece.rise for _, piece in inked)
        mask = np.zeros((height, max(left + piece.mask.shape[1] for left, piece in inked) - first), dtype=np.uint8)
        for left, piece in inked:
            top, (rows, columns) = rise - piece.rise, piece.mask.shape
            below = mask[top : top + rows, left - first : left - first + columns]
            np.maximum(below, piece.mask, out=below)
        return Word(mask, rise)

"""Which rows a line covers of each column of pixels, or has below it. Pure; lines of few points are drawn by `pen`."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from collector.chart.curve import Floats
from collector.chart.sheet import Rows

Stretch = NDArray[np.intp]
"""To which piece of a line each of its points belongs, ascending."""

_NOTHING = np.iinfo(np.int16).max, np.iinfo(np.int16).min
"""The first row and the one after the last of a column that nothing covers yet."""
_WIDE = 4
"""Pixels. A brush is set down in the middle of each column, which is too seldom for a thinner one."""
_FAR = float(_NOTHING[0])
"""Below all rows. What is a brush higher, and the row that it lies in, still is a number of a row."""


def under(x: Floats, y: Floats, stretch: Stretch, size: tuple[int, int]) -> Rows:
    """From which row on each of (width, bottom) columns lies below a stretch, else `bottom`: exact columns, so no edge
    has to be smooth.

    x: counted from the first column.
    """
    width, bottom = size
    heights = np.full(width, float(bottom))
    for part in _parts(stretch):
        first, last = int(np.ceil(x[part.start])), min(int(x[part.stop - 1]) + 1, width)
        heights[first:last] = np.interp(np.arange(first, last), x[part], y[part])
    tops: Rows = np.rint(heights).astype(np.int16)
    return tops


def between(x: Floats, high: Floats, low: Floats) -> tuple[Rows, Rows]:
    """From which row on, and before which, each column from x[0] on lies between two lines that are `curve.stepped`.
    Every other span of places is a gap between two steps, mostly of no width."""
    widths = np.diff(x).astype(np.intp)
    tops, bottoms = high[:-1].astype(np.int16), low[:-1].astype(np.int16)
    tops[1::2] = bottoms[1::2]
    return np.repeat(tops, widths), np.repeat(bottoms, widths)


def trace(x: Floats, y: Floats, stretch: Stretch, width: float) -> tuple[int, Rows, Rows]:
    """What a line covers that is `curve.stepped`, of a width in pixels: its first column, and from there on of each
    column the first row and the one after the last. All edges are on whole pixels, so none has to be smooth.

    Where one step meets the next it is upright, as wide as elsewhere, even if all steps lie in one column. Corners are
    square. A gap of less than half the width may be closed.
    """
    before = round(width) // 2
    across = max(round(width), 1)
    left = int(x[0]) - before
    tops, bottoms = (np.full(int(x[-1]) + across - int(x[0]), row, dtype=np.int16) for row in _NOTHING)
    rows, joined = y.astype(np.int16) - np.int16(before), stretch[1:-1:2] == stretch[2::2]
    level = np.repeat(rows[:-1], (x[1:] - x[:-1]).astype(np.intp))  # also where there is a gap
    tops[before : before + len(level)], bottoms[before : before + len(level)] = level, level + np.int16(across)
    for gap in np.flatnonzero(~joined).tolist():
        bare = slice(int(x[2 * gap + 1]) - int(x[0]) + before, int(x[2 * gap + 2]) - int(x[0]) + before)
        tops[bare], bottoms[bare] = _NOTHING
    ends = 2 * np.flatnonzero(joined) + 1
    columns = ((x[ends] - x[0]).astype(np.intp) + np.arange(across)[:, np.newaxis]).ravel()
    np.minimum.at(tops, columns, np.tile(np.minimum(rows[ends], rows[ends + 1]), across))
    np.maximum.at(bottoms, columns, np.tile(np.maximum(rows[ends], rows[ends + 1]) + np.int16(across), across))
    return left, tops, bottoms


def is_dense(x: Floats, stretch: Stretch, width: float) -> bool:
    """Whether the points of a line lie on average closer together than it is wide, so that a brush is quicker than Agg.
    It is wide enough then for slopes to come out right, and none of its gaps so narrow that the brush would join both
    sides."""
    if width < _WIDE or len(x) * width <= x[-1] - x[0]:
        return False
    gaps = (x[1:] - x[:-1])[stretch[1:] != stretch[:-1]]
    return bool(gaps.min(initial=np.inf) > width + 2)


def brushed(x: Floats, y: Floats, stretch: Stretch, width: float) -> tuple[int, Floats, Floats]:
    """What a round brush, 4, 6 or more pixels wide, covers along a line that `is_dense`: its first column, and from
    there on of each column where in its rows that begins and where it ends; where there is nothing it ends before it
    begins.

    The line is taken as where it is in the middle of each column, and each point as in the middle of its own: so it
    takes about as long for many points as for few. Uprights have hard edges and are up to a pixel wider.
    """
    reach = round(width / 2)
    first = int(x[0]) - 2 * reach
    columns = x.astype(np.intp) - first
    met = np.full((2, int(columns[-1]) + 2 * reach + 1), _FAR)  # from above, and from below upside down
    for part in _parts(stretch):
        start, end = columns[part.start], columns[part.stop - 1] + 1
        middle = np.interp(np.arange(first + start, first + end) + 0.5, x[part], y[part])
        met[:, start:end] = middle, -middle
    np.minimum.at(met[0], columns, y)
    np.minimum.at(met[1], columns, -y)
    count = met.shape[1] - 2 * reach
    heights = np.sqrt((width / 2) ** 2 - np.arange(-reach, reach + 1) ** 2).tolist()
    tops, bottoms = reduce(np.minimum, [met[:, at : at + count] - height for at, height in enumerate(heights)])
    return first + reach, tops, -bottoms


def _parts(stretch: Stretch) -> list[slice]:
    """The places of each stretch's points."""
    ends = [0, *(np.flatnonzero(stretch[1:] != stretch[:-1]) + 1).tolist(), len(stretch)]
    return [slice(*span) for span in pairwise(ends)]

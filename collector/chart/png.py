"""Indexed PNG files, two of one drawing: the same picture data under two palettes.

Format: PNG, third edition (W3C): IHDR 11.2.1, PLTE 11.2.2, IDAT 11.2.3; colour type 3, filter types 0 and 2 (9.2).
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3
_LARGE = 7800
"""Bytes of picture data that are worth a longer search for repetitions."""


def pngs(numbers: Numbers, *palettes: bytes) -> tuple[bytes, ...]:
    """A file for each palette.

    numbers: rows of palette entries, rows x columns.   palettes: red, green, blue of each entry; up to 256 entries.
    """
    depth = 4 if max(map(len, palettes)) <= 16 * 3 else 8
    height, width = numbers.shape
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, _INDEXED, 0, 0, 0))
    picture = _chunk(b"IDAT", _compressed(_packed(numbers) if depth == 4 else numbers))
    end = _chunk(b"IEND", b"")
    return tuple(_SIGNATURE + head + _chunk(b"PLTE", palette) + picture + end for palette in palettes)


def _compressed(rows: Numbers) -> bytes:
    """The picture data, each row with its filter, by the first of three ways that makes it small enough.

    Most of a chart is what stands above it or to its left, so runs alone nearly do, in a third of zlib's usual time.
    """
    runs = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    found = runs.compress(_filtered(rows)) + runs.flush()
    for level in (7, 9):
        if len(found) <= _LARGE:
            break
        found = zlib.compress(_unfiltered(rows), level)
    return found


def _filtered(rows: Numbers) -> bytes:
    """The rows as they are (filter 0), or as differences from the row above (filter 2) where that has fewer runs."""
    above = rows.copy()
    above[1:] -= rows[:-1]
    is_above = _changes(above) < _changes(rows)
    is_above[0] = False
    lines = np.empty((rows.shape[0], rows.shape[1] + 1), dtype=np.uint8)
    lines[:, 0] = np.where(is_above, 2, 0)
    lines[:, 1:] = rows
    lines[is_above, 1:] = above[is_above]
    return lines.tobytes()


def _unfiltered(rows: Numbers) -> bytes:
    lines = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.uint8)
    lines[:, 1:] = rows
    return lines.tobytes()


def _changes(rows: Numbers) -> NDArray[np.intp]:
    """How often the bytes of each row change from one to the next; a few at the end may be left out.

    Eight are counted at once: no count within a row reaches 256 times eight.
    """
    width = min(max(rows.shape[1] - 1, 0), 8 * 255) // 8 * 8
    changed = np.ascontiguousarray(rows[:, 1 : width + 1] != rows[:, :width])
    lanes = changed.view(np.uint64).sum(axis=1) if width else np.zeros(len(rows), dtype=np.uint64)
    counts: NDArray[np.intp] = lanes.view(np.uint8).reshape(-1, 8).sum(axis=1, dtype=np.intp)
    return counts


def _packed(numbers: Numbers) -> Numbers:
    """Two entries to a byte, the left one in its high half; the last column of an odd width goes with the paper's."""
    if numbers.shape[1] % 2:
        numbers = np.pad(numbers, ((0, 0), (0, 1)))
    pairs = np.ascontiguousarray(numbers).view("<u2")  # the left one is the low byte
    packed: Numbers = ((pairs << 4) | (pairs >> 8)).astype(np.uint8)
    return packed


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

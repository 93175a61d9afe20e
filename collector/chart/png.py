"""Indexed PNG files, two of one drawing: the same picture data under two palettes.

Format: PNG, third edition (W3C): IHDR 11.2.1, PLTE 11.2.2, IDAT 11.2.3; colour type 3, filter type 0 on each row.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3
_QUICK, _THOROUGH = 7, 9
_LARGE = 7800


def pngs(numbers: Numbers, *palettes: bytes) -> tuple[bytes, ...]:
    """A file for each palette.

    numbers: rows of palette entries, rows x columns.   palettes: red, green, blue of each entry; up to 256 entries.
    """
    depth = 4 if max(map(len, palettes)) <= 16 * 3 else 8
    height, width = numbers.shape
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, _INDEXED, 0, 0, 0))
    picture = _chunk(b"IDAT", _compressed(_rows(numbers, depth)))
    end = _chunk(b"IEND", b"")
    return tuple(_SIGNATURE + head + _chunk(b"PLTE", palette) + picture + end for palette in palettes)


def _compressed(rows: bytes) -> bytes:
    """A tenth is saved by looking longer, at four times the cost: only where a picture is large."""
    quickly = zlib.compress(rows, _QUICK)
    return quickly if len(quickly) <= _LARGE else zlib.compress(rows, _THOROUGH)


def _rows(numbers: Numbers, depth: int) -> bytes:
    """The rows as they are compressed: a byte that names the filter (none), then the entries, packed."""
    if depth == 4:
        numbers = _packed(numbers)
    rows = np.zeros((numbers.shape[0], numbers.shape[1] + 1), dtype=np.uint8)
    rows[:, 1:] = numbers
    return rows.tobytes()


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

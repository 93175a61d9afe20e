"""Free ports of the loopback for servers that must be told theirs before they start.

They lie below those that the kernel gives to whoever connects or listens without asking for one (32768 and more, see
/proc/sys/net/ipv4/ip_local_port_range): so nobody takes one between the asking and the listening, and a connection to
one at which nothing listens is refused, never answered by itself.
"""

from __future__ import annotations

import random
import socket

FIRST, LAST = 20_000, 32_000
_given: set[int] = set()


def free_port() -> int:
    """A port at which nothing listens, another one each time."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(FIRST, LAST)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

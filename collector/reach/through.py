"""A connection to a place that only a node reaches, as a VNC server on a closed network: through SSH, or straight."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from paramiko import ChannelException, SSHException
from paramiko.common import OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

from collector.config import Node
from collector.model import printable
from collector.reach import NoConnection
from collector.reach.route import Hop, hops_to
from collector.reach.ssh_faults import FAULTS, told


class Stream(Protocol):
    """What can be read and written, as a socket."""

    def recv(self, size: int, /) -> bytes:
        """Bytes, none at the end."""
        ...

    def sendall(self, some: bytes, /) -> Any:
        """Writes all of it."""
        ...

    def close(self) -> None:
        """Ends it for both sides."""
        ...


@contextmanager
def through(name: str, node: Node, place: tuple[str, int], seconds: float) -> Iterator[Callable[[], Stream]]:
    """What connects to a place, each time anew, while the way there stands. `seconds`: for each connection. Raises
    Unreached, and so does what it gives."""
    if node.reach == "local":
        yield lambda: _straight(place, seconds)
        return
    with ExitStack() as stack:
        hop = _opened(name, node, seconds, stack)
        yield lambda: _by_ssh(name, hop, place, seconds)


def _straight(place: tuple[str, int], seconds: float) -> Stream:
    try:
        connected = socket.create_connection(place, seconds)
    except OSError as error:
        raise NoConnection(f"{_told(place)}: {error.strerror or error}") from error
    connected.settimeout(None)
    return connected


def _opened(name: str, node: Node, seconds: float, stack: ExitStack) -> Hop:
    hop: Hop | None = None
    try:
        for hop in hops_to(name, node, seconds):
            stack.callback(hop.connection.client.close)
            hop.connection.open()
    except FAULTS as error:
        raise told(error, name, hop, seconds) from error
    assert hop is not None
    return hop


def _by_ssh(name: str, hop: Hop, place: tuple[str, int], seconds: float) -> Stream:
    try:
        channel: Stream = hop.connection.transport.open_channel(
            "direct-tcpip", place, ("127.0.0.1", 0), None, None, seconds
        )
    except ChannelException as error:
        barred = error.code == OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        mend = "; let its sshd do it: AllowTcpForwarding, and the key without restrict" if barred else ""
        raise NoConnection(f"{name} does not connect to {_told(place)}: {printable(error.text)}{mend}") from error
    except (SSHException, OSError, EOFError) as error:
        raise NoConnection(f"{name} does not connect to {_told(place)}: {printable(str(error))}") from error
    return channel


def _told(place: tuple[str, int]) -> str:
    return f"{printable(place[0])} port {place[1]}"


def jumps(name: str, node: Node, seconds: float) -> tuple[str, ...]:
    """The hosts on the way to a node and the node itself, as `ssh -J` takes them; none where it is this machine. Raises
    Unreached if the way can't be read."""
    if node.reach == "local":
        return ()
    try:
        return list(hops_to(name, node, seconds))[-1].via
    except FAULTS as error:
        raise told(error, name, None, seconds) from error

"""A first meeting with a node, before it knows a key of ours: its host key is seen, and a password let us in once.

The password is sent only to a host that has shown the key that a person, or known_hosts, has confirmed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from paramiko import AuthenticationException, BadAuthenticationType, PKey, Transport

from collector import files
from collector.config import Node
from collector.model import Outcome
from collector.reach import Limits, Refused, ssh
from collector.reach.host_keys import shown
from collector.reach.route import Hop, hops_to
from collector.reach.ssh_faults import FAULTS, told


@dataclass(frozen=True, slots=True)
class Meeting:
    """A host that stands before us, nobody logged in yet. known: whether known_hosts has its key."""

    hop: Hop
    transport: Transport
    key: PKey
    known: bool

    @property
    def shown(self) -> str:
        """Its key, as ssh-keygen -l prints it."""
        return shown(self.key)

    def login(self, user: str, password: str) -> None:
        """Raises Refused."""
        try:
            self.transport.auth_password(user, password)
        except BadAuthenticationType as error:
            ways = ", ".join(error.allowed_types)
            said = f"{self.hop.place} lets nobody in by password, but by {ways}; put the key there yourself"
            raise Refused(said) from error
        except AuthenticationException as error:
            raise Refused(f"{self.hop.place} refused the password of {user}") from error
        if not self.transport.is_authenticated():
            raise Refused(f"{self.hop.place} wants more than the password of {user}; put the key there yourself")

    def run(self, script: bytes, limits: Limits) -> tuple[int | None, bytes]:
        """The exit status of a script, None if it did not end by itself, and what it said on both streams."""
        until, said = time.monotonic() + limits.node, bytearray()
        channel = ssh.channel_of(self.transport, until)
        outcome = ssh.heard(channel, script, until, limits.output, said.extend)
        return (ssh.status_of(channel, until) if outcome is Outcome.OK else None), bytes(said)

    @property
    def line(self) -> bytes:
        """The line of known_hosts for its key."""
        return f"{self.hop.keys.name} {self.key.get_name()} {self.key.get_base64()}\n".encode()

    def note(self) -> None:
        """Puts the host's key into known_hosts. Raises OSError."""
        path = self.hop.keys.files[0]
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as file:
            file.write(gap + self.line)
            file.flush()
            os.fsync(file.fileno())

    def forget(self) -> None:
        """Takes that line out of known_hosts again, if it is there. Raises OSError."""
        path = self.hop.keys.files[0]
        if path.is_file():
            files.replace(path, path.read_bytes().replace(self.line, b"", 1))


@contextlib.contextmanager
def met(name: str, node: Node, connect: float, expected: PKey | None = None) -> Iterator[Meeting]:
    """Goes to a node, through its jump hosts, up to its host key; `connect`: seconds for each.

    Raises Unreached: also if known_hosts has another key for it, or it shows another than the `expected`.
    """
    hops: list[Hop] = []
    try:
        for hop in hops_to(name, node, connect):
            hops.append(hop)
            if hop.jump:
                hop.connection.open()
        with contextlib.closing(_transport(hops[-1], connect)) as transport:
            yield _met(hops[-1], transport, connect, expected)
    except FAULTS as error:
        raise told(error, name, hops[-1] if hops else None, connect) from error
    finally:
        for hop in reversed(hops):
            hop.connection.client.close()


def _transport(hop: Hop, connect: float) -> Transport:
    there = hop.connection
    sock = there.open_gateway() if there.gateway else socket.create_connection((there.host, there.port), connect)
    return hop.keys.transport(sock)


def _met(hop: Hop, transport: Transport, connect: float, expected: PKey | None) -> Meeting:
    transport.start_client(timeout=connect)
    key = transport.get_remote_server_key()
    if expected is not None and key.asbytes() != expected.asbytes():
        raise Refused(f"{hop.place} shows another key than a moment ago: {shown(key)}; somebody may be listening in")
    return Meeting(hop, transport, key, hop.keys.knows(key))

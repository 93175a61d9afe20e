"""Nodes over real SSH on this machine: each an address of its own, ten of them to an sshd.

A client that keeps connections for the next command must not take one node's for another's, so no two share an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.sshd import Sshd, new_key

_PER_SSHD = 10
"""sshd listens on 16 addresses at most."""


@dataclass(frozen=True, slots=True)
class SshNodes:
    """Running nodes. `home` is that of whoever asks them: his key and the host keys he knows lie there."""

    home: Path
    user: str
    places: Mapping[str, tuple[str, int]]

    @property
    def key(self) -> Path:
        return self.home / ".ssh/id_ed25519"

    @property
    def known_hosts(self) -> Path:
        return self.home / ".ssh/known_hosts"

    @property
    def environ(self) -> dict[str, str]:
        """What a program's environment needs to ask them."""
        return {"HOME": str(self.home), "SSH_AUTH_SOCK": ""}

    def reach(self) -> dict[str, str]:
        """The lines of almanac.toml that tell how each is reached."""
        line = 'address = "{}"\nport = {}\nuser = "{}"\n'
        return {name: line.format(*place, self.user) for name, place in self.places.items()}


@contextmanager
def ssh_nodes(folder: Path, count: int) -> Iterator[SshNodes]:
    """So many nodes, until the block ends."""
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    key, known, places = new_key(home / ".ssh/id_ed25519"), "", {}
    with ExitStack() as running:
        for first in range(0, count, _PER_SSHD):
            addresses = [
                f"127.0.{1 + first // _PER_SSHD}.{1 + place}" for place in range(min(_PER_SSHD, count - first))
            ]
            options = [f"ListenAddress {address}" for address in addresses]
            sshd = running.enter_context(Sshd(folder / f"sshd{first}", options=options))
            sshd.admit(key)
            known += "".join(sshd.known(f"[{address}]:{sshd.port}") for address in addresses)
            places |= {f"n{first + place:03}": (address, sshd.port) for place, address in enumerate(addresses)}
        (home / ".ssh/known_hosts").write_text(known)
        yield SshNodes(home, Sshd.user, places)

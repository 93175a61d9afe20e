"""The way to a node: a chain of fabric connections, each through the one before it.

From the node's `jump`, else ProxyJump or ProxyCommand of ~/.ssh/config. fabric's own reading of ProxyJump takes the
hops in the reverse order and verifies no key, so gateways are always given to it.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabric import Config
from fabric.connection import derive_shorthand
from paramiko import SSHConfig

from collector.config import Node
from collector.reach import ssh_config
from collector.reach.host_keys import KnownHosts
from collector.reach.logins import Keys
from collector.reach.proxy import Proxied


@dataclass(frozen=True, slots=True)
class Hop:
    """One host on the way, the node itself last.

    via: it and the hosts before it as ssh -J names them.       ssh: the command by which a person gets there, and is
    asked about an unknown key on the way.       keys: what is known of its host key.
    """

    connection: Any
    via: tuple[str, ...]
    ssh: str
    jump: bool
    keys: KnownHosts

    @property
    def place(self) -> str:
        """Where it is, for a sentence."""
        return f"{'jump host ' if self.jump else ''}{self.connection.host} port {self.connection.port}"


@dataclass(frozen=True, slots=True)
class _Stop:
    """A host as it is written: in almanac.toml or in ProxyJump."""

    address: str
    user: str | None = None
    port: int | None = None
    keys: tuple[Path, ...] = ()


def hops_to(name: str, node: Node, connect: float) -> Iterator[Hop]:
    """The hosts on the way to a node, in the order in which they are to be opened; nothing is opened here.

    `connect`: seconds for each. A jump host without IdentityFile is shown the node's `jump_keys`, else its own key.
    Raises ValueError or paramiko's ConfigParseError for what is written wrongly in almanac.toml or ~/.ssh/config.
    """
    known = ssh_config.read()
    own = (node.key,) if node.key else ()
    target = _Stop(node.address or name, node.user, node.port, own)
    jumps = _stops(node.jump, node.jump_keys or own) if node.jump else _proxy_jumps(known, target)
    before: Hop | None = None
    for stop in [*jumps, target]:
        before = _hop(known, stop, before, connect, jump=stop is not target)
        yield before


def _stops(jump: str, keys: tuple[Path, ...]) -> list[_Stop]:
    """`user@host:port,...` as ssh -J takes it."""
    found = [derive_shorthand(word.strip()) for word in jump.split(",")]
    return [_Stop(each["host"], each["user"], each["port"], keys) for each in found if each["host"]]


def _proxy_jumps(known: SSHConfig, target: _Stop) -> list[_Stop]:
    """The jump hosts that ~/.ssh/config names for a host, and for the first of those, and so on, never in a circle."""
    stops: list[_Stop] = []
    seen, first = set[str](), target
    while first.address not in seen:
        seen.add(first.address)
        jump = known.lookup(first.address).get("proxyjump", "none")
        found = [] if jump == "none" else _stops(jump, target.keys)
        if not found or found[0].address in seen:
            break
        stops, first = found + stops, found[0]
    return stops


def _hop(known: SSHConfig, stop: _Stop, before: Hop | None, connect: float, *, jump: bool) -> Hop:
    looked_up = known.lookup(stop.address)
    gateway = before.connection if before else looked_up.get("proxycommand") or False
    connection = Proxied(
        stop.address,
        user=stop.user,
        port=stop.port,
        config=_config(known, () if jump and "identityfile" in looked_up else stop.keys),
        gateway=gateway,
        forward_agent=False,
        connect_timeout=math.ceil(connect),
        connect_kwargs={"banner_timeout": connect, "auth_timeout": connect, "channel_timeout": connect},
    )
    passed = before.via if before else ()
    ssh = _ssh(connection, stop.address, passed)
    keys = KnownHosts(connection.ssh_config, connection.host, connection.port, ssh, jump=jump)
    connection.client.set_missing_host_key_policy(keys)
    connection.connect_kwargs["transport_factory"] = keys.transport
    return Hop(connection, (*passed, f"{connection.user}@{stop.address}:{connection.port}"), ssh, jump, keys)


def _config(known: SSHConfig, identities: Sequence[Path]) -> Any:
    """fabric's configuration with ours of SSH, but none of fabric's own files."""
    authentication = {"strategy_class": Keys, "identities": list(map(str, identities))}
    return Config(overrides={"authentication": authentication}, lazy=True, ssh_config=known)


def _ssh(connection: Any, address: str, passed: tuple[str, ...]) -> str:
    through = ["-J", ",".join(passed)] if passed else []
    return shlex.join(["ssh", "-p", str(connection.port), *through, f"{connection.user}@{address}", "exit"])

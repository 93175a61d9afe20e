"""Asking a test's sshd through reach.ssh, as the node `SDU`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.config import Node
from collector.reach import Limits, Reply, Unreached, ssh
from tests.servers.sshd import Sshd

LIMITS = Limits(connect=60, node=120, output=100_000)
Start = Callable[..., Sshd]


def node(sshd: Sshd, **settings: object) -> Node:
    return Node.model_validate({"address": "127.0.0.1", "port": sshd.port, "user": sshd.user, **settings})


def ask(node: Node, script: bytes = b"echo well\n", limits: Limits = LIMITS) -> Reply:
    return ssh.ask("SDU", node, script, limits)


def reason(kind: type[Unreached], node: Node, limits: Limits = LIMITS) -> str:
    with pytest.raises(kind) as raised:
        ask(node, limits=limits)
    return str(raised.value)


def fingerprint(key: Path) -> str:
    return subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True).stdout.split()[1]


def jump_of(chain: list[Sshd]) -> str:
    return ",".join(f"{sshd.user}@127.0.0.1:{sshd.port}" for sshd in chain[:-1])

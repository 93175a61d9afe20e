"""Five nodes with an sshd each, and a supervisord on each: 30 processes in 4 groups, in 3 environments.

`one` is in two of them. Of the group `web` each node has `a` and `b`, of `work` too; `db:a` is on the first two, and
`clock`, a program in no group, on the others but `five`, which has `tick`s of the group `work` in their place.
"""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port
from tests.servers.sshd import Sshd, new_key
from tests.servers.supervisord import running
from tests.servers.waiting import until

NODES = ("one", "two", "three", "four", "five")
ENVIRONMENTS = {"lab": ("one", "two"), "live": ("three", "four"), "edge": ("one", "five")}
HUBS = {"ZZ": ("two", "three")}
PASSWORD = "s3 cret'%"

HEAD = """
[unix_http_server]
file = {folder}/s.sock
username = u
password = {password}
[inet_http_server]
port = 127.0.0.1:{port}
username = u
password = plain
[supervisord]
logfile = {folder}/log
pidfile = {folder}/pid
childlogdir = {folder}
nodaemon = true
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
_PROGRAM = "[program:{name}]\ncommand = sleep 1000\nstartsecs = 0\nstopsignal = KILL\n"


def groups_of(node: str) -> dict[str, tuple[str, ...]]:
    """The groups of a node, with their programs: six processes."""
    own = {"db": ("a",)} if node in ("one", "two") else {"clock": ("clock",)} if node != "five" else {}
    work = ("a", "b", "tick") if own else ("a", "b", "tick", "tock")
    return {"web": ("a", "b"), "work": work, **own}


EVERY = {(node, f"{group}:{name}") for node in NODES for group, names in groups_of(node).items() for name in names}


@dataclass
class Supervised:
    """A node: its folder, sshd and the port of its supervisord."""

    folder: Path
    sshd: Sshd
    port: int

    def records(self) -> dict[str, dict[str, Any]]:
        client: Any = xmlrpc.client.ServerProxy(f"http://u:plain@127.0.0.1:{self.port}/RPC2")
        with client:
            return {f"{one['group']}:{one['name']}": one for one in client.supervisor.getAllProcessInfo()}


@dataclass
class Fleet:
    """The nodes, and the configuration that watches them."""

    folder: Path
    nodes: dict[str, Supervised] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "almanac.toml"

    def states(self) -> dict[tuple[str, str], str]:
        """The state of every process, asked by a client of its own."""
        return {
            (node, name): record["statename"]
            for node, one in self.nodes.items()
            for name, record in one.records().items()
        }

    def pids(self) -> dict[tuple[str, str], int]:
        return {(node, name): r["pid"] for node, one in self.nodes.items() for name, r in one.records().items()}


def programs(groups: dict[str, tuple[str, ...]]) -> str:
    """The sections of supervisord.conf for some groups. A program may be in several, so each has its own."""
    text = ""
    for group, names in groups.items():
        if names == (group,):
            text += _PROGRAM.format(name=group)
            continue
        text += "".join(_PROGRAM.format(name=f"{group}-{name}").replace(
            "startsecs", f"process_name = {name}\nstartsecs") for name in names)  # fmt: skip
        text += f"[group:{group}]\nprograms = {','.join(f'{group}-{name}' for name in names)}\n"
    return text


def toml(fleet: Fleet) -> str:
    """almanac.toml for the fleet."""
    lines = [f"environments.{name} = {list(nodes)}" for name, nodes in ENVIRONMENTS.items()]
    for name, one in fleet.nodes.items():
        lines += [
            f"[nodes.{name}]",
            'address = "127.0.0.1"',
            f"port = {one.sshd.port}",
            f'user = "{one.sshd.user}"',
            f"[[nodes.{name}.sources]]",
            'kind = "processes"',
            f'supervisor = "unix://{one.folder}/s.sock"',
            'username = "u"',
            f'password = "{PASSWORD}"',
        ]
    for hub, nodes in HUBS.items():
        lines += [f"[hubs.{hub}]", f'server = "{hub.lower()}"', f"nodes = {list(nodes)}"]
        for node in nodes:
            lines += [f"[[nodes.{node}.sources]]", 'kind = "tarballs"', f'hub = "{hub}"', 'folder = "/nowhere"']
    return "\n".join(lines) + "\n"


@contextmanager
def fleet(folder: Path, home: Path) -> Iterator[Fleet]:
    """Runs it. `home`: the folder of whoever runs the command, whose ~/.ssh is written."""
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    key = new_key(home / ".ssh" / "id_ed25519")
    made = Fleet(folder)
    with ExitStack() as stack:
        for name in NODES:
            mine = folder / name
            sshd = stack.enter_context(Sshd(mine))
            sshd.admit(key)
            with (home / ".ssh" / "known_hosts").open("a") as known:
                known.write(sshd.known())
            one = made.nodes[name] = Supervised(mine, sshd, free_port())
            head = HEAD.format(folder=mine, port=one.port, password=PASSWORD.replace("%", "%%"))
            stack.enter_context(running(mine, head + programs(groups_of(name))))
        for one in made.nodes.values():
            until(lambda one=one: {r["statename"] for r in one.records().values()} == {"RUNNING"})
        made.config.write_text(toml(made))
        yield made

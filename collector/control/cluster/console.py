"""A VM's console: by a command for a terminal, or in the browser, by noVNC and websockify.

websockify finds where to connect to in a file of the folder `consoles`, `TOKEN/PERSON: 127.0.0.1:PORT`; the web server
adds who has logged in to the token that the browser names. The port is a relay of this program's, from which a
connection goes through the SSH connection to the cluster, so nothing else need reach its network: when the program
ends, however it does, the token leads nowhere.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex, token_urlsafe
from urllib.parse import quote, urlsplit

from collector import files
from collector.audiences.consoles import tokens
from collector.config import Config
from collector.control.cluster import backend
from collector.control.cluster.account import Account
from collector.control.cluster.courses import Console, Unreadable
from collector.control.cluster.known import Known
from collector.model import AlmanacError, printable
from collector.question import by_hand, sections
from collector.reach import Unreached
from collector.reach.script import Section
from collector.reach.through import jumps
from collector.sources._machines import Vm
from collector.sweep import hear

_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 -- as hosts tell it
_ITSELF = frozenset({"127.0.0.1", "::1", "localhost"})
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_CAP = 100_000


class NoConsole(AlmanacError):
    """A console that can't be opened; why, and what to do."""

    exit_status = 1


def asked(config: Config, known: Known, vm: Vm, account: Account | None, now: int) -> Console:
    """How a VM's console is opened, asked of its cluster. Raises NoConsole. `now`: UTC seconds."""
    speaks, seconds = backend.of(known.settings), config.limits.section
    text = speaks.show_console(known.settings, account, vm.name)
    section = Section(known.source, text, seconds, _CAP)
    (heard,) = hear(config, [by_hand(config, known.node, token_hex(16), [section], seconds)], now)
    (part,) = sections(heard)
    try:
        return speaks.console(part.body)
    except Unreadable as error:
        raise NoConsole(f"{vm.name}: {error if part.body else part.reason}") from error


def command(config: Config, known: Known, console: Console) -> list[str]:
    """The command for a text console in a terminal, through the node that asks the cluster. Raises NoConsole."""
    named = _HOST.fullmatch(console.host) and (not console.user or _USER.fullmatch(console.user))
    if not named or not 0 <= console.port < 65_536:
        raise NoConsole(f"the cluster tells of an odd place: {printable(f'{console.user}@{console.host}')}")
    try:
        via = jumps(known.node, config.nodes[known.node], config.limits.connect)
    except Unreached as error:
        raise NoConsole(f"{known.node}: {error}") from error
    there = f"{console.user}@{console.host}" if console.user else console.host
    through = ["-J", ",".join(via)] if via else []
    port = ["-p", str(console.port)] if console.port not in (0, 22) else []
    return ["ssh", "-t", *through, *port, "--", there, console.command]


def place(known: Known, vm: Vm, console: Console) -> tuple[str, int]:
    """Host and port of a VNC console, as the master of the cluster reaches it. Raises NoConsole."""
    host = vm.host if console.host in _EVERYWHERE else console.host
    if not _HOST.fullmatch(host) or not 0 < console.port < 65_536:
        raise NoConsole(f"{vm.name}: the cluster tells of an odd place: {printable(host)} port {console.port}")
    master = known.cluster.master if known.cluster else ""
    if host in _ITSELF and vm.host != master:
        mend = "let it listen on that host's address in the cluster's network (in Ganeti: vnc_bind_address)"
        raise NoConsole(
            f"{vm.name}: its VNC server listens on the loopback of {vm.host}, which only that host reaches; {mend}"
        )
    return ("127.0.0.1" if host in _ITSELF else host), console.port


@contextmanager
def token(config: Config, port: int, person: str, seconds: float) -> Iterator[str]:
    """A token that leads a person to a port of this machine's loopback, for so long at most. Takes away those that are
    over. Raises NoConsole."""
    word, now = token_urlsafe(24), time.time()
    file = tokens(config) / f"{int(now + seconds)}-{token_hex(4)}"
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget(file.parent, now)
        files.replace(file, f"{word}/{person}: 127.0.0.1:{port}\n".encode())
    except OSError as error:
        raise NoConsole(f"{file.parent}: a token can't be written there: {error.strerror}") from error
    try:
        yield word
    finally:
        file.unlink(missing_ok=True)


def _forget(folder: Path, now: float) -> None:
    """Takes away the tokens whose time is over, which a program that was killed has left. `now`: UTC seconds."""
    for file in folder.iterdir():
        until = file.name.partition("-")[0]
        if not until.isdecimal() or int(until) < now:
            file.unlink(missing_ok=True)


def address(config: Config, word: str) -> str:
    """Where a browser sees it. No server is told what stands behind the #, and the VNC server's own password stands
    nowhere: noVNC asks for it."""
    path = quote(f"console/websockify?token={word}", safe="")
    site = urlsplit(config.site.url or "")
    return f"{site.scheme}://{site.netloc}/console/vnc.html#autoconnect=1&resize=scale&path={path}"

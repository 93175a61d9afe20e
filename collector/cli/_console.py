"""`almanac vm console`: a VM's console, in a terminal or in the browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shlex import join
from time import time
from typing import Any, NoReturn

import click

from collector.cli import _clusters, _screen
from collector.cli._breaking import ended_like_ctrl_c
from collector.cli._meant import placed_nodes, places_by
from collector.config import Config, load
from collector.control.cluster import console, known
from collector.control.cluster.account import account
from collector.control.cluster.courses import Console
from collector.control.cluster.known import Known
from collector.control.cluster.relay import relayed
from collector.control.selection import NothingMeant, Places
from collector.model import AlmanacError
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Deed
from collector.reach import Unreached
from collector.reach.through import through
from collector.sources._machines import Vm
from collector.store.activity import Ending
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Seen:
    """A VM whose console is told."""

    config: Config
    known: Known
    vm: Vm
    console: Console


@click.command("console", epilog="Example:  almanac vm console web.example.org")
@placed_nodes
@click.option("--run", is_flag=True, help="Run the command for a text console, rather than print it.")
@click.option(
    "--within", type=click.FloatRange(1, 3600), default=60.0, help="Seconds in which a browser can open it; 60."
)
@click.argument("name")
@click.pass_obj
def command(file: Path, /, run: bool, within: float, name: str, **words: Any) -> int:
    """Open the console of a VM that runs.

    A text console: prints the ssh command for it, or runs it. A VNC console: prints the address of a noVNC page, which
    leads there as long as this command runs; it needs [consoles] in the configuration.
    """
    places, _ = places_by(words)
    config = load(file)
    with _noted(config, name) as note:
        seen = _seen(config, places, name, note)
        if seen.console.kind == "told":
            click.echo(_screen.plain(f"{seen.vm.name}: {seen.console.message}"))
            note.opened("told")
        elif seen.console.kind == "text":
            line = console.command(config, seen.known, seen.console)
            note.opened("text")
            if run:
                _become(line)
            click.echo(_screen.plain(join(line)))
        else:
            _show(seen, within, note)
    return 0


def _become(line: list[str]) -> NoReturn:
    """Goes on as another program. Raises NoConsole if there is none."""
    try:
        os.execvp(line[0], line)  # noqa: S606 -- the point of it
    except OSError as error:
        raise console.NoConsole(f"{line[0]}: {error.strerror}; install it, or run elsewhere: {join(line)}") from error


@dataclass
class _Note:
    """What goes on record of a console. place: node and subject of the VM, once it is known."""

    store: Store
    actor: who.Actor
    what: str
    place: tuple[str, ...] = ()

    def opened(self, kind: str) -> None:
        """That it was opened."""
        self._add(f"{self.what} ({kind})", "done")

    def failed(self, why: str) -> None:
        """That it was not."""
        self._add(f"{self.what}: {why}", "failed")

    def _add(self, text: str, outcome: Ending) -> None:
        who.note(self.store, self.actor, Deed(Act.CONTROL, text, *self.place), outcome)


@contextmanager
def _noted(config: Config, name: str) -> Iterator[_Note]:
    """Refuses who may not, and gives what puts on record that it was opened; a failure is put there too."""
    with Store.open(config.database) as store:
        note = _Note(store, who.actor(config, store), f"open the console of {name}")
        who.refuse_unless(store, note.actor, Act.CONTROL, note.what)
        try:
            yield note
        except AlmanacError as error:
            note.failed(str(error))
            raise


def _seen(config: Config, places: Places, name: str, note: _Note) -> Seen:
    told = _clusters.asked(config, places)
    _clusters.complain(told)
    meant = known.vms(told, [name])
    known.expect_single(meant, [name], "VM")
    if len(meant) != 1:
        raise NothingMeant(f"{len(meant)} VMs are called {name}; name one, and with --node the cluster's")
    ((one, vm),) = meant
    note.place = (one.node, f"vm:{vm.name}")
    found = console.asked(config, one, vm, account(config, one.settings, os.environ), int(time()))
    return Seen(config, one, vm, found)


def _show(seen: Seen, within: float, note: _Note) -> None:
    """Leads browsers to a VNC console until the last has gone. Raises NoConsole."""
    place = console.place(seen.known, seen.vm, seen.console)
    config, node = seen.config, seen.known.node
    if config.consoles is None:
        mend = f"to see it in a browser, add [consoles] to {config.file} (the manual's page on VMs)"
        raise console.NoConsole(f"{seen.vm.name}: its console is VNC, at {place[0]} port {place[1]}; {mend}")
    way = through(node, config.nodes[node], place, config.limits.connect)
    try:
        with ended_like_ctrl_c(), way as connect, relayed(connect) as relay:
            with console.token(config, relay.port, note.actor.person, within) as word:
                note.opened("vnc")
                _tell(seen, within, note.actor.person, console.address(config, word))
                came = relay.let_in(within)
            click.echo("no more browsers are let in; Ctrl-C ends it" if came else "nobody came", err=True)
            relay.wait()
    except KeyboardInterrupt:
        click.echo("closed", err=True)
    except Unreached as error:
        raise console.NoConsole(f"{node}: {error}") from error


def _tell(seen: Seen, within: float, person: str, address: str) -> None:
    until = datetime.now(seen.config.site.time_zone) + timedelta(seconds=within)
    name = _screen.plain(seen.vm.name)
    click.echo(f"{name}: open for {person} until {until:%H:%M:%S}, while this command runs:", err=True)
    click.echo(address)

"""`almanac publish`: put the built pages up, list what can be switched back to, switch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from collector import publish
from collector.audiences import serving
from collector.cli import _screen, _tables
from collector.collect import alone, locked
from collector.config import Config, load
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Deed
from collector.store.errors import Damaged
from collector.store.store import Store


@click.command(epilog="Example:  almanac publish --switch 41")
@click.option("--list", "listing", is_flag=True, help="Only list the generations that are kept.")
@click.option("--switch", "number", type=int, help="Only switch to a generation that is kept; the next pass moves on.")
@click.pass_obj
def command(file: Path, listing: bool, number: int | None) -> int:
    """Put the built pages up as a new generation, with one atomic switch.

    Where there are audiences, passwords and rules for the web server first, then the pages of each.
    """
    config = load(file)
    if listing and number is not None:
        raise click.UsageError("--list only lists; leave one of --list and --switch out")
    if listing:
        _list(config)
    elif number is not None:
        _switch(config, number)
    else:
        with locked(config) as store:
            done, unserved = serving.serve(config, store)
        click.echo(f"{done.path}: {done.files} files, {done.written} of them new")
        return _screen.tell_refusals(unserved) or 0
    return 0


def _switch(config: Config, number: int) -> None:
    """Switches, if the role of who asks allows it, and puts that on record."""
    what = f"switch the pages to generation {number}"
    with alone(config), _people(config) as store:
        if store is None:
            publish.switch(serving.target(config), number)
            return
        actor = who.actor(config, store)
        who.refuse_unless(store, actor, Act.SWITCH, what)
        publish.switch(serving.target(config), number)
        who.note(store, actor, Deed(Act.SWITCH, what), "done")


@contextmanager
def _people(config: Config) -> Iterator[Store | None]:
    """The store, None where there is none, or a damaged one: that must keep nobody from taking bad pages down."""
    if not config.database.exists():
        yield None
        return
    try:
        store = Store.open(config.database)
    except Damaged as error:
        _screen.complain(f"almanac: {error}; this switch is not on record")
        yield None
        return
    with store:
        yield store


def _list(config: Config) -> None:
    kept = publish.generations(serving.target(config))
    zone = config.site.time_zone
    _tables.table(
        ("generation", "made", ""),
        (
            (
                str(one.number),
                datetime.fromtimestamp(one.time, zone).strftime("%Y-%m-%d %H:%M:%S %Z"),
                "current" * one.current,
            )
            for one in kept
        ),
    )

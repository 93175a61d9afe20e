"""`almanac ack`: somebody knows of a problem, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import time

import click

from collector import nights
from collector.cli import _screen
from collector.collect import locked
from collector.config import Config, load
from collector.export.life import problem_id
from collector.export.subjects import exact
from collector.life import stage, windows
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Deed
from collector.store.records import Ack, ProblemRecord
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command."""

    problem: str
    note: str | None
    person: str | None
    until: str | None
    end: bool


@click.command(epilog='Example:  almanac ack k3v9q2d --note "disk is ordered, comes on Monday" --until 2026-12-01')
@click.argument("problem")
@click.option("--note", help="What is known or done about it; shown with it everywhere.")
@click.option("--person", help="Who says so; by default you.")
@click.option(
    "--until", metavar="TIME", help="A day or an ISO time after which it alarms again; else when it has closed."
)
@click.option("--end", is_flag=True, help="Take the acknowledgement back.")
@click.pass_obj
def command(file: Path, /, **words: object) -> int:
    """Say that you know of a problem: it is shown with your note, and alarms nobody until it closes or gets worse.

    PROBLEM is its short name, as `almanac status --problems` and its page show it. Pages tell of it from the next pass
    on, or after: almanac export && almanac build && almanac publish
    """
    config, wish, now = load(file), Wish(**words), int(time())  # type: ignore[arg-type]
    if (wish.note is None) == (not wish.end):
        raise click.UsageError('Say what is known or done about it with --note "...", or take it back with --end.')
    nights.expect_record(config)
    limit = now if wish.end else windows.moment(wish.until, config.site.time_zone, is_end=True) if wish.until else None
    if limit is not None and limit < now:
        raise click.UsageError("It would be over already; name a later end.")
    with locked(config) as store:
        acting = who.actor(config, store)
        who.refuse_unless(store, acting, Act.HOLD_ALARMS, f"acknowledge {wish.problem}")
        found = _find(config, store, wish.problem)
        person = wish.person or acting.person
        store.acknowledge(Ack(0, found.key, now, person, wish.note or "", limit, found.level))
        who.note(store, acting, _deed(wish, found), "done")
    where = " ".join(filter(None, (found.node, found.subject)))
    done = "alarms again" if wish.end else f"is acknowledged until {_until(config, limit)}"
    click.echo(f"{wish.problem} ({where}: {found.rule}) {done}")
    return 0


def _deed(wish: Wish, found: ProblemRecord) -> Deed:
    said = "took back acknowledging" if wish.end else "acknowledged"
    told = f"{said} {wish.problem} ({found.rule}){f': {wish.note}' if wish.note else ''}"
    return Deed(Act.HOLD_ALARMS, told, found.node, found.subject or "")


def _until(config: Config, limit: int | None) -> str:
    return _screen.when(exact(limit), str(config.site.time_zone)) if limit is not None else "it closes or gets worse"


def _find(config: Config, store: Store, name: str) -> ProblemRecord:
    """The problem that is alive and meant. Raises UsageError."""
    fleet = stage.Fleet(config, store, stage.last_pass(store))
    alive = {
        problem_id(one): one
        for node in config.watched
        for one in fleet.problems(fleet.record(node))
        if one.stage != "closed"
    }
    _screen.expect("problem", [name], alive, "; see: almanac status --problems")
    return alive[name]

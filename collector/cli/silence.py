"""`almanac silence`: maintenance, in which what happens alarms nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time

import click

from collector.cli import _screen, _tables
from collector.collect import locked
from collector.config import Config, load
from collector.config.values import seconds
from collector.export.subjects import exact
from collector.life import selector, windows
from collector.model import AlmanacError
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Actor, Deed
from collector.store import holds
from collector.store.records import Silence
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command."""

    selector: tuple[str, ...]
    duration: str | None
    first: str | None
    until: str | None
    every: str | None
    note: str | None
    person: str | None
    listed: bool
    remove: int | None


@click.command(epilog='Example:  almanac silence node=SDU subject="disk:*" --for 2h --note "new disks"')
@click.argument("selector", nargs=-1)
@click.option("--for", "duration", metavar="TIME", help="For so long from now on (or from --from): 90m, 2h, 3d.")
@click.option("--from", "first", metavar="TIME", help="From a day or an ISO time on; by default from now on.")
@click.option("--until", metavar="TIME", help="Until an ISO time, or the end of a day.")
@click.option("--every", metavar="WINDOW", help='Again and again: "sun 02:00-04:00", "daily 12:00-12:30".')
@click.option("--note", help="Why; shown with what is silenced.")
@click.option("--person", help="Who says so; by default you.")
@click.option("--list", "listed", is_flag=True, help="Tell the silences that hold or will.")
@click.option("--remove", metavar="NUMBER", type=int, help="End one, by its number in the list.")
@click.pass_obj
def command(file: Path, /, **words: object) -> int:
    """Hold the alarms of what SELECTOR means for a time. All is judged, recorded and shown all the same.

    SELECTOR is one or more of hub=NAME, environment=NAME, group=NAME, node=NAME, subject=NAME and rule=NAME; a node, a
    subject and a rule may hold * and ?. A problem must fit all of them.
    """
    config, wish = load(file), Wish(**words)  # type: ignore[arg-type]
    with locked(config) as store:
        acting = who.actor(config, store)
        if wish.listed:
            who.refuse_unless(store, acting, Act.VIEW, "see silences")
            _tell(config, holds.silences(store.db, int(time())))
            return 0
        what = " ".join(wish.selector) if wish.remove is None else f"no more number {wish.remove}"
        who.refuse_unless(store, acting, Act.HOLD_ALARMS, f"silence {what}")
        if wish.remove is not None:
            _remove(store, wish.remove)
            who.note(store, acting, Deed(Act.HOLD_ALARMS, f"ended silence {wish.remove}"), "done")
        else:
            _add(config, store, _new(config, wish, acting.person), acting)
    return 0


def _add(config: Config, store: Store, new: Silence, acting: Actor) -> None:
    number = store.silence(new)
    named = selector.read(new.selector).words.get("node")
    node = named if named in config.watched else None
    who.note(store, acting, Deed(Act.HOLD_ALARMS, f"silenced {new.selector}: {new.note}", node), "done")
    click.echo(f"silence {number}: {new.selector}, {_when(config, new)}")


def _new(config: Config, wish: Wish, person: str) -> Silence:
    if not wish.selector:
        raise click.UsageError("Say what is meant, such as node=SDU or hub=ZZ; --list tells the silences there are.")
    if not wish.note:
        raise click.UsageError('Say why with --note "..."; it is shown with what is silenced.')
    meant = selector.parse(wish.selector)
    selector.expect(config, meant)
    now = int(time())
    first, last = (None, None) if wish.every else _span(config, wish, now)
    if wish.every:
        if wish.duration or wish.first or wish.until:
            raise click.UsageError("--every tells the times by itself; leave --for, --from and --until out.")
        windows.every(wish.every)
    return Silence(0, now, wish.person or person, wish.note, meant.text, first, last, wish.every or "")


def _span(config: Config, wish: Wish, now: int) -> tuple[int, int]:
    if bool(wish.duration) == bool(wish.until):
        raise click.UsageError("Say for how long with --for 2h, or until when with --until, or --every when.")
    zone = config.site.time_zone
    first = windows.moment(wish.first, zone) if wish.first else now
    last = windows.moment(wish.until, zone, is_end=True) if wish.until else first + _length(wish.duration or "")
    if last <= max(first, now):
        raise click.UsageError("It would be over before it began, or is already; name a later end.")
    return first, last


def _length(words: str) -> int:
    try:
        return int(seconds(words))
    except ValueError as error:
        raise click.UsageError(f"--for: {error}") from None


def _when(config: Config, silence: Silence) -> str:
    if silence.every:
        return f"every {silence.every} ({config.site.time_zone})"
    first, last = (
        _screen.when(exact(time), str(config.site.time_zone)) for time in (silence.first or 0, silence.last or 0)
    )
    return f"from {first} until {last}"


def _tell(config: Config, silences: Sequence[Silence]) -> None:
    standing = [one for one in silences if not windows.is_over(one, int(time()))]
    if not standing:
        click.echo("Nothing is silenced.")
        return
    _tables.table(
        ("number", "what", "when", "person", "note"),
        ((str(one.id), one.selector, _when(config, one), one.person, one.note) for one in reversed(standing)),
    )


def _remove(store: Store, number: int) -> None:
    now = int(time())
    if number not in {one.id for one in holds.silences(store.db, now)}:
        raise AlmanacError(f"There is no silence {number}; see: almanac silence --list")
    store.remove_silence(number, now)
    click.echo(f"silence {number} has ended")

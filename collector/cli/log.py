"""`almanac log`: the lines of logs on record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from collector import nights
from collector.cli import _meant, _screen, _tables
from collector.config import Config, load
from collector.control import selection
from collector.control.selection import Places
from collector.export.subjects import exact
from collector.life import windows
from collector.model import LOG_LEVELS
from collector.people.roles import Act
from collector.people.who import actor, refuse_unless
from collector.store import lines
from collector.store.lines import Line, Wanted
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command."""

    node: tuple[str, ...]
    environment: tuple[str, ...]
    group: tuple[str, ...]
    hub: tuple[str, ...]
    level: str | None
    writer: str | None
    text: str | None
    since: str | None
    until: str | None
    number: int
    as_json: bool


@click.command(epilog='Example:  almanac log --environment production --level warning --text "no space"')
@_meant.places("nodes of this group")
@click.option("--level", type=click.Choice(LOG_LEVELS), help="Only lines of this level or a graver one.")
@click.option(
    "--writer", metavar="NAME", help="Only what this unit or program wrote, such as ssh.service; may hold * and ?."
)
@click.option("--text", metavar="WORDS", help="Only lines that hold this, in large or small letters.")
@click.option("--since", metavar="TIME", help="From a day or an ISO time on.")
@click.option("--until", metavar="TIME", help="Until an ISO time, or the end of a day.")
@click.option(
    "-n",
    "number",
    metavar="N",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="So many of the latest at most; 0 for all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.pass_obj
def command(file: Path, /, **words: object) -> int:
    """Search the lines of logs on record, as sources of kind "logs" told them; the latest come last."""
    config, wish = load(file), Wish(**words)  # type: ignore[arg-type]
    wanted = _wanted(config, wish)
    nights.expect_record(config)
    with Store.open(config.database) as store:
        refuse_unless(store, actor(config, store), Act.READ_LOGS, "read logs")
        told = lines.found(store.db, wanted, wish.number or -1)[::-1]
    if wish.as_json:
        click.echo(json.dumps({"lines": [_document(one) for one in told]}, indent=2))
    else:
        _tell(config, told)
    return 0


def _wanted(config: Config, wish: Wish) -> Wanted:
    """Raises NothingMeant for a name of nothing, NoTime for what is no time."""
    zone = config.site.time_zone
    places = Places(wish.node, wish.environment, wish.group, wish.hub)
    return Wanted(
        nodes=() if places == Places() else tuple(selection.nodes(config, places)),
        level=wish.level,
        subject=wish.writer and f"log:{wish.writer}",
        text=wish.text,
        first=windows.moment(wish.since, zone) if wish.since else None,
        end=windows.moment(wish.until, zone, is_end=True) if wish.until else None,
    )


def _document(one: Line) -> dict[str, str]:
    event = one.event
    return {
        "node": one.node,
        "time": exact(event.time),
        "subject": event.subject,
        "level": event.level,
        "text": event.text,
    }


def _tell(config: Config, told: Sequence[Line]) -> None:
    if not told:
        click.echo("Nothing of the kind is on record.")
        return
    zone = str(config.site.time_zone)
    _tables.table(
        ("when", "node", "level", "writer", ""),
        (
            (
                _screen.when(exact(one.event.time), zone),
                one.node,
                one.event.level,
                one.event.subject.removeprefix("log:"),
                one.event.text,
            )
            for one in told
        ),
    )

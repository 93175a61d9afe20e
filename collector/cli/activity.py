"""`almanac activity`: who did what, when, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from collector import nights
from collector.cli import _screen, _tables
from collector.config import Config, load
from collector.export.acts import activity_document
from collector.export.subjects import exact
from collector.life import windows
from collector.people.roles import Act
from collector.people.who import actor, refuse_unless
from collector.store import activity
from collector.store.activity import Activity, Wanted
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command."""

    node: str | None
    person: str | None
    act: str | None
    outcome: str | None
    since: str | None
    until: str | None
    number: int
    as_json: bool


@click.command(epilog="Example:  almanac activity --node web --outcome refused --since 2026-11-24")
@click.option("--node", metavar="NAME", help="Only what was done to a node.")
@click.option("--person", metavar="NAME", help="Only what a person did.")
@click.option("--act", type=click.Choice([act.value for act in Act]), help="Only what is of one kind.")
@click.option("--outcome", type=click.Choice(activity.ENDINGS), help="Only what ended so.")
@click.option("--since", metavar="TIME", help="From a day or an ISO time on.")
@click.option("--until", metavar="TIME", help="Until an ISO time, or the end of a day.")
@click.option(
    "-n",
    "number",
    metavar="N",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="So many at most; 0 for all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.pass_obj
def command(file: Path, /, **words: object) -> int:
    """Tell who did what, when, and how it ended, the newest first; also what was refused.

    Rows are only ever added, so this is the whole truth as far as the database's owner is honest.
    """
    config, wish = load(file), Wish(**words)  # type: ignore[arg-type]
    zone = config.site.time_zone
    first = windows.moment(wish.since, zone) if wish.since else None
    last = windows.moment(wish.until, zone, is_end=True) if wish.until else None
    nights.expect_record(config)
    with Store.open(config.database) as store:
        refuse_unless(store, actor(config, store), Act.VIEW, "see the activity log")
        wanted = Wanted(wish.node, wish.person, wish.act, wish.outcome, first, last)
        told = activity.found(store.db, wanted, wish.number or -1)
    if wish.as_json:
        click.echo(json.dumps({"activity": [asdict(activity_document(one)) for one in told]}, indent=2))
    else:
        _tell(config, told)
    return 0


def _tell(config: Config, told: Sequence[Activity]) -> None:
    if not told:
        click.echo("Nothing of the kind is on record.")
        return
    zone = str(config.site.time_zone)
    _tables.table(
        ("when", "who", "what", "node", "outcome", ""),
        (
            (_screen.when(exact(one.time), zone), _who(one), one.act, one.node or "", one.outcome, one.text)
            for one in told
        ),
    )


def _who(one: Activity) -> str:
    """The person, and the operating-system user where that has another name."""
    if not one.person:
        return f"({one.login})"
    return one.person if one.person == one.login else f"{one.person} ({one.login})"

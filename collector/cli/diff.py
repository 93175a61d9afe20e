"""`almanac diff`: what changed between two nights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from collector import compare, nights
from collector.cli import _screen, _tables
from collector.compare import Difference
from collector.config import Config, load
from collector.export.subjects import exact
from collector.export.telling import Telling
from collector.store.records import PassRecord
from collector.store.store import Store
from collector.wording import amount


@click.command(epilog="Example:  almanac diff 2026-11-23 2026-11-24")
@click.argument("before", metavar="NIGHT")
@click.argument("after", metavar="NIGHT")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with sizes in bytes.")
@click.pass_obj
def command(file: Path, before: str, after: str, as_json: bool) -> int:
    """What changed between two nights: a day each (its last pass), or an ISO time (the last pass begun by then).

    Nodes that stopped or began to answer, problems opened, closed, worsened or eased, subjects new and gone, states,
    sizes that changed by a tenth or more, and the figures of the overview. Exit status 1 if anything differs.
    """
    config = load(file)
    nights.expect_record(config)
    with Store.open(config.database) as store:
        passes = [nights.find(config, store, words) for words in (before, after)]
        told = [tuple(Telling(config, store, one).documents()) for one in passes]
    found = compare.compare(*told)
    if as_json:
        _tell_json(passes, found)
    else:
        _tell(config, passes, found)
    return 1 if found else 0


def _tell_json(passes: Sequence[PassRecord], found: Sequence[Difference]) -> None:
    of = [{"pass": one.id, "started": exact(one.started)} for one in passes]
    click.echo(json.dumps({"nights": of, "differences": [asdict(one) for one in found]}, indent=2))


def _tell(config: Config, passes: Sequence[PassRecord], found: Sequence[Difference]) -> None:
    before, after = (_screen.when(exact(one.started), str(config.site.time_zone)) for one in passes)
    if not found:
        click.echo(f"Nothing differs between the passes of {before} and {after}.")
        return
    _tables.table(
        ("what", "node", "subject", "of", before, after),
        ((d.what, d.node or "", d.subject or "", d.name, _shown(d, d.before), _shown(d, d.after)) for d in found),
    )


def _shown(difference: Difference, value: str | float | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else amount(value, difference.unit)

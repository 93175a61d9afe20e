"""`almanac uptime`: how long nodes, processes, units and environments were up in a month."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from collector import nights
from collector.cli import _tables
from collector.config import Config, load
from collector.life import stage, uptimes
from collector.life.uptime import Month, Uptime, month, months
from collector.store.store import Store
from collector.wording import amount

Row = tuple[str, str, Uptime]


@click.command(epilog="Example:  almanac uptime --month 2026-10")
@click.option("--month", "name", metavar="YYYY-MM", help="By default the month of the last pass, up to that.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, in seconds.")
@click.pass_obj
def command(file: Path, name: str | None, as_json: bool) -> int:
    """How long everything was up in a month, from what passes found.

    What a pass found holds until the next one, and no longer than one and a half times `site.every`. Time of which
    nothing is known is neither up nor down: it is told beside the share of the time that is.
    """
    config = load(file)
    nights.expect_record(config)
    with Store.open(config.database) as store:
        last, zone = stage.last_pass(store).started, config.site.time_zone
        wanted = month(name, max(last, 0), zone) if name else months(last, zone)[0]
        rows = _rows(config, store, wanted)
    if as_json:
        told = [{"kind": kind, "name": what, "ratio": one.ratio, **asdict(one)} for kind, what, one in rows]
        click.echo(json.dumps({"month": wanted.name, "until": wanted.span[1], "uptimes": told}, indent=2))
    else:
        _tables.table(
            (wanted.name, "", "up", "for", "down for", "not known for"),
            ((kind, what, _share(one), *_spans(one)) for kind, what, one in rows),
        )
    return 0


def _rows(config: Config, store: Store, wanted: Month) -> list[Row]:
    nodes = {node: uptimes.of_node(config, store.db, node, wanted) for node in config.nodes}
    rows: list[Row] = [
        ("environment", name, uptimes.of_environment(config, nodes, name)) for name in config.environments
    ]
    for node, found in nodes.items():
        rows.append(("node", node, found.node))
        rows += [
            (name.partition(":")[0], f"{node} {name.partition(':')[2]}", one) for name, one in found.subjects.items()
        ]
    return rows


def _share(one: Uptime) -> str:
    return "not known" if one.ratio is None else amount(one.ratio, "ratio")


def _spans(one: Uptime) -> tuple[str, str, str]:
    up, down, unknown = (amount(seconds, "seconds") if seconds else "" for seconds in (one.up, one.down, one.unknown))
    return up, down, unknown

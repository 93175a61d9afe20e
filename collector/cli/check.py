"""`almanac check`: is the configuration right, does every node answer."""

from __future__ import annotations

import json
from collections.abc import Sized
from pathlib import Path
from time import time

import click

from collector.cli import _screen, _tables
from collector.config import Config, expect_nodes, load
from collector.config.schema import schema
from collector.digest.check import lacking
from collector.export import old_series
from collector.intake import check as intake
from collector.model import Outcome
from collector.pages.source import no_runbook, no_site
from collector.question import Sought
from collector.sweep import sweep
from collector.watch import check as watch
from collector.wording import several


@click.command(epilog="Example:  almanac check --reach")
@click.option("--reach", is_flag=True, help="Also connect to every node and say which ones answer; records nothing.")
@click.option(
    "--schema", "as_schema", is_flag=True, help="Print the JSON Schema of almanac.toml, for editors, and end."
)
@click.pass_obj
def command(file: Path, reach: bool, as_schema: bool) -> int:
    """Is the configuration right, and does every node answer? Exit status 1 if a node does not, or if there is no
    site, no page that a rule names as its runbook, no folder for a series_file, no file that reports need, or nothing
    that intake or `[watch]` needs."""
    if as_schema:
        click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return 0
    config = load(file)
    expect_nodes(config)
    fleet: dict[str, Sized] = {"node": config.nodes, "hub": config.hubs, "environment": config.environments}
    click.echo(f"{file}: right; {', '.join(several(len(named), noun) for noun, named in fleet.items())}")
    for sentence in intake.told(config):
        click.echo(sentence)
    site = no_site(config.site.source) or no_runbook(config)
    reports = (*old_series.undeliverable(config), *lacking(config))
    refusals = [site, *reports, *watch.lacking(config.watch), *intake.lacking(config)]
    return max(1 if _screen.tell_refusals(refusals) else 0, _reached(config) if reach else 0)


def _reached(config: Config) -> int:
    """Connects to each node with no question asked, and tells how that went."""
    with _screen.progress(len(config.nodes)) as tell:
        answers = []
        for answer in sweep(config, list(config.nodes), int(time()), Sought(only=())):
            answers.append(answer)
            tell(answer.node)
    rows = [
        (a.node, a.outcome, f"{a.took:.1f} s" if a.took else "", a.reason)
        for a in sorted(answers, key=lambda a: a.node)
    ]
    _tables.table(("node", "outcome", "took", "reason"), rows)
    return 0 if all(answer.outcome is Outcome.OK for answer in answers) else 1

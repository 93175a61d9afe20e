"""`almanac db`: the database, kept safe."""

from __future__ import annotations

from pathlib import Path

import click

from collector import nights
from collector.cli import _screen
from collector.collect import locked
from collector.config import load
from collector.export.subjects import exact
from collector.store import maintenance


@click.group(epilog="Example:  almanac db backup /var/backups/almanac.db")
def command() -> None:
    """Copy and check the database, and take a wrong pass off it."""


@command.command(epilog="Example:  almanac db backup /var/backups/almanac.db")
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def backup(file: Path, target: Path) -> int:
    """Write a consistent copy of the database to TARGET, also while a pass runs."""
    config = load(file)
    maintenance.backup(config.database, target)
    click.echo(f"{target}: written")
    return 0


@command.command(epilog="Example:  almanac db check")
@click.pass_obj
def check(file: Path) -> int:
    """Is the database sound? Exit status 1 if it is not."""
    config = load(file)
    findings = maintenance.check(config.database)
    click.echo("\n".join(f"{config.database}: {finding}" for finding in findings or ["sound"]))
    return 1 if findings else 0


@command.command(epilog="Example:  almanac db forget 17")
@click.argument("number", metavar="PASS", type=int)
@click.pass_obj
def forget(file: Path, number: int) -> int:
    """Take the last pass off the record, with all that only it told: one that ran while this machine's clock was ahead
    hides every pass after it.

    PASS is its number, which `almanac nightly` tells. What other passes told, before and since, stays.
    """
    config = load(file)
    nights.expect_record(config)
    with locked(config) as store:
        started = store.forget(number)
    when = _screen.when(exact(started), str(config.site.time_zone))
    click.echo(f"{config.database}: pass {number} of {when} is forgotten; the next one brings the pages up to date")
    return 0

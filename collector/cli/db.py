"""`almanac db`: the database, kept safe."""

from __future__ import annotations

from pathlib import Path

import click

from collector.config import load
from collector.store import maintenance


@click.group()
def command() -> None:
    """Copy and check the database."""


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

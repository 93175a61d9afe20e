"""`almanac export`: JSON and charts from what is recorded."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli import _screen
from collector.collect import locked
from collector.config import load
from collector.export import old_series, views, write


@click.command(epilog="Example:  almanac export")
@click.pass_obj
def command(file: Path) -> int:
    """Write the JSON files and charts that pages are made of, from what is recorded and judged."""
    config = load(file)
    with locked(config) as store:
        done = write.export(config, store)
        views.export_views(config, store, done)
        undelivered = old_series.deliver(config, done.manifest)
    click.echo(f"{config.export}: {done.documents} documents and {done.charts} charts written")
    return _screen.tell_refusals(undelivered) or 0

"""`almanac build`: pages from the export; Sphinx runs only when its sources changed."""

from __future__ import annotations

from pathlib import Path

import click

from collector import pages
from collector.cli import _screen
from collector.collect import locked
from collector.config import load


@click.command(epilog="Example:  almanac build")
@click.pass_obj
def command(file: Path) -> int:
    """Build the pages from the export. Sphinx is started only when its sources changed.

    Exit status 4 if it refuses them: pages then show new data in the words of the last good build.
    """
    config = load(file)
    with locked(config):
        built = pages.build(config)
    click.echo(f"{config.html}: {built.written} pages written{', Sphinx ran' if built.sphinx_ran else ''}")
    return _screen.tell_refusal(built.refusal) or 0

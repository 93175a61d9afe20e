"""`almanac init`: a commented almanac.toml for this machine, a site/ of one's own, and files for cron and servers."""

from __future__ import annotations

from pathlib import Path

import click

from collector.scaffold import scaffold, this_machine


@click.command(epilog="Example:  almanac init /srv/almanac")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def command(folder: Path) -> int:
    """Write a commented almanac.toml that works at once on this machine, a site/ of your own, and cron/ into FOLDER.

    Nothing that exists is overwritten: where almanac.toml or site/ is there already, the other alone is written.
    """
    file = folder / "almanac.toml"
    done = f"{file}: written" if file in scaffold(folder, this_machine()) else f"{folder / 'site'}: written"
    click.echo(f"{done}; make the first page with: almanac --config {file} nightly")
    return 0

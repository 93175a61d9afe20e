"""`almanac init`: a commented almanac.toml for this machine, a site/ of one's own, and files for cron and servers."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import click

from collector import pages
from collector.cli import _screen
from collector.collect import alone
from collector.config import load
from collector.model import AlmanacError
from collector.scaffold import scaffold, this_machine


@click.command(epilog="Example:  almanac init /srv/almanac")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def command(folder: Path) -> int:
    """Write a commented almanac.toml that works at once on this machine, a site/ of your own, and cron/ into FOLDER.

    Nothing that exists is overwritten: where almanac.toml or site/ is there already, the other alone is written.

    A new site is typeset at once, which takes seconds, so that the first pass has only the pages of its nodes to do.
    Exit status 1 if it can't be: what was written stays, and the first pass tries again.
    """
    file, site = folder / "almanac.toml", folder / "site"
    written = scaffold(folder, this_machine())
    began = monotonic()
    refused, typeset = None, False
    try:
        typeset = site / "conf.py" in written and _typeset(file, site)
    except AlmanacError as error:
        refused = error
    done = f"{file if file in written else site}: written"
    if typeset:
        done += f", and the pages typeset in {monotonic() - began:.1f} s"
    click.echo(f"{done}; make the first page with: almanac --config {file} nightly")
    return 1 if _screen.tell_refusals([refused]) else 0


def _typeset(file: Path, site: Path) -> bool:
    """Has a new site typeset, unless almanac.toml names another, of which passes may have made pages; whether it was.
    Raises AlmanacError."""
    try:
        config = load(file)
        if config.site.source.resolve() != site.resolve():
            return False
        with _screen.progress(1, "typesetting the pages"), alone(config):
            refused = pages.typeset_new(config)
    except OSError as error:
        said = f"{error.filename or file}: {error.strerror or error}; the first pass tries again"
        raise AlmanacError(said) from error
    if refused is not None:
        raise refused
    return True

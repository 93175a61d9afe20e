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
    refused = _typeset(file) if site / "conf.py" in written else None
    typeset = site / "conf.py" in written and refused is None
    done = f"{file if file in written else site}: written"
    if typeset:
        done += f", and the pages typeset in {monotonic() - began:.1f} s"
    click.echo(f"{done}; make the first page with: almanac --config {file} nightly")
    return 1 if _screen.tell_refusals([refused]) else 0


def _typeset(file: Path) -> AlmanacError | None:
    """Why the pages of a new site could not be typeset, None if they are."""
    try:
        config = load(file)
        with _screen.progress(1, "typesetting the pages"), alone(config):
            return pages.typeset_new(config)
    except AlmanacError as error:
        return error
    except OSError as error:
        return AlmanacError(f"{error.filename or file}: {error.strerror or error}; the first pass tries again")

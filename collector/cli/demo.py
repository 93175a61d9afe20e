"""`almanac demo`: a sample fleet on this machine, collected for real."""

from __future__ import annotations

from pathlib import Path
from time import time

import click

from collector import nightly
from collector.cli import _screen
from collector.config import load
from collector.demo import make_fleet, running_supervisor
from collector.scaffold import write_site
from collector.wording import several


@click.command(epilog="Example:  almanac demo /tmp/fleet")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Make a sample fleet in FOLDER, with faults to find, and run the real nightly pass over it and this machine.

    Nothing keeps running. Exit status 0 although the fleet has problems: it is made to have them.
    """
    file = make_fleet(folder, int(time()))
    write_site(file.parent / "site")
    config = load(file)
    with _screen.progress(nightly.steps(config)) as tell, running_supervisor(file.parent) as supervised:
        night = nightly.run(config, tell)
    if not supervised:
        _screen.complain(
            "supervisord is not installed, so the sample has no process in trouble: pip install supervisor"
        )
    collected, problems = night.collected, night.manifest.problems
    click.echo(f"{collected.reached} of {collected.asked} nodes answered, {several(len(problems), 'problem')} found")
    click.echo(f"open           {config.site.publish / 'current/index.html'}")
    click.echo(f"configuration  {file}")
    return _screen.tell_refusals([night.built.refusal, *night.undelivered]) or 0

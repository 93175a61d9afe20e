"""`almanac nightly`: the whole pass, as cron runs it."""

from __future__ import annotations

from pathlib import Path

import click

from collector.chart.workshop import Workshop


@click.command(epilog="Example:  almanac --config /srv/almanac/almanac.toml nightly")
@click.pass_obj
def command(file: Path) -> int:
    """The whole pass: collect, judge, export, build, publish and report.

    Silent when all is well, or what is not is acknowledged or silenced; on a terminal it shows what it is doing. What
    is wrong is told in the reports that almanac.toml asks for, and printed as far as none of them is about it, so that
    cron mails it. Exit status 1 if anything that is neither acknowledged nor silenced is wrong with the fleet, 4 if
    Sphinx refuses the site's pages, which are then published with new data and the words of the last good build, or if
    a series_file, the textfile or a report can't be delivered.
    """
    with Workshop() as drawing:
        drawing.prepare()
        from collector.cli import _night  # noqa: PLC0415  who draws loads what that takes while all else is loaded

        return _night.told(file, drawing)

"""`almanac nightly`: the whole pass, as cron runs it."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli import _screen
from collector.config import Config, load
from collector.export.alarms import held_nodes, is_quiet
from collector.export.documents import PassDocument
from collector.nightly import Night, run


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
    config = load(file)
    with _screen.progress(len(config.nodes)) as tell:
        night = run(config, tell)
    if night.overtaken:
        _tell_clock(config, night.overtaken, night.manifest.time_zone)
    _tell_trouble(night)
    refused = _screen.tell_refusals(night.refusals)
    if night.untold:
        _screen.complain(f"almanac: {night.untold}")
    return refused or (0 if is_quiet(night.manifest) and not night.overtaken else 1)


def _tell_clock(config: Config, later: PassDocument, zone: str) -> None:
    _screen.complain(
        f"{config.database}: this machine's clock is wrong, or was: a pass of {_screen.when(later.started, zone)} is on"
        " record, later than this one, and the pages tell of that; set the clock, or take that pass off the record:"
        f" almanac db forget {later.id}"
    )


def _tell_trouble(night: Night) -> None:
    """What was not reached or not read, then what is wrong, a line each; but what is acknowledged or silenced, and what
    a report is about."""
    quiet = held_nodes(night.manifest) | night.reported.nodes
    _screen.tell_shortfalls(one for one in night.collected.shortfalls if one.node not in quiet)
    for problem in night.reported.untold:
        subject = f" {problem.label}" if problem.label else ""
        _screen.complain(f"{problem.level}: {problem.node}{subject}: {_screen.text_of(problem)}")

"""What a pass tells who started it."""

from __future__ import annotations

from collector.cli import _screen
from collector.config import Config
from collector.export.alarms import held_nodes, is_quiet
from collector.export.documents import PassDocument
from collector.nightly import Night


def told(config: Config, night: Night) -> int:
    """Tells what came of a pass; its exit status."""
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

"""`almanac judge`: what is wrong as of the last pass, and what became of it since the one before."""

from __future__ import annotations

from pathlib import Path

import click

from collector import nights
from collector.cli import _tables
from collector.collect import locked
from collector.config import load
from collector.life import stage
from collector.store.records import ProblemRecord


@click.command(epilog="Example:  almanac judge")
@click.pass_obj
def command(file: Path) -> int:
    """Judge what the last pass recorded, and note what opened, changed and closed. Exit status 1 if anything is wrong.

    A pass that is judged again, say by changed rules, is told as judged last; passes before it stay as they were told.
    """
    config = load(file)
    nights.expect_record(config)
    with locked(config) as store:
        done = stage.judge_last(config, store)
    if done.changed:
        _tables.table(
            ("problem", "now", "node", "subject", "what"),
            ((_tables.state(p.level.word), _now(p), p.node, p.subject or "", p.text) for p in done.changed),
        )
    click.echo(f"{done.alive} problems, {len(done.changed)} not as the pass before left them")
    return 1 if done.alive else 0


def _now(problem: ProblemRecord) -> str:
    return problem.stage if problem.known else "not known"

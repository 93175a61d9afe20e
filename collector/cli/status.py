"""`almanac status`: the fleet, as the last pass found it."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli import _screen, _tables
from collector.config import load
from collector.export.alarms import is_quiet
from collector.export.documents import Manifest
from collector.export.read import read_manifest


@click.command(epilog="Example:  almanac status --problems")
@click.option("--problems", is_flag=True, help="Only what is wrong.")
@click.option("--json", "as_json", is_flag=True, help="The exported manifest, as it is.")
@click.pass_obj
def command(file: Path, problems: bool, as_json: bool) -> int:
    """The fleet as the last pass found it.

    Exit status 1 if anything is wrong that is neither acknowledged nor silenced.
    """
    config = load(file)
    manifest = read_manifest(config.export)
    if as_json:
        click.echo((config.export / "manifest.json").read_text(encoding="utf-8"), nl=False)
    else:
        _tell_problems(manifest)
        if not problems:
            _tell_nodes(manifest)
    return 0 if is_quiet(manifest) else 1


def _tell_problems(manifest: Manifest) -> None:
    zone = manifest.time_zone
    if not manifest.problems:
        _tables.out.print("nothing is wrong")
        return
    _tables.table(
        ("problem", "name", "node", "subject", "since", "what", "held"),
        (
            (
                _tables.state(p.level),
                p.id,
                p.node,
                p.label or "",
                _screen.when(p.since, zone),
                _screen.text_of(p),
                _screen.held(p.held, zone),
            )
            for p in manifest.problems
        ),
    )


def _tell_nodes(manifest: Manifest) -> None:
    _tables.out.print()
    _tables.table(
        ("node", "state", "problems", "last answered", "hubs", "environments"),
        (
            (node.name, _tables.state(node.level), str(node.problems), _screen.when(node.answered, manifest.time_zone),
             " ".join(node.hubs), " ".join(node.environments))
            for node in manifest.nodes.values()
        ),
    )  # fmt: skip

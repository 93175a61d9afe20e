"""`almanac show NODE`: one node in full, as the last pass found it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.text import Text

from collector.cli import _screen, _tables
from collector.config import load
from collector.export.documents import NodeDocument
from collector.export.read import read_manifest, read_node
from collector.export.readings import Metric, StateValue, Subject
from collector.wording import amount


@click.command(epilog="Example:  almanac show SDU")
@click.argument("node")
@click.option("--json", "as_json", is_flag=True, help="The exported document, as it is.")
@click.pass_obj
def command(file: Path, node: str, as_json: bool) -> int:
    """One node in full, as the last pass found it. Exit status 1 if anything is wrong with it."""
    config = load(file)
    manifest = read_manifest(config.export)
    _screen.expect("node", [node], manifest.every)
    if as_json:
        click.echo((config.export / manifest.every[node].file).read_text(encoding="utf-8"), nl=False)
    else:
        _tell(read_node(config.export, manifest, node), manifest.time_zone)
    return 0 if manifest.every[node].level == "ok" else 1


def _tell(node: NodeDocument, zone: str) -> None:
    reached = f"answered {_screen.when(node.answered, zone)}" if node.answered else "never answered"
    _tables.out.print(f"{node.title} ({node.address}): {node.level}, {reached}", markup=False)
    if not node.reached:
        _tables.out.print(f"Last attempt: {node.outcome}. {node.reason}", markup=False)
    for problem in node.problems:
        _tables.out.print(_tables.state(problem.level), problem.text, sep="  ", markup=False)
    _tables.out.print()
    rows = [row for subject in node.subjects for row in _rows(subject, zone)]
    _tables.table(("subject", "state", "what", "value", "standing", "time"), rows)


def _rows(subject: Subject, zone: str) -> Iterator[tuple[str | Text, ...]]:
    values: tuple[Metric | StateValue, ...] = (*subject.states, *subject.metrics)
    for value in values:
        level = _tables.state(subject.level)
        yield subject.label, level, value.name, _shown(value), value.standing, _screen.when(value.time, zone)


def _shown(value: Metric | StateValue) -> str:
    if value.value is None:
        return value.standing
    if isinstance(value, StateValue):
        return f"{value.value} {value.detail}".strip()
    return amount(value.value, value.unit)

"""`almanac rules`: what is judged, where and by which limits, and what a rule would have said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from collector import nights
from collector.cli import _screen
from collector.config import Config, Rule, load
from collector.export.telling import Telling
from collector.judge import roll
from collector.judge.roll import Entry
from collector.model import Level
from collector.store import query
from collector.store.store import Store

MOST_NAMED = 3


@click.group()
def command() -> None:
    """What is judged where, and what a rule would have said."""


@command.command("list", epilog="Example:  almanac rules list --node backup-1")
@click.option("--node", "nodes", multiple=True, help="The rules in force on this node, with what they judge there now.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with limits in base units.")
@click.pass_obj
def listed(file: Path, nodes: tuple[str, ...], as_json: bool) -> int:
    """All rules: what each judges, where, its limits, and whether it is a default one or the file's.

    With --node, what is in force there, each with the subjects that it judges as of the last pass.
    """
    config = load(file)
    _screen.expect("node", nodes, config.nodes)
    entries = list(_in_force(config, nodes) if nodes else roll.everywhere(config))
    if as_json:
        click.echo(json.dumps({"rules": [_document(entry) for entry in entries]}, indent=2, ensure_ascii=False))
    else:
        _tell(entries, on_nodes=bool(nodes))
    return 0


def _in_force(config: Config, nodes: Sequence[str]) -> Iterable[Entry]:
    nights.expect_record(config)
    with Store.open(config.database) as store:
        last = query.last_pass(store.db)
        telling = Telling(config, store, last) if last else None
        found = [list(roll.on(config, telling.record(node))) for node in nodes] if telling else []
    return [entry for entries in found for entry in entries]


def _tell(entries: Sequence[Entry], *, on_nodes: bool) -> None:
    headings = ("rule", "judges", "where", "warning", "critical", "over", "passes", "says who", "runbook")
    rows = (
        (
            entry.rule.name,
            roll.judges(entry.rule),
            f"{entry.node}: {_named(entry.subjects)}" if on_nodes else entry.where,
            "off" if entry.rule.off else roll.limit(entry.rule, Level.WARNING),
            "off" if entry.rule.off else roll.limit(entry.rule, Level.CRITICAL),
            roll.written(entry.rule, entry.rule.clear) if entry.rule.clear else "",
            str(entry.rule.passes) if entry.rule.passes > 1 else "",
            entry.rule.origin,
            entry.rule.runbook,
        )
        for entry in entries
    )
    _screen.table(headings, rows)


def _named(subjects: Sequence[str]) -> str:
    more = len(subjects) - MOST_NAMED
    return ", ".join(subjects[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _document(entry: Entry) -> dict[str, Any]:
    rule = entry.rule
    place = {"node": entry.node, "subjects": entry.subjects} if entry.node else {"where": entry.where}
    return {
        "name": rule.name,
        "rule": rule.kind,
        "judges": roll.judges(rule),
        **place,
        **{key: getattr(rule, key) or None for key in ("metric", "per", "state")},
        **{level.word: _limit(rule, level) for level in (Level.WARNING, Level.CRITICAL)},
        "clear": rule.clear.value if rule.clear else None,
        "wanted": rule.wanted,
        "passes": rule.passes,
        "runbook": rule.runbook or None,
        "off": rule.off,
        "origin": rule.origin,
    }


def _limit(rule: Rule, level: Level) -> float | list[str] | None:
    words = [word for word, of in rule.words.items() if of == level]
    limits = {of: limit.value for of, limit in rule.limits}
    return words or limits.get(level)

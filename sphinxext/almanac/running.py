"""The processes and units of a fleet, and how many of each group stand how in each environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sphinxext.almanac.arrange import named
from sphinxext.almanac.export import Export, Record

KINDS = ("process", "unit")
_PARTS = {
    "RUNNING": "running",
    "active": "running",
    "reloading": "running",
    "STARTING": "starting",
    "activating": "starting",
    "BACKOFF": "failed",
    "FATAL": "failed",
    "failed": "failed",
}
_ORDER = ("running", "starting", "stopped", "failed", "unknown")
LEVELS = {"running": "ok", "starting": "ok", "stopped": "unknown", "failed": "critical", "unknown": "unknown"}
"""How bad a part looks."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process or unit: its node's document and entry in the manifest, and how it stands, in a word of `_ORDER`."""

    document: Record
    entry: Record
    subject: Record
    part: str


@dataclass(frozen=True, slots=True)
class Row:
    """A group of processes (empty: units, and what is in none): how many stand how, of all and by environment."""

    group: str
    all: Sequence[tuple[str, int]]
    environments: Sequence[tuple[str, Sequence[tuple[str, int]]]]


@dataclass(frozen=True, slots=True)
class Processes:
    """All there are of some nodes. asked, answered: how many nodes watch processes, and how many of them answered."""

    rows: Sequence[Running]
    groups: Sequence[Row]
    environments: Sequence[str]
    tally: Sequence[tuple[str, int]]
    asked: int
    answered: int


def processes(export: Export, entries: Iterable[Record]) -> Processes:
    """What runs on the nodes of these entries of the manifest, by node, then as the node's page has it."""
    rows = list(_rows(export, entries))
    nodes = {row.entry.name: row.document.reached for row in rows}
    environments = list(dict.fromkeys(name for row in rows for name in row.entry.environments))
    groups = [_row(group, rows, environments) for group in sorted({row.subject.group for row in rows})]
    return Processes(rows, groups, environments, _tally(rows), len(nodes), sum(nodes.values()))


def _rows(export: Export, entries: Iterable[Record]) -> Iterator[Running]:
    for entry in entries:
        if document := export.node(entry.name):
            some = (subject for subject in document.subjects if subject.kind in KINDS)
            yield from (Running(document, entry, subject, _part(subject)) for subject in some)


def _part(subject: Record) -> str:
    state = named(subject.states, "state")
    if state is None or state.value is None or state.standing != "known" or not subject.present:
        return "unknown"
    return "failed" if subject.level in ("warning", "critical") else _PARTS.get(state.value, "stopped")


def level_of(subject: Record) -> str:
    """How bad the state of a subject looks: as its level says, but what is stopped, and may be so, is not what runs."""
    level: str = subject.level
    return LEVELS[_part(subject)] if level == "ok" and subject.kind in KINDS else level


def _row(group: str, rows: Iterable[Running], environments: Iterable[str]) -> Row:
    mine = [row for row in rows if row.subject.group == group]
    cells = [(name, _tally(row for row in mine if name in row.entry.environments)) for name in environments]
    return Row(group, _tally(mine), cells)


def _tally(rows: Iterable[Running]) -> Sequence[tuple[str, int]]:
    counts = Counter(row.part for row in rows)
    return [(part, counts[part]) for part in _ORDER if part in counts]

"""In which order and beside what things of the export are shown: pure functions, used by templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from sphinxext.almanac.export import Record

KEPT = 1024
"""So many names are kept as what they are ordered by."""
MOST, FEWEST = 20, 5
"""So many things of one kind a page shows at length where there are more: at most, and where all is well."""
LEVELS = ("ok", "unknown", "warning", "critical")
_OF_MACHINES = (
    "pass",
    "stage",
    "tarball",
    "backups",
    "lock",
    "process",
    "supervisor",
    "unit",
    "host",
    "disk",
    "temperature",
)
KINDS = (*_OF_MACHINES, "cluster", "clusternode", "owner", "vm")


def worst_first(things: Iterable[Record]) -> list[Record]:
    """Things that have a `level`, the worst first, otherwise in the order given."""
    return sorted(things, key=lambda thing: -_rank(thing["level"]))


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("unknown")


def by_kind(subjects: Iterable[Record]) -> list[tuple[str, list[Record]]]:
    """Subjects in the order in which a page shows their kinds, kinds that are none of ours last."""
    kinds: dict[str, list[Record]] = {}
    for subject in subjects:
        kinds.setdefault(subject["kind"], []).append(subject)
    return sorted(kinds.items(), key=lambda item: (KINDS.index(item[0]) if item[0] in KINDS else len(KINDS), item[0]))


def folded(things: Sequence[Record]) -> tuple[Sequence[Record], list[Record]]:
    """What a page shows at length of many things that have a `level`, and what it only lists: the worst are shown, with
    a few others where hardly any is amiss. That one is unknown is amiss where others are known and it is not gone."""
    if len(things) <= MOST:
        return things, []
    ordered = worst_first(things)
    known = any(thing["level"] == "ok" for thing in things)
    amiss = sum(
        known and thing["present"] if thing["level"] == "unknown" else thing["level"] != "ok" for thing in things
    )
    shown = min(MOST, max(amiss, FEWEST))
    return ordered[:shown], ordered[shown:]


def side_by_side(nodes: Sequence[Record], hub: str) -> list[tuple[str, list[Record | None]]]:
    """A hub's backup items, each with its subject on each of the nodes, None where a node does not have it."""
    of_nodes: list[dict[str, Record]] = [
        {s["label"]: s for s in node["subjects"] if s["hub"] == hub and s["kind"] == "tarball"} for node in nodes
    ]
    items = dict.fromkeys(item for of_node in of_nodes for item in of_node)
    return [(item, [of_node.get(item) for of_node in of_nodes]) for item in items]


def named(things: Iterable[Record], name: str) -> Record | None:
    """The one of some metrics or states that has a name, None if none has."""
    for thing in things:
        if thing["name"] == name:
            return thing
    return None


def naturally(things: Iterable[Record]) -> list[Record]:
    """Some metrics or states by name, the numbers in it by their size: `load1`, `load5`, `load15`."""
    return sorted(things, key=lambda thing: _parts(thing["name"]))


@lru_cache(KEPT)
def _parts(name: str) -> tuple[str | int, ...]:
    """Texts and numbers by turns, a text first."""
    return tuple(int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", name)))


def by_answer(readings: Iterable[Record]) -> list[tuple[list[Record], Record]]:
    """Metrics and states by where they come from: those that one answer told and one confirmed, and the first of them,
    which stands for all. Those with the most in common first."""
    answers: dict[str, list[Record]] = {}
    for one in readings:
        alike = one["provenance"], one.get("confirmed"), one.get("read"), one["standing"] == "never"
        answers.setdefault(repr(alike), []).append(one)
    return sorted(((some, some[0]) for some in answers.values()), key=lambda pair: -len(pair[0]))


def telling(metrics: Iterable[Record], rule: str) -> Record | None:
    """The metric whose charts show what a rule found: the one it is named for, else what has a forecast, else a
    size, else the first drawn."""
    charted = [metric for metric in metrics if metric["charts"]]
    ranked = (
        [metric for metric in charted if metric["name"].startswith(rule) and metric["thresholds"]],
        [metric for metric in charted if metric["name"].startswith(rule)],
        [metric for metric in charted if metric.get("forecast")],
        [metric for metric in charted if metric["name"] == "size"],
        charted,
    )
    return next((some[0] for some in ranked if some), None)


def foremost(charts: Sequence[Record]) -> Record:
    """The one of a metric's charts that is seen first: the year's."""
    return next((chart for chart in charts if chart["range"] == "year"), charts[0])

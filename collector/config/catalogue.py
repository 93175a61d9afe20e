"""What sources tell, and the rules that they bring along: a TOML file beside the module of each kind, named as it is.

`metrics` names each number with its unit, `states` lists the words, `subjects` the kinds of things that it tells of,
such as `disk`, and `[[rules]]` are rules as in almanac.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from collector.config import kinds
from collector.config.rules import DefaultRule
from collector.model import Unit

_OF_ALL = (
    Path(__file__).with_name("node.toml"),
    Path(__file__).with_name("pass.toml"),
    Path(__file__).with_name("instances.toml"),
)
"""What every node tells, whatever its sources are, and what the pass and instances tell of themselves."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Numbers with their units (None: not the same in all sources), words and rules of all kinds.

    is_whole: no kind tells more than stands here.
    subjects: the kinds of subjects, empty if some source does not say what it tells of.
    of_kinds: those that sources of each kind tell of.
    """

    metrics: Mapping[str, Unit | None] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    rules: tuple[DefaultRule, ...] = ()
    is_whole: bool = True
    of_kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_sources(self, told: Sequence[tuple[Mapping[str, Unit], tuple[str, ...]]]) -> Catalogue:
        """The same, and the numbers and words that sources tell besides those of their kind."""
        metrics = dict(self.metrics)
        for units, _ in told:
            metrics |= {name: unit if metrics.get(name, unit) == unit else None for name, unit in units.items()}
        words = [word for _, says in told for word in says]
        return replace(self, metrics=metrics, states=tuple(dict.fromkeys((*self.states, *words))))


@cache
def catalogue() -> Catalogue:
    """Of all kinds that are installed here."""
    of_kinds = {kind: kinds.file(kind).with_suffix(".toml") for kind in kinds.names()}
    files = [*_OF_ALL, *of_kinds.values()]
    read = {file: _read(file) for file in files if file.exists()}
    told = list(read.values())
    return Catalogue(
        metrics={name: unit for one in told for name, unit in one.get("metrics", {}).items()},
        states=tuple(dict.fromkeys(name for one in told for name in one.get("states", []))),
        subjects=_subjects(told) if len(told) == len(files) else (),
        rules=tuple(DefaultRule.model_validate(rule) for one in told for rule in one.get("rules", [])),
        is_whole=len(told) == len(files),
        of_kinds={kind: tuple(read[file].get("subjects", [])) for kind, file in of_kinds.items() if file in read},
    )


def tells_of(kind: str, subjects: str) -> bool:
    """Whether sources of a kind tell of such subjects, as `cluster`."""
    return subjects in catalogue().of_kinds.get(kind, ())


def _subjects(told: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    every = [one.get("subjects", []) for one in told]
    return tuple(dict.fromkeys(name for names in every for name in names)) if all(every) else ()


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))

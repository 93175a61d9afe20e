"""What rules would have said, pass by pass, of a past that is on record. Nothing is written.

A problem lives through the passes as it would through a real one: confirmed after as many as its rule says, held while
its node does not answer, closed when it is no longer found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from collector.config import Config
from collector.judge.rules import rule_named
from collector.life.stage import Fleet
from collector.model import Level
from collector.store.records import PassRecord, ProblemRecord
from collector.store.store import Store

MOST = 6000
"""So many nodes are read at most, each pass of each counting: more take minutes."""
_SAID = frozenset({"open", "flapping"})


@dataclass(frozen=True, slots=True)
class Spell:
    """A problem that would have been told, from the pass that confirmed it to the one that found it no more (None: none
    has). `level`: the worst it was; `text`: what was said then; `since`: when it began, as far as the record tells."""

    node: str
    subject: str | None
    rule: str
    level: Level
    text: str
    since: int
    opened: int
    closed: int | None = None


def chosen(passes: Sequence[PassRecord], nodes: int, zone: ZoneInfo) -> tuple[list[PassRecord], str]:
    """The passes to be read, all if that is not too much, else the last of each night or of every so many, and what
    was chosen in words."""
    if len(passes) * nodes <= MOST:
        return list(passes), "every pass"
    nights: dict[date, PassRecord] = {datetime.fromtimestamp(one.started, zone).date(): one for one in passes}
    step = -(-len(nights) * nodes // MOST)
    words = "the last pass of each night" if step == 1 else f"the last pass of every {step} nights"
    return list(reversed(list(reversed(nights.values()))[::step])), words


class Replay:
    """Rules of a configuration put to passes in their order."""

    def __init__(self, config: Config, rules: Collection[str]) -> None:
        self._config, self._rules = config, rules
        self._problems: dict[str, tuple[ProblemRecord, ...]] = {}
        self._open: dict[tuple[str, str, str], Spell] = {}
        self._closed: list[Spell] = []

    def run(self, store: Store, passes: Iterable[PassRecord], nodes: Collection[str]) -> Iterator[PassRecord]:
        """Judges each pass, and tells when it is done."""
        for number, one in enumerate(passes):
            fleet = Fleet(self._config, store, one)
            fleet.number = number
            for node in nodes:
                self._judge(fleet, node, one.started)
            yield one

    def _judge(self, fleet: Fleet, node: str, started: int) -> None:
        before = self._problems.get(node, ())
        after = tuple(one for one in fleet.lives(fleet.record(node), before) if self._is_tried(one))
        for problem in after:
            self._follow(problem, started)
        self._problems[node] = tuple(one for one in after if one.stage != "closed" or one.openings)

    def _is_tried(self, problem: ProblemRecord) -> bool:
        rule = rule_named(self._config, problem.node, problem.subject, problem.rule)
        return (rule.name if rule else problem.rule) in self._rules

    def _follow(self, problem: ProblemRecord, started: int) -> None:
        spell = self._open.get(problem.key)
        if problem.stage in _SAID:
            if spell is None or problem.level > spell.level:
                opened = spell.opened if spell else started
                self._open[problem.key] = Spell(
                    problem.node, problem.subject, problem.rule, problem.level, problem.text, problem.since, opened
                )
        elif spell is not None and problem.stage == "closed":
            del self._open[problem.key]
            self._closed.append(replace(spell, closed=started))

    def spells(self) -> list[Spell]:
        """All that would have been told, in the order in which it would have been."""
        found = [*self._closed, *self._open.values()]
        return sorted(found, key=lambda one: (one.opened, -one.level, one.node, one.subject or "", one.rule))

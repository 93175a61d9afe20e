"""The stage of a pass that judges: each node's record through the rules, what they find through its life, and what
changed into the store, all of a pass in one transaction. Twice, it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from collector.config import Config
from collector.judge import judge
from collector.judge.case import Case
from collector.judge.judged import is_judged
from collector.life.cycle import Moment, lives
from collector.life.holds import Said
from collector.store import holds, instances, problems, query
from collector.store.errors import NothingRecorded
from collector.store.past import WHOLE
from collector.store.records import NodeRecord, PassRecord, ProblemRecord
from collector.store.store import Store

MOST_VALUES = 500_000
"""About 8 MB."""
HUBS_AT_HAND = 8
"""Records of hubs kept in memory, for the nodes that are compared with them."""


def registered(config: Config, store: Store) -> Config:
    """The configuration, knowing which instances are asked now."""
    if config.instances is None:
        return config
    return config.with_instances(tuple(one.uuid for one in instances.everyone(store.db) if one.is_asked))


class Records:
    """The nodes of a configuration as of the pass `last`, by the sources that they still have, for all stages that look
    at one pass. Those are kept that together hold at most `most` numbers: memory does not grow with the fleet."""

    def __init__(self, config: Config, store: Store, last: PassRecord, most: int = MOST_VALUES) -> None:
        self.config, self.db, self.last = registered(config, store), store.db, last
        self._kept: dict[str, NodeRecord] = {}
        self._room = most

    def of(self, node: str) -> NodeRecord:
        """What is known of a node."""
        found = self._kept.get(node)
        if found is None:
            sources = {source.label for source in self.config.of(node).sources_of(node)}
            found = query.node_record(self.db, node, self.last, WHOLE).watched_by(sources)
            self._room -= sum(len(one.series.times) for of in found.subjects.values() for one in of.metrics.values())
            if self._room >= 0:
                self._kept[node] = found
        return found

    def keeps(self, node: str) -> bool:
        """Whether what is known of a node is at hand."""
        return node in self._kept


class Fleet:
    """The nodes of some records with what was wrong, and what that came to."""

    def __init__(self, config: Config, store: Store, last: PassRecord, records: Records | None = None) -> None:
        self.config, self.last = registered(config, store), last
        self.db = store.db
        self.record: Callable[[str], NodeRecord] = (records or Records(config, store, last)).of
        self._is_judged = problems.is_judged(store.db, last)
        self.number = problems.number_of(store.db, last)
        self._hub_record: Callable[[str], NodeRecord] = lru_cache(HUBS_AT_HAND)(self.record)

    def problems(self, record: NodeRecord) -> tuple[ProblemRecord, ...]:
        """What was wrong with a node: as it was judged then, or if that pass was not, as it is judged now."""
        if self._is_judged:
            return problems.of_node(self.db, record.node, self.last.started)
        return self.lives(record, problems.of_node(self.db, record.node, self.last.started - 1))

    def said(self, moment: int) -> Said:
        """What holds alarms as of a moment (UTC seconds)."""
        silent = query.silent(self.db, self.last.started)
        return Said(moment, holds.acks(self.db, moment), holds.silences(self.db, moment), silent)

    def lives(self, record: NodeRecord, before: tuple[ProblemRecord, ...]) -> tuple[ProblemRecord, ...]:
        """The problems of a node after the pass."""
        config = self.config.of(record.node)
        case = Case(config, record, self.last.started)
        found = judge(config, record, self.last.started, self._hub_record)
        now = Moment(self.last.started, self.number, (record.asked or 0) >= self.last.started)
        return tuple(lives(before, found, lambda one: is_judged(case, one.subject, one.rule, self._hub_record), now))

    def turns(self) -> Iterator[tuple[ProblemRecord, bool]]:
        """Every problem as the pass leaves it, and whether that is another than the pass before did."""
        now = Moment(self.last.started, self.number)
        for node in self.config.watched:
            before = problems.of_node(self.db, node, self.last.started - 1)
            yield from ((one, one not in before) for one in self.lives(self.record(node), before))
        for node in set(problems.nodes(self.db)) - set(self.config.watched):
            before = problems.of_node(self.db, node, self.last.started - 1)
            yield from ((one, one not in before) for one in lives(before, (), lambda _: True, now))


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging a pass found: the problems that are not as the pass before left them, and how many are alive."""

    changed: tuple[ProblemRecord, ...]
    alive: int


def last_pass(store: Store) -> PassRecord:
    """The last pass that asked anything. Raises NothingRecorded."""
    last = query.last_pass(store.db)
    if last is None:
        raise NothingRecorded(f"{store.path}: no pass has recorded anything yet; run: almanac nightly")
    return last


def judge_last(config: Config, store: Store, records: Records | None = None) -> Judged:
    """Judges the last pass, anew if it was judged before. Raises NothingRecorded, StoreError."""
    fleet = Fleet(config, store, records.last if records else last_pass(store), records)
    turns = sorted(fleet.turns(), key=lambda turn: turn[0].key)
    changed = tuple(problem for problem, is_changed in turns if is_changed)
    store.keep_problems(fleet.last, fleet.number, changed)
    return Judged(changed, sum(problem.stage in ("open", "flapping") for problem, _ in turns))

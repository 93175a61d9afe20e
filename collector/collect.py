"""The first half of a pass: every answer as it comes in is parsed and recorded, each node in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import sleep, time

from collector.config import Config, kinds
from collector.model import Answer, Fault, NodeAnswer, Outcome, Reading, printable
from collector.store import query
from collector.store.lock import PassLock
from collector.store.store import Store

UNASKED = (Outcome.UNREACHABLE, Outcome.REFUSED)


Tell = Callable[[str], None]
"""Hears one short line when a stage begins or a node has answered; silent under cron."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a pass did not get: a node, or one source of a node, with the reason."""

    node: str
    source: str | None
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What one sweep brought: how many nodes were asked and reached, how many bytes they said, and how many pieces
    of that could not be understood, and what it did not get."""

    pass_id: int
    asked: int
    reached: int
    shortfalls: tuple[Shortfall, ...]
    read: int = 0
    faults: int = 0


def alone(config: Config) -> PassLock:
    """The lock of the pass, for a stage that needs no database. Entering it raises LockHeld, StoreError."""
    return PassLock(config.site.data / "almanac.lock")


@contextmanager
def locked(config: Config) -> Iterator[Store]:
    """The open store, for the one pass that may run. Raises LockHeld, StoreError."""
    with alone(config), Store.open(config.database) as store:
        yield store


def beginning(store: Store) -> int:
    """When the pass that begins now did, UTC seconds: in a second of its own, for that is what it is known by. To be
    called under the lock of the pass."""
    while query.is_pass(store.db, started := int(time())):
        sleep(0.05)
    return started


def gather(config: Config, store: Store, started: int, answers: Iterator[NodeAnswer], tell: Tell) -> Collected:
    """The first stage: every answer recorded, lines of logs that are too old dropped, the pass ended."""
    collected = collect(config, store, started, answers, lambda answer: tell(f"{answer.node}: {answer.outcome}"))
    store.prune_lines(started - int(config.logs.keep), config.logs.most)
    store.end_pass(collected.pass_id, int(time()))
    return collected


def collect(
    config: Config, store: Store, started: int, answers: Iterable[NodeAnswer], progress: Callable[[NodeAnswer], None]
) -> Collected:
    """Records all answers as the pass that started at `started` (UTC seconds). Raises StoreError; what was recorded
    before stays, whole node by whole node."""
    pass_id = store.begin_pass(started)
    names = ("nodes", "hubs", "environments", "groups")
    store.note_names(started, {kind: getattr(config, kind) for kind in names})
    asked = reached = read = faults = 0
    shortfalls: list[Shortfall] = []
    for heard in answers:
        told = readings(config, heard)
        answer = without_void(heard, told)
        store.record(pass_id, answer, told)
        asked, reached = asked + 1, reached + (answer.outcome is Outcome.OK)
        read += sum(len(one.body) for one in answer.answers)
        faults += sum(len(one.faults) for one in told.values())
        shortfalls += shortfalls_of(answer)
        progress(answer)
    missed = tuple(sorted(shortfalls, key=lambda one: (one.node, one.source or "")))
    return Collected(pass_id, asked, reached, missed, read, faults)


def readings(config: Config, answer: NodeAnswer) -> dict[str, Reading]:
    """What each source of a node makes of its answer, by the source's name."""
    settings = {source.label: source for source in config.sources_of(answer.node)}
    return {one.source: _reading(settings[one.source], one) for one in answer.answers}


def without_void(heard: NodeAnswer, told: Mapping[str, Reading]) -> NodeAnswer:
    """The same, where what no source could make anything of counts as failed."""
    voids = {source: reading.void for source, reading in told.items() if reading.void}
    answers = (
        replace(one, outcome=Outcome.FAILED, reason=voids[one.source]) if one.source in voids else one
        for one in heard.answers
    )
    return replace(heard, answers=tuple(answers)) if voids else heard


def _reading(settings: object, answer: Answer) -> Reading:
    """A source's parser promises not to raise. One from outside may break the promise; that costs only its answer.

    Where nobody was asked there is nothing to parse: an empty body would read as an honest "nothing there".
    """
    if answer.outcome in UNASKED:
        return Reading()
    try:
        reading: Reading = kinds.find(answer.kind).parse(settings, answer)
    except Exception as error:
        reason = f"the parser of {answer.kind} failed: {type(error).__name__}: {printable(str(error))}"
        return Reading(faults=(Fault(0, "", reason),))
    return reading


def shortfalls_of(answer: NodeAnswer) -> Iterable[Shortfall]:
    """A node that was not reached is one shortfall; of a reached one, each source that did not end well."""
    if answer.outcome is not Outcome.OK:
        yield Shortfall(answer.node, None, answer.outcome, answer.reason)
        return
    for one in answer.answers:
        if one.outcome is not Outcome.OK:
            yield Shortfall(answer.node, one.source, one.outcome, one.reason)

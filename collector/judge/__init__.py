"""What is wrong, said once and in a sentence with its numbers. Pure: records in, problems out, one file a rule family.

Unknown is decided before anything is compared: what the last answer of a source did not tell is not judged anew, and
what is not known is never ok. What it did tell is judged, however it and its node ended. Each source is judged as of
its own last answer, also where later passes left it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from collector.config import KEEPER, Config
from collector.judge import backups, copies, passes, reached, repositories, rules
from collector.judge.case import Case, RecordOf, is_closed, is_retired, is_told, listings
from collector.judge.rules import forecast, in_force, thresholds
from collector.model import Level, Outcome, Problem
from collector.store.records import NodeRecord, ProblemRecord

__all__ = ["FOLLOWS", "forecast", "in_force", "judge", "levels", "selection", "thresholds"]


def judge(config: Config, record: NodeRecord, now: int, record_of: RecordOf) -> tuple[Problem, ...]:
    """The problems of one node as of `now` (UTC seconds). `record_of` gives the records of its hubs' own nodes."""
    case = Case(config, record, now)
    selected = selection(config, record)
    found = list(passes.problems(case)) if record.node == KEEPER else [*_of_node(case, selected, record_of)]
    found += rules.problems(case, selected, record_of)
    told = [problem for problem in found if rules.is_on(config, problem)]
    ruled = (_ruled(config, problem) for problem in _joined(told))
    return tuple(sorted(ruled, key=lambda one: (-one.level, one.subject or "", one.rule)))


def _of_node(case: Case, selected: frozenset[str] | None, record_of: RecordOf) -> Iterator[Problem]:
    """What is judged by rules of its own: how a node answered, its backups and their copies."""
    yield from reached.problems(case)
    yield from backups.problems(case, selected)
    yield from _undelivered(case)
    yield from _barren(case)
    yield from _copies(case, selected, record_of)
    yield from repositories.problems(case)


def _ruled(config: Config, problem: Problem) -> Problem:
    """The problem with what its rule says of how it is confirmed, and what to do."""
    rule = rules.rule_of(config, problem)
    return replace(problem, passes=rule.passes, runbook=rule.runbook) if rule else problem


FOLLOWS = {"behind": "late", "copy": "digest", "filling": "used_ratio", "inodes filling": "inodes_ratio"}
"""What one rule finds because another has: one problem, told in the words of both."""


def _joined(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems, each follower joined to what it follows from."""
    told = {(problem.subject, problem.rule): problem for problem in problems}
    followers = {followed: follower for follower, followed in FOLLOWS.items()}
    for problem in problems:
        if (problem.subject, FOLLOWS.get(problem.rule, "")) in told:
            continue
        follower = told.get((problem.subject, followers.get(problem.rule, "")))
        if follower:
            level = max(problem.level, follower.level)
            yield replace(problem, text=f"{problem.text} {follower.text}", level=level)
        else:
            yield problem


def selection(config: Config, record: NodeRecord) -> frozenset[str] | None:
    """The subjects that the `select` of the node's hubs leaves to be judged, None if none of them leaves any out."""
    if not any(config.hubs[hub].select for hub in config.hubs_of(record.node)):
        return None
    return frozenset(name for name, subject in record.subjects.items() if _is_selected(config, name, subject.hub))


def _is_selected(config: Config, name: str, hub: str | None) -> bool:
    select = config.hubs[hub].select if hub in config.hubs else ()
    return not select or name.removeprefix(f"tarball:{hub}/") in select


def _undelivered(case: Case) -> Iterator[Problem]:
    """What a hub's `select` declares and a source that answered has never shown."""
    for source in case.config.sources_of(case.record.node):
        hub = source.hub
        if source.kind != "tarballs" or hub not in case.config.hubs or not case.answered_well(source.label):
            continue
        for item in case.config.hubs[hub].select:
            name = f"tarball:{hub}/{item}"
            if name not in case.record.subjects and not is_closed(case.record, source.label, name):
                text = f"Is selected in hubs.{hub} and was never seen here."
                since = case.first_answer(source.label)
                yield Problem(case.record.node, name, "never seen", Level.CRITICAL, text, since)


def _barren(case: Case) -> Iterator[Problem]:
    """A folder of backups in which none is, and nothing closed: nothing is late or small there, and nothing is well."""
    items = [subject for name, subject in case.record.subjects.items() if name.startswith("tarball:")]
    told = {item.source for item in items if not is_retired(case.config, case.record, item)}
    told.update(folder.source for folder, _ in listings(case.record))
    for source in case.config.sources_of(case.record.node):
        select = case.config.hubs[source.hub].select if source.hub in case.config.hubs else ()
        if source.kind == "tarballs" and not select and source.label not in told and case.answered_well(source.label):
            text = f"{source.label}: no backup was found there; is it the right folder, and its layout?"
            last_seen = max((item.last_seen for item in items if item.source == source.label), default=0)
            since = last_seen or case.first_answer(source.label)
            yield Problem(case.record.node, None, f"nothing {source.label}", Level.UNKNOWN, text, since)


def _copies(case: Case, selected: frozenset[str] | None, record_of: RecordOf) -> Iterator[Problem]:
    for name in case.config.hubs_of(case.record.node):
        own = case.config.hubs[name].node
        if own is not None and own != case.record.node:
            yield from copies.problems(case, Case(case.config, record_of(own), case.now), name, selected)


def levels(record: NodeRecord, problems: Sequence[Problem | ProblemRecord]) -> dict[str | None, Level]:
    """How bad each subject is, and under None the node: the worst of its problems, or what is known of it."""
    of_node = max((problem.level for problem in problems), default=Level.OK)
    found: dict[str | None, Level] = {
        name: Level.OK if subject.present and is_told(record, subject) else Level.UNKNOWN
        for name, subject in record.subjects.items()
    }
    found[None] = of_node if record.outcome == Outcome.OK else max(of_node, Level.UNKNOWN)
    for problem in problems:
        if problem.subject is not None:
            found[problem.subject] = max(found.get(problem.subject, Level.OK), problem.level)
    return found

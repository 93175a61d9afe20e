"""What differs between two nights. Pure: the documents of both in, differences out, each one thing said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeVar

from collector.export.counts import counts
from collector.export.documents import Count, NodeDocument
from collector.export.manifest import USUAL
from collector.export.readings import Metric, ProblemDocument, StateValue, Subject
from collector.model import Level

MIB = 2**20
NOTABLE = 0.1
"""A size has changed notably if it did so by a tenth of the larger, and by a MiB at least or from or to nothing."""
SIZES = frozenset({"size", "used"})
"""Numbers of bytes that grow by themselves slowly; free memory and the like go up and down all day."""

What = Literal[
    "stopped answering",
    "answers again",
    "problem opened",
    "problem closed",
    "problem worsened",
    "problem eased",
    "new",
    "gone",
    "state",
    "size",
    "count",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: on which node and of which subject (its label), None where it is the fleet or the node as
    a whole; its name (the rule of a problem, the kind of a subject, a state, a number, a figure); how it was, and how
    it is then, None where it was not or is no more. `unit`: of what are numbers, bytes or nothing."""

    what: What
    node: str | None
    subject: str | None
    name: str
    before: str | float | None
    after: str | float | None
    unit: str = ""


Nodes = Sequence[NodeDocument]
_Value = TypeVar("_Value", Metric, StateValue)


def compare(before: Nodes, after: Nodes) -> tuple[Difference, ...]:
    """What differs between two nights: answers first, then problems, subjects, states, sizes and counts, each in the
    order of the nodes."""
    pairs = list(_pairs(before, after))
    kinds: tuple[Callable[[NodeDocument, NodeDocument], Iterable[Difference]], ...] = (
        _answers,
        _problems,
        _subjects,
        _states,
        _sizes,
    )
    found = (difference for kind in kinds for one, other in pairs for difference in kind(one, other))
    return tuple(chain(found, _counts(counts(before), counts(after))))


def _pairs(before: Nodes, after: Nodes) -> Iterator[tuple[NodeDocument, NodeDocument]]:
    """The nodes that both nights have; one configuration has the same nodes on every night."""
    then = {document.name: document for document in before}
    return ((then[document.name], document) for document in after if document.name in then)


def _answers(before: NodeDocument, after: NodeDocument) -> Iterator[Difference]:
    if before.reached and not after.reached:
        yield Difference("stopped answering", after.name, None, "outcome", before.outcome, _why(after))
    if after.reached and not before.reached:
        yield Difference("answers again", after.name, None, "outcome", _why(before), after.outcome)


def _why(document: NodeDocument) -> str:
    return f"{document.outcome}: {document.reason}" if document.reason else document.outcome


def _problems(before: NodeDocument, after: NodeDocument) -> Iterator[Difference]:
    then = {(problem.subject, problem.rule): problem for problem in (*before.hidden, *before.problems)}
    now = {(problem.subject, problem.rule): problem for problem in after.problems}
    hidden = {(problem.subject, problem.rule) for problem in after.hidden}
    closed = [key for key in then if key not in now.keys() | hidden]
    for key in [*now, *closed]:
        if what := _turn(then.get(key), now.get(key)):
            told = now.get(key) or then[key]
            yield Difference(what, told.node, told.label, told.rule, _said(then.get(key)), _said(now.get(key)))


def _turn(before: ProblemDocument | None, after: ProblemDocument | None) -> What | None:
    """What became of a problem, None if it is as bad as it was."""
    if before is None:
        return "problem opened"
    if after is None:
        return "problem closed"
    was, now = Level.of(before.level), Level.of(after.level)
    return "problem worsened" if now > was else "problem eased" if now < was else None


def _said(problem: ProblemDocument | None) -> str | None:
    return f"{problem.level}: {problem.text}" if problem else None


def _subjects(before: NodeDocument, after: NodeDocument) -> Iterator[Difference]:
    then, now = _present(before), _present(after)
    for name, subject in now.items():
        if name not in then:
            yield Difference("new", after.name, subject.label, subject.kind, None, "there")
    for name, subject in then.items():
        if name not in now:
            yield Difference("gone", after.name, subject.label, subject.kind, "there", None)


def _present(document: NodeDocument) -> dict[str, Subject]:
    return {subject.name: subject for subject in document.subjects if subject.present}


def _states(before: NodeDocument, after: NodeDocument) -> Iterator[Difference]:
    for subject, was, now in _values(before, after, lambda subject: subject.states):
        if was.value != now.value and was.value is not None and now.value is not None and now.name not in USUAL:
            yield Difference("state", after.name, subject.label, now.name, was.value, now.value)


def _sizes(before: NodeDocument, after: NodeDocument) -> Iterator[Difference]:
    for subject, was, now in _values(before, after, lambda subject: subject.metrics):
        if now.unit == "bytes" and now.name in SIZES and _is_notable(was.value, now.value):
            yield Difference("size", after.name, subject.label, now.name, was.value, now.value, now.unit)


def _is_notable(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return False
    change = abs(after - before)
    return change >= NOTABLE * max(before, after) and (change >= MIB or (0.0 in (before, after) and change > 0))


def _counts(before: Iterable[Count], after: Iterable[Count]) -> Iterator[Difference]:
    then, now = _figures(before), _figures(after)
    for name in [*then, *(name for name in now if name not in then)]:
        if then.get(name) != now.get(name):
            yield Difference("count", None, None, name, then.get(name), now.get(name), "count")


def _figures(counts: Iterable[Count]) -> dict[str, float | None]:
    """How many there are and how many stand how: `Nodes`, `Nodes reached`. Bytes are told by the sizes behind them."""
    found: dict[str, float | None] = {}
    for count in counts:
        if count.unit == "count":
            found[count.label] = count.value
            found |= {f"{count.label} {part.label}": float(part.value) for part in count.parts}
    return found


def _values(
    before: NodeDocument, after: NodeDocument, of: Callable[[Subject], Sequence[_Value]]
) -> Iterator[tuple[Subject, _Value, _Value]]:
    """Each value that both nights know of a subject, with the subject as it is then."""
    then = {subject.name: {value.name: value for value in of(subject)} for subject in before.subjects}
    for subject in after.subjects:
        for value in of(subject):
            if (was := then.get(subject.name, {}).get(value.name)) is not None:
                yield subject, was, value

"""One pass of a problem's life. Pure: what it was and what the pass says of it in, what it is then out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from collector.life.stages import FLAPPING_OPENINGS, FLAPPING_PASSES, STEADY_PASSES, TRANSITIONS, Sign
from collector.model import Level, Problem
from collector.store.records import ProblemRecord


@dataclass(frozen=True, slots=True)
class Moment:
    """A pass: when it started (UTC seconds), and its number among those judged. `asked`: whether it asked the node; one
    that did not repeats what is known and counts for nothing."""

    started: int
    number: int
    asked: bool = True


def lives(
    before: Iterable[ProblemRecord],
    findings: Iterable[Problem],
    is_judged: Callable[[ProblemRecord], bool],
    now: Moment,
) -> Iterator[ProblemRecord]:
    """The problems of a node after a pass: what they were `before` it, and what it found. `is_judged`: whether one that
    was not found would have been, if it still were."""
    found = {(one.node, one.subject or "", one.rule): one for one in findings}
    for problem in before:
        finding = found.pop(problem.key, None)
        if finding or is_judged(problem):
            yield after(problem, finding, now)
        else:
            yield problem if problem.stage == "closed" else replace(problem, known=False)
    yield from (after(_never(finding), finding, now) for finding in found.values())


def _never(finding: Problem) -> ProblemRecord:
    """A problem before it was first found."""
    return ProblemRecord(
        finding.node, finding.subject, finding.rule, "closed", True, False, Level.OK, "", 0, "", 0, 0, None, None
    )


def after(before: ProblemRecord, finding: Problem | None, now: Moment) -> ProblemRecord:
    """A problem after a pass that judged it, and found it or did not."""
    counted = replace(before, known=True, found=finding is not None, streak=_streak(before, finding, now))
    sign = _sign(counted, finding, now)
    moved = _moved(counted, replace(counted, stage=TRANSITIONS[before.stage][sign]), now)
    if finding is None:
        return moved
    return replace(moved, level=finding.level, text=finding.text, since=finding.since, runbook=finding.runbook)


def _streak(before: ProblemRecord, finding: Problem | None, now: Moment) -> int:
    if before.stage in ("open", "closed") or before.found != (finding is not None):
        return 1
    return before.streak + now.asked


def _sign(counted: ProblemRecord, finding: Problem | None, now: Moment) -> Sign:
    steady = counted.stage == "flapping" and counted.streak >= STEADY_PASSES
    if finding is None:
        return Sign.QUIET if steady else Sign.GONE
    if steady:
        return Sign.STEADY
    if counted.streak < finding.passes:
        return Sign.FOUND
    return Sign.OFTEN if len(_recent(counted, now)) >= FLAPPING_OPENINGS - 1 else Sign.ENOUGH


def _recent(problem: ProblemRecord, now: Moment) -> tuple[int, ...]:
    return tuple(number for number in problem.openings if now.number - number < FLAPPING_PASSES)


def _moved(before: ProblemRecord, to: ProblemRecord, now: Moment) -> ProblemRecord:
    """What a stage brings with it when a problem comes into it, or stays."""
    if to.stage == "closed":
        return replace(to, streak=0, closed=before.closed if before.stage == "closed" else now.started)
    if before.stage == "closed":
        to = replace(to, opened=now.started, confirmed=None, closed=None)
    if to.stage != "pending" and before.stage in ("closed", "pending"):
        to = replace(to, confirmed=now.started, openings=(*_recent(before, now), now.number))
    if to.stage == "flapping" and before.stage != "flapping":
        return replace(to, streak=1)
    return replace(to, streak=0) if to.stage == "open" else to

"""A result for each process: what it was found to be afterwards, not what was asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collector.config import Config
from collector.control.acting import refusals
from collector.control.found import Process, found, within
from collector.control.plan import Step
from collector.life.uptime import UP
from collector.model import Answer, Outcome
from collector.question import Heard, answer

End = Literal["done", "nothing to do", "failed", "not known"]
_BROKEN_OFF = frozenset({Outcome.TIMED_OUT, Outcome.TOO_LONG, Outcome.CUT_OFF})
_BEGUN = re.compile(rb"^@(called|acted)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one step. now: the state afterwards, empty if it was not told. text: why, for people."""

    step: Step
    end: End
    now: str
    text: str = ""

    @property
    def is_well(self) -> bool:
        """Whether it is as wanted."""
        return self.end in ("done", "nothing to do")


def results(config: Config, heard: Heard, steps: Sequence[Step]) -> tuple[Result, ...]:
    """What came of a node's steps, in their order. A node that was never asked has changed nothing; of one that was cut
    off in the middle it is not known what it did."""
    told = answer(config, heard)
    by_source = {one.source: one for one in told.answers}
    why = "; ".join(found(config, told).failures) or told.reason
    return tuple(result(step, _heard_of(step, by_source[step.process.source], steps, why)) for step in steps)


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What was heard of a process after its step: its state, None if it was not told; what its keeper said against the
    step; why nothing was told; and whether the step may have been done all the same."""

    process: Process | None
    refusal: str = ""
    why: str = ""
    may_be_done: bool = False


def _heard_of(step: Step, told: Answer, steps: Sequence[Step], why: str) -> Afterwards:
    full = step.process.full
    process = next((one for one in within(told) if one.full == full), None)
    refusal = refusals(told, [one for one in steps if one.process.source == told.source]).get(full, "")
    return Afterwards(process, refusal, why, told.outcome in _BROKEN_OFF or _BEGUN.search(told.body) is not None)


def result(step: Step, heard: Afterwards) -> Result:
    """What came of a step, by the state afterwards and by what its keeper said against it."""
    after = heard.process
    if after is None:
        known = bool(heard.refusal) or not heard.why or not heard.may_be_done
        text = heard.refusal or heard.why or "its keeper no longer has it"
        return Result(step, "failed" if known else "not known", "", text)
    if _is_as_wanted(step, after, heard.refusal):
        text = after.detail if after.state == "EXITED" else ""
        return Result(step, "nothing to do" if step.is_idle else "done", after.state, text)
    return Result(step, "failed", after.state, _why(step, after, heard.refusal))


def _is_as_wanted(step: Step, after: Process, refusal: str) -> bool:
    if step.action == "stop":
        return not after.is_running and after.state not in ("STOPPING", "deactivating", "UNKNOWN")
    if not step.start:
        return after.state in UP
    if after.state in UP:
        return _is_anew(step.process, after)
    return _has_run(after) and not refusal


def _is_anew(before: Process, after: Process) -> bool:
    """Whether it was started since: the clock of the node has moved on, or another process runs."""
    if before.began is None or after.began is None:
        return True
    return after.began > before.began or after.pid != before.pid


def _has_run(after: Process) -> bool:
    """Whether it was started, did what it had to do and ended as it should."""
    if after.keeper == "systemd":
        return after.state == "inactive" and after.detail == "dead"
    return after.state == "EXITED" and not after.spawn_error


def _why(step: Step, after: Process, refusal: str) -> str:
    words = [refusal, after.detail if after.detail not in refusal else ""]
    if after.state in ("STOPPING", "deactivating"):
        words.append("it has not ended yet; its keeper kills it in the end, or wait longer with --timeout")
    elif step.start and after.state in UP and not _is_anew(step.process, after):
        words.append("the same process still runs")
    return "; ".join(filter(None, words)) or f"is {after.state}"

"""What a pass tells of itself, as a source tells of a node. Pure.

    pass:nightly     asked, reached (nodes), read (bytes of all answers), faults; where there is an [intake], instances
                     waiting for approval; of the pass before: duration, and the states end (whole, broken, killed) and
                     ping (answered, failed)
    stage:NAME       duration: of collecting that of this pass, of all others that of the pass before

A number is of the time at which its pass began. How long this pass takes is known when it has ended, to the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from collector.collect import Collected
from collector.config import KEEPER
from collector.model import Answer, NodeAnswer, Observation, Outcome, Reading, State
from collector.store.spent import Spent, Stage
from collector.wording import moment

SOURCE = "pass"
"""Name and kind of the one source of the pass itself."""
SUBJECT = "pass:nightly"
COLLECTING = "collecting"


def answer(started: int, took: float) -> NodeAnswer:
    """The pass as a node that answered when it was asked (UTC seconds), after so many seconds."""
    told = Answer(KEEPER, SOURCE, SOURCE, started, Outcome.OK, took=took, status=0)
    return NodeAnswer(KEEPER, started, Outcome.OK, took=took, answers=(told,))


def reading(collected: Collected, started: int, took: float, before: Spent | None, zone: ZoneInfo) -> Reading:
    """All that is known once every node has answered; `took`: seconds that it took to ask them."""
    counts = {"asked": collected.asked, "reached": collected.reached, "faults": collected.faults}
    now = [Observation(SUBJECT, name, started, float(count), "count") for name, count in counts.items()]
    now.append(Observation(SUBJECT, "read", started, float(collected.read), "bytes"))
    now.append(_duration(f"stage:{COLLECTING}", started, took))
    past = _durations(before) if before else ()
    return Reading((*now, *past), tuple(_states(before, zone)) if before else ())


def with_waiting(told: Reading, started: int, number: int) -> Reading:
    """The same, and how many instances wait for approval."""
    waiting = Observation(SUBJECT, "waiting", started, float(number), "count")
    return replace(told, observations=(*told.observations, waiting))


def _duration(subject: str, time: int, took: float) -> Observation:
    return Observation(subject, "duration", time, round(took, 3), "seconds")


def _durations(before: Spent) -> Iterator[Observation]:
    """How long a pass and its stages took, of those that ended well: what broke took no time that says anything."""
    whole = [(SUBJECT, before.whole)]
    stages = [(f"stage:{one.name}", one) for one in before.stages if one.name != COLLECTING]
    for subject, one in [*whole, *stages]:
        if one.took is not None and not one.reason:
            yield _duration(subject, before.started, one.took)


def _states(before: Spent, zone: ZoneInfo) -> Iterator[State]:
    yield State(SUBJECT, "end", before.started, *_end(before, zone))
    if before.ping is not None:
        yield State(SUBJECT, "ping", before.started, "failed" if before.ping else "answered", before.ping)


def _end(before: Spent, zone: ZoneInfo) -> tuple[str, str]:
    """How a pass ended, in a word and a sentence."""
    which = f"The pass of {moment(before.started, zone)}"
    if before.whole.took is None:
        where = _last(before.stages)
        return "killed", f"{which} did not end: it was killed{where}, or its machine went down."
    if before.whole.reason:
        return "broken", f"{which} broke{_last(before.stages)}: {before.whole.reason}"
    return "whole", ""


def _last(stages: tuple[Stage, ...]) -> str:
    """The stage in which it ended; what ended well was not it."""
    last = stages[-1] if stages else None
    return f" while {last.name}" if last and (last.took is None or last.reason) else ""

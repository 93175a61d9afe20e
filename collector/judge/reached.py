"""Nodes that did not answer, sources that did not end well, clocks that go wrong."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config import NODE
from collector.judge.case import Case, began
from collector.model import Level, Outcome, Problem
from collector.wording import amount, moment, sentence

SILENT = "silent"
"""A node that does not answer, whatever the reason: that may change from pass to pass, and it is the same outage."""
MOST_LEFT_OUT = 1.5
"""In times between passes: a pass by hand for one node makes no other look forgotten."""


def problems(case: Case) -> Iterator[Problem]:
    """A node that did not answer is one problem; of one that did, each source that failed."""
    record = case.record
    if record.outcome != Outcome.OK:
        yield from _silent(case)
        return
    for name, source in record.sources.items():
        if source.last.outcome != Outcome.OK:
            text = sentence(f"{name}: {source.last.outcome}: {source.last.reason}")
            since = source.failing_since if source.failing_since is not None else source.last.asked
            yield Problem(record.node, None, f"source {name}", _level(case, "source", case.now - since), text, since)
    yield from _left_out(case)
    yield from _clock(case)


def _level(case: Case, rule: str, lasted: float) -> Level:
    """How bad it is that something has lasted, by the limits of a rule: unknown before it reaches any."""
    in_force = case.config.rulebook.named(rule, case.config.place(case.record.node), NODE)
    limits = in_force.limits if in_force else ()
    return next((level for level, limit in limits if lasted >= limit.value), Level.UNKNOWN)


def _clock(case: Case) -> Iterator[Problem]:
    """Stamps and ages are worth nothing on a clock that is far off."""
    skew, skews = case.record.skew, case.record.skews
    if skew is None or _level(case, "clock", abs(skew)) == Level.UNKNOWN:
        return
    way = "ahead of" if skew > 0 else "behind"
    text = f"Its clock is {amount(abs(skew), 'seconds')} {way} ours; set it, or its times mislead."
    since = began(skews, lambda one: _level(case, "clock", abs(one)) > Level.UNKNOWN) if skews.times else case.now
    yield Problem(case.record.node, None, "clock", _level(case, "clock", abs(skew)), text, since)


def _left_out(case: Case) -> Iterator[Problem]:
    """What is known of a node that passes leave out grows old, though nobody asked it in vain."""
    asked, every = case.record.asked, int(case.config.site.every)
    if asked is not None and case.now - asked > MOST_LEFT_OUT * every:
        text = f"The passes since {moment(asked, case.zone)} have not asked it; what is told of it is as old."
        yield Problem(case.record.node, None, "not asked", Level.UNKNOWN, text, asked + every)


def _silent(case: Case) -> Iterator[Problem]:
    record = case.record
    if record.asked is None:
        yield Problem(case.record.node, None, "never asked", Level.UNKNOWN, "No pass has asked it yet.", case.now)
        return
    since = record.failing_since if record.failing_since is not None else record.asked
    level = _level(case, "silent", case.now - since)
    if any(
        source.last.asked == record.asked and source.last.outcome == Outcome.OK for source in record.sources.values()
    ):
        text = sentence(f"Did not answer whole: {record.reason}")
    elif record.answered is None:
        text = sentence(f"Has never answered: {record.reason}")
    else:
        text = sentence(f"Does not answer: {record.reason}")
        text += f" Its values are of {moment(record.answered, case.zone)}."
    yield Problem(case.record.node, None, SILENT, level, text, since)

"""`rule = "ratio"`: a number against the same one of the same subject elsewhere, on the hub or on another node."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.case import Case
from collector.judge.look import Found, Look
from collector.model import Level
from collector.wording import amount


def judged(look: Look) -> Iterator[Found]:
    """A number that is too small a part of its sibling, or too many times it. A limit below 100 % is the least that is
    well, one above it the most."""
    rule, subject = look.rule, look.watched
    there, value = _there(look), look.case.value(subject, rule.metric)
    if there is None or value is None:
        return
    other = there.record.subjects.get(subject.name)
    their = there.value(other, rule.metric) if other is not None and other.present else None
    if not their:
        return
    if (level := _level(look, value / their)) > Level.OK:
        track = subject.metrics[rule.metric]
        share = f"{amount(value / their, 'ratio')} of {amount(their, track.unit)} on {there.record.node}"
        text = f"{rule.metric} is {amount(value, track.unit)}, {share}."
        yield Found(level, text, track.series.times[-1], subject.name)


def is_comparable(look: Look) -> bool:
    """Whether it is known what the sibling has of this: a number, or nothing."""
    there = _there(look)
    if there is None:
        return True
    other = there.record.subjects.get(look.watched.name)
    if other is None:
        return all(map(there.answered_well, there.record.sources))
    return there.value(other, look.rule.metric) is not None if other.present else there.answered_well(other.source)


def _there(look: Look) -> Case | None:
    """The node to compare with, None where that is the node itself, or none is watched."""
    hub = look.case.config.hubs.get(look.watched.hub or "")
    node = look.rule.sibling or (hub.node if hub else None)
    if node is None or node == look.case.record.node:
        return None
    return Case(look.case.config, look.record_of(node), look.case.now)


def _level(look: Look, ratio: float) -> Level:
    for level, limit in look.rule.limits:
        if ratio < limit.value if limit.value < 1 else ratio > limit.value:
            return level
    return Level.OK

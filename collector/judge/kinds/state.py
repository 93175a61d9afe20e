"""`rule = "state"`: a word is one of the bad ones, or none of the wanted."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.look import Found, Look
from collector.model import Level
from collector.store.records import StateRecord

NOUNS = {"vm": "VM", "clusternode": "Node of the cluster"}
"""Kinds of subjects that sentences call by another name."""


def judged(look: Look) -> Iterator[Found]:
    """A state that is not as it should be."""
    subject, rule = look.watched, look.rule
    state = look.case.state(subject, rule.state)
    if state is None:
        return
    level = _level(look, state)
    if level > Level.OK:
        detail = f": {state.detail.removesuffix('.')}" if state.detail else ""
        wanted = f", not {' or '.join(rule.wanted)}" if rule.wanted else ""
        kind = subject.name.partition(":")[0]
        what = NOUNS.get(kind, kind.capitalize()) if rule.state == "state" else rule.state.capitalize()
        text = f"{what} is {state.value}{wanted}{detail}{look.lasting(state.since)}."
        yield Found(level, text, state.since, subject.name)


def _level(look: Look, state: StateRecord) -> Level:
    rule = look.rule
    if state.value in rule.wanted:
        return Level.OK
    excuse = rule.excused.get(state.value)
    level = rule.words.get(state.value, rule.level if rule.wanted else Level.OK)
    return Level.OK if excuse and look.case.value(look.watched, excuse) == 0 else level

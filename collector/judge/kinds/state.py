"""`rule = "state"`: a word is one of the bad ones, or none of the wanted."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.look import Found, Look
from collector.model import Level
from collector.store.records import StateRecord

NOUNS = {"vm": "VM", "clusternode": "Node of the cluster"}
"""Kinds of subjects that sentences call by another name."""
STATE = "state"
"""The word that tells how a whole subject stands."""
UNKNOWN = (STATE, Level.UNKNOWN.word)
"""What a source says of a subject that it can't tell: no harm, and not well, unless a rule says how bad it is."""


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
        text = f"{_what(look, level)} is {state.value}{wanted}{detail}{look.lasting(state.since)}."
        yield Found(level, text, state.since, subject.name)


def _what(look: Look, level: Level) -> str:
    """The subject; its state if that is what is not known."""
    kind = look.watched.name.partition(":")[0]
    is_of_all = look.rule.state == STATE and level > Level.UNKNOWN
    return NOUNS.get(kind, kind.capitalize()) if is_of_all else look.rule.state.capitalize()


def _level(look: Look, state: StateRecord) -> Level:
    rule = look.rule
    if state.value in rule.wanted:
        return Level.OK
    excuse = rule.excused.get(state.value)
    other = Level.UNKNOWN if (rule.state, state.value) == UNKNOWN else Level.OK
    level = rule.words.get(state.value, rule.level if rule.wanted else other)
    return Level.OK if excuse and look.case.value(look.watched, excuse) == 0 else level

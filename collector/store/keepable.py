"""What of a reading can be kept. A source promises values that can; one from outside may break that promise, which
must cost only the value, never the node's whole transaction, nor every export after it. Pure, and never raises."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import TypeVar, get_args

from collector.model import Event, Excerpt, Fault, Observation, Reading, State, Unit, printable

LAST_TIME = 253_402_300_799
"""The end of the year 9999, UTC. What lies beyond can't be told as a date."""
MOST_FAULTS = 200
MOST_TEXT = 200_000
"""Characters of an excerpt."""
UNITS: tuple[str, ...] = get_args(Unit)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading that can be recorded as it is, and all subjects it saw, also those of which nothing can be kept."""

    reading: Reading = field(default_factory=Reading)
    seen: frozenset[str] = frozenset()


def keepable(reading: Reading) -> Kept:
    """The reading with all text made printable. What is no number, no time or no text is left out, and told as a
    Fault with the reason. Of several values for one thing at one time, and of several words for one, the last counts.
    """
    if not isinstance(reading, Reading):
        wrong = f"its parser gave a {type(reading).__name__} instead of a Reading"
        return Kept(Reading(faults=(Fault(0, "", wrong),)))
    faults: list[Fault] = []
    numbers = {(one.subject, one.metric, one.time): one for one in _sifted(reading.observations, _observation, faults)}
    words = {(one.subject, one.metric): one for one in _sifted(reading.states, _state, faults)}
    kept = Reading(
        observations=tuple(numbers.values()),
        states=tuple(words.values()),
        events=_sifted(reading.events, _event, faults),
        lines=_sifted(reading.lines, _event, faults),
        excerpts=_sifted(reading.excerpts, _excerpt, faults),
        cursor=dict(_sifted(reading.cursor.items(), _place, faults)),
        faults=_limited([*_sifted(reading.faults, _fault, faults), *faults]),
    )
    told = (getattr(one, "subject", None) for one in (*reading.observations, *reading.states))
    return Kept(kept, frozenset(printable(name) for name in told if isinstance(name, str)))


def _sifted(values: Iterable[_T], keep: Callable[[_T], _T], faults: list[Fault]) -> tuple[_T, ...]:
    kept = []
    for value in values:
        try:
            kept.append(keep(value))
        except (AttributeError, TypeError, ValueError, OverflowError) as error:
            faults.append(Fault(0, _named(value), printable(f"can't be recorded: {error}")))
    return tuple(kept)


def _named(value: object) -> str:
    """What a value is of, as far as it says."""
    words = (getattr(value, name, None) for name in ("subject", "metric"))
    return " ".join(printable(word) for word in words if isinstance(word, str))


def _observation(one: Observation) -> Observation:
    return Observation(_text(one.subject), _text(one.metric), _time(one.time), _number(one.value), _unit(one.unit))


def _state(one: State) -> State:
    return State(_text(one.subject), _text(one.metric), _time(one.time), _text(one.value), _text(one.detail))


def _event(one: Event) -> Event:
    return Event(_text(one.subject), _time(one.time), _text(one.level), _text(one.text))


def _excerpt(one: Excerpt) -> Excerpt:
    lines = "\n".join(map(_text, one.text.split("\n")))
    return Excerpt(_text(one.subject), _text(one.stream), lines[:MOST_TEXT])


def _fault(one: Fault) -> Fault:
    return Fault(one.line if 0 <= one.line <= LAST_TIME else 0, _text(one.text), _text(one.reason))


def _place(one: tuple[str, str]) -> tuple[str, str]:
    if not all(isinstance(word, str) and word.isprintable() for word in one):
        raise TypeError(f"its cursor {one!r:.100} is no printable text")
    return one


def _text(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"{type(text).__name__} where a text belongs")
    return printable(text)


def _unit(unit: Unit) -> Unit:
    if unit not in UNITS:
        raise ValueError(f"its unit is none of {', '.join(UNITS)}")
    return unit


def _time(time: int) -> int:
    if not isinstance(time, int) or not 0 <= time <= LAST_TIME:
        raise ValueError("its time is no whole second between 1970 and 9999")
    return time


def _number(value: float) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{number} is no number")
    return number


def _limited(faults: list[Fault]) -> tuple[Fault, ...]:
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return tuple(faults)
    return (*faults[:MOST_FAULTS], Fault(0, "", f"and {more} more that are not told one by one"))

"""Any command that prints a number, `key=value` lines or a JSON object.

    command:NAME    each number that it prints, by its key; a bare number is `value`. Each word is a state.

What a command prints, and this takes:

    12.5                          one number: `value`
    queue=12                      a line for each key; what is no number is a state, lines without `=` are faults
    mode=standby
    {"queue": 12, "disk": {"free": 5}}    an object of JSON (RFC 8259): `queue` and `disk.free`; null is not told

Numbers are in the base units that `units` names, such as bytes or seconds; what it does not name is a count. Of a
command that fails, is cut off or prints too much, nothing is taken: it may have meant something else.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from collector.config import SourceSettings
from collector.model import Answer, Fault, Observation, Outcome, Reading, State, Unit, printable

MOST_VALUES = 200
_LONGEST_WORD = 200
_DEEPEST = 10
_KEY = r"^[A-Za-z_][A-Za-z0-9_.\-]{0,99}$"
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_BARE = "value"

Key = Annotated[str, StringConstraints(pattern=_KEY)]
Value = tuple[str, float | str]
"""A key, and its number or its word."""


class Settings(SourceSettings):
    """`kind = "command"`: what is run, and of what its numbers are."""

    command: Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00]*$")] = Field(
        description="the shell text that is run on the node, such as \"mailq | grep -c '^[A-F0-9]'\""
    )
    unit: Unit | None = Field(None, description="of what a bare number is, such as bytes or seconds; else a count")
    units: dict[Key, Unit] = Field(default_factory=dict, description="the unit of each number, by its key")
    states: tuple[Key, ...] = Field((), description="the keys that are words and that rules judge")

    @model_validator(mode="after")
    def _named(self) -> Self:
        """Raises ValueError for what has no name of its own, and for a key of which two things are said."""
        if self.name is None:
            raise ValueError('name is missing; write what the command tells of, as name = "queue"')
        both = [key for key in self.states if key in self.tells]
        if both:
            raise ValueError(f'"{both[0]}" is a number in units and a word in states; remove it from one of the two')
        if self.unit is not None and self.units:
            raise ValueError(f'unit is for a bare number, units is for keys; write {_BARE} = "{self.unit}" in units')
        return self

    @property
    def tells(self) -> dict[str, Unit]:
        """The numbers that rules may judge, with their units."""
        return self.units or {_BARE: self.unit or "count"}

    @property
    def says(self) -> tuple[str, ...]:
        """The words that rules may judge."""
        return self.states


def probe(settings: Settings) -> str:
    """The sh text: the command as it stands, in a shell that forgives variables without a value as people's own do."""
    return f"set +u\n{settings.command}\n"


def parse(settings: Settings, answer: Answer) -> Reading:
    """What the command printed. Never raises."""
    if answer.outcome is not Outcome.OK:
        return Reading()
    faults: list[Fault] = []
    found = dict(_values(answer.body.decode("utf-8", "backslashreplace"), faults))
    if len(found) > MOST_VALUES:
        faults.append(Fault(0, "", f"prints {len(found)} values; only the first {MOST_VALUES} are kept"))
    if not answer.body.strip():
        faults.append(Fault(0, "", "printed nothing; let it print a number, key=value lines or JSON"))
    subject, asked, units = f"command:{settings.name}", answer.asked, settings.tells
    kept = [(key, value) for key, value in list(found.items())[:MOST_VALUES] if _fits(settings, key, value, faults)]
    return Reading(
        observations=tuple(
            Observation(subject, key, asked, value, units.get(key, "count"))
            for key, value in kept
            if isinstance(value, float)
        ),
        states=tuple(State(subject, key, asked, value) for key, value in kept if isinstance(value, str)),
        faults=tuple(faults),
    )


def _fits(settings: Settings, key: str, value: float | str, faults: list[Fault]) -> bool:
    """Whether it is what almanac.toml says it is: else a rule would wait for ever for what comes by another kind."""
    if key in settings.units and isinstance(value, str):
        _note(faults, 0, f"{key}={value}", "a word, but almanac.toml has a unit for it; let it print the bare number")
        return False
    if key in settings.states and isinstance(value, float):
        _note(faults, 0, f"{key}={value:g}", "a number, but almanac.toml has it in states; give it a unit instead")
        return False
    return True


def _values(text: str, faults: list[Fault]) -> Iterator[Value]:
    whole = text.strip()
    if whole.startswith(("{", "[")):
        return _of_json(whole, faults)
    if _NUMBER.fullmatch(whole):
        return iter([(_BARE, float(whole))])
    return _of_lines(text, faults)


def _of_lines(text: str, faults: list[Fault]) -> Iterator[Value]:
    for number, line in enumerate(text.splitlines(), 1):
        key, sign, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not sign or not re.match(_KEY, key):
            _note(faults, number, line, "not key=value, with a key of letters, digits, dots, dashes and underscores")
        elif not value:
            _note(faults, number, line, "has no value")
        elif _NUMBER.fullmatch(value):
            yield from _number(key, float(value), faults, number)
        else:
            yield key, printable(value[:_LONGEST_WORD])


def _of_json(text: str, faults: list[Fault]) -> Iterator[Value]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply, or a number too long"
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        return _note(faults, line, text, f"no JSON: {reason}")
    if not isinstance(read, dict):
        return _note(faults, 1, text, 'JSON, but no object; let it print one such as {"queue": 12}')
    return within("", read, faults)


def within(path: str, value: object, faults: list[Fault]) -> Iterator[Value]:
    """The numbers and words in a value of JSON, each by its path. Never raises; what can't be told is a fault."""
    match value:
        case dict() | list() if path.count(".") >= _DEEPEST:
            _note(faults, 0, path, f"nested more than {_DEEPEST} deep")
        case dict() | list():
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            for key, one in inner:
                yield from within(f"{path}.{key}" if path else str(key), one, faults)
        case None:
            return
        case _ if not re.match(_KEY, path):
            _note(faults, 0, path, "no key: letters, digits, dots, dashes and underscores, 100 at most")
        case bool():
            yield path, "true" if value else "false"
        case int() | float():
            yield from _number(path, value, faults, 0)
        case str() if value:
            yield path, printable(value[:_LONGEST_WORD])


def _number(key: str, value: float, faults: list[Fault], line: int) -> Iterator[Value]:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isfinite(number):
        yield key, number
    else:
        _note(faults, line, key, "no finite number")


def _note(faults: list[Fault], line: int, text: str, reason: str) -> Iterator[Value]:
    """Notes a fault, as long as there are not too many; no values."""
    if len(faults) < MOST_VALUES:
        faults.append(Fault(line, printable(text[:_LONGEST_WORD]), reason))
    return iter(())

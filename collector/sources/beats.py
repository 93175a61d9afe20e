"""Signs of life of what can't be asked, such as a microcontroller behind NAT: requests to a web server.

    device:NAME     the state `heard` or `silent`; `age` of the last beat, `rhythm` of the last ones, how many are
                    `missed`, and each number that a beat carried, at its time

A beat is one HTTP request to the secret address /beat/SECRET, with readings in its query if there are any:
`?temperature=21.5&battery=3.7`. The web server answers 204 and writes a line into a log of such requests alone, in the
format that Apache and nginx call `combined`, or in `common`:

    192.0.2.7 - - [25/Nov/2026:23:10:30 +0000] "GET /beat/SECRET?temperature=21.5 HTTP/1.1" 204 0 "-" "esp32"

The log and the one before it (LOG.1, or the last LOG-DATE, as logrotate names it) are read whole each time, so that
rotation loses nothing; a beat that is told again is the same observation. What is sent on from there is the time and
the query of each beat, and never the secret. Both are whatever somebody who knows the secret has written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from shlex import quote
from statistics import median
from typing import Annotated, Self
from urllib.parse import unquote_plus

from pydantic import Field, SecretStr, StringConstraints, model_validator

from collector.config import SourceSettings
from collector.config.values import Seconds
from collector.model import Answer, Fault, Observation, Outcome, Reading, State, Unit, printable

MOST_BEATS = 5_000
MOST_READINGS = 20
OWN: dict[str, Unit] = {"age": "seconds", "rhythm": "seconds", "missed": "count"}
"""The numbers that are made of the beats themselves."""

_LEARNT_FROM = 50
_FEWEST_GAPS = 3
_AHEAD = 60  # seconds that the web server's clock may run ahead of the one that asks
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,100}")
_KEY = r"^[a-z][a-z0-9_]{0,39}$"
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_LINE = re.compile(r"(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}) ?(.*)", re.ASCII)
_ON_NODE = r"""
[ -r "$log" ] || { echo "$log can't be read; is it there, and is this user in its group?" >&2; exit 1; }
set -- "$log"
for old in "$log.1" "$log"-[0-9]*[0-9]; do [ ! -r "$old" ] || set -- "$old" "$log"; done
secret=$secret awk '
BEGIN { mark = " /beat/" ENVIRON["secret"] }
{
    at = index($0, mark)
    if (!at || !match($0, /\[[0-9][^]]*\] "/)) next
    time = substr($0, RSTART + 1, RLENGTH - 4)
    rest = substr($0, at + length(mark))
    first = substr(rest, 1, 1)
    if (first != " " && first != "?") next
    sub(/ .*/, "", rest)
    print time " " substr(rest, 2, 2000)
}' "$@" | tail -n "$most"
"""

Key = Annotated[str, StringConstraints(pattern=_KEY)]


class Settings(SourceSettings):
    """`kind = "beats"`: by what address it is heard, and how often it should be."""

    secret: SecretStr = Field(description='the word after /beat/ in its address; "$NAME" takes it from the environment')
    log: Annotated[str, StringConstraints(pattern=r"^/[^\x00]*$")] = Field(
        "/var/log/nginx/almanac-beats.log", description="the web server's log of beats, on the node that is asked"
    )
    every: Seconds | None = Field(None, description="how often it beats; else learnt from the last beats")
    units: dict[Key, Unit] = Field(
        default_factory=dict, description="the unit of each reading, by its key; else a count"
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        """Raises ValueError for a secret that is none, and for readings called as our own numbers are."""
        if not _SECRET.fullmatch(self.secret.get_secret_value()):
            raise ValueError("secret must be 16 to 100 letters, digits, - and _; make one with: openssl rand -hex 16")
        if own := [key for key in self.units if key in OWN]:
            raise ValueError(f'"{own[0]}" is told of the beats themselves; call the reading something else')
        return self

    @property
    def tells(self) -> dict[str, Unit]:
        """The readings that rules may judge, with their units."""
        return self.units


@dataclass(frozen=True, slots=True)
class Beat:
    """One request. time: UTC seconds.   query: as it came."""

    time: int
    query: str


def probe(settings: Settings) -> str:
    """The sh text that tells the last beats, a line each: time and query. The secret stands in no command line."""
    values = {"log": settings.log, "secret": settings.secret.get_secret_value(), "most": str(MOST_BEATS)}
    return "\n".join([*(f"{name}={quote(value)}" for name, value in values.items()), _ON_NODE])


def parse(settings: Settings, answer: Answer) -> Reading:
    """What the beats tell. Never raises."""
    if answer.outcome is not Outcome.OK:
        return Reading()
    faults: list[Fault] = []
    subject, asked = f"device:{settings.name or 'beats'}", answer.asked
    beats = sorted(_beats(answer.body.decode("utf-8", "backslashreplace"), asked, faults), key=lambda beat: beat.time)
    if not beats:
        return Reading(states=(State(subject, "state", asked, "silent", "no beat in the log"),), faults=tuple(faults))
    numbers = [Observation(subject, key, asked, value, OWN[key]) for key, value in _own(settings, beats, asked)]
    for beat in beats:
        told = faults if beat is beats[-1] else []  # of older ones it was told when they were the last
        numbers += [
            Observation(subject, key, beat.time, value, settings.units.get(key, "count"))
            for key, value in readings(beat.query, told)
        ]
    return Reading(tuple(numbers), (State(subject, "state", asked, "heard"),), faults=tuple(faults))


def _beats(text: str, asked: int, faults: list[Fault]) -> Iterator[Beat]:
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.fullmatch(line)
        try:
            time = int(datetime.strptime(found[1], "%d/%b/%Y:%H:%M:%S %z").timestamp()) if found else None
        except ValueError:
            time = None
        if found is None or time is None:
            faults.append(Fault(number, printable(line[:200]), "not a line of a log in the format combined"))
        elif 0 <= time <= asked + _AHEAD:
            yield Beat(time, found[2])


def _own(settings: Settings, beats: Sequence[Beat], asked: int) -> Iterator[tuple[str, float]]:
    """Age of the last beat, rhythm of the last ones, and how many are missed by what is declared, or learnt."""
    age = max(0, asked - beats[-1].time)
    yield "age", float(age)
    times = sorted({beat.time for beat in beats})[-_LEARNT_FROM:]
    gaps = [after - before for before, after in pairwise(times)]
    rhythm = float(median(gaps)) if len(gaps) >= _FEWEST_GAPS else None
    if rhythm is not None:
        yield "rhythm", rhythm
    if period := settings.every or rhythm:
        yield "missed", float(age // period)


def readings(query: str, faults: list[Fault]) -> Iterator[tuple[str, float]]:
    """The numbers in a query, the last of each key; what is none is a fault."""
    found: dict[str, float] = {}
    for part in query.split("&") if query else ():
        key, _, value = (unquote_plus(one) for one in part.partition("="))
        if reason := _unfit(key, value):
            faults.append(Fault(0, printable(part[:200]), reason))
        elif len(found) < MOST_READINGS or key in found:
            found[key] = float(value)
        else:
            faults.append(Fault(0, printable(key), f"a beat carries {MOST_READINGS} readings at most"))
    yield from found.items()


def _unfit(key: str, value: str) -> str:
    """Why it is no reading, empty if it is one."""
    if not re.match(_KEY, key):
        return "its key is not made of lower-case letters, digits and underscores, 40 at most"
    if key in OWN:
        return "is told of the beats themselves; the device must call its reading something else"
    if not _NUMBER.fullmatch(value) or not math.isfinite(float(value)):
        return "is no number"
    return ""

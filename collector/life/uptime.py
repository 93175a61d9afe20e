"""How long something was up within a month, from what passes found. Pure.

What a pass found holds until the next one asked, and no longer than one and a half times the time between passes: then
it is not known, and unknown time is neither up nor down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.days import day_of, midnight
from collector.life.windows import NoTime
from collector.model import Outcome
from collector.store.history import FINISHED

HOLDS = 1.5
"""In times between passes."""
UP = frozenset({"RUNNING", "active", "reloading"})
NEITHER = frozenset({"UNKNOWN", "not-found", FINISHED})
"""What is not known, or has done its work: no time of it counts."""
NODE_DOWN = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT})
"""One that refuses our login is there, and so is one whose answer was cut; whether it is well is not known."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds of a month, up to the last pass of which is told."""

    up: int
    down: int
    unknown: int

    @property
    def ratio(self) -> float | None:
        """The share of the known time that it was up, None if nothing is known."""
        return self.up / (self.up + self.down) if self.up + self.down else None


def node_is_up(outcome: str | None) -> bool | None:
    """Whether a node was up whose asking ended so, None if that does not tell."""
    return True if outcome == Outcome.OK else False if outcome in NODE_DOWN else None


def is_up(state: str | None) -> bool | None:
    """Whether a process or unit was up in a state, None if that does not tell."""
    return None if state is None or state in NEITHER else state in UP


def uptime(points: Sequence[tuple[int, bool | None]], span: tuple[int, int], every: float) -> Uptime:
    """The time within a span by what was found at its points (UTC seconds, ascending; also the last before it)."""
    first, last = span
    seconds = {True: 0, False: 0}
    for (time, found), (following, _) in pairwise([*points, (last, None)]):
        if found is not None:
            held = min(following, time + int(HOLDS * every), last) - max(time, first)
            seconds[found] += max(0, held)
    return Uptime(seconds[True], seconds[False], last - first - sum(seconds.values()))


def together(some: Iterable[Uptime]) -> Uptime:
    """Several, such as the nodes of an environment, as one: their times added up."""
    every = list(some)
    return Uptime(sum(one.up for one in every), sum(one.down for one in every), sum(one.unknown for one in every))


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a zone: its name, `2026-11`, and its span up to a time (UTC seconds)."""

    name: str
    span: tuple[int, int]


def month(words: str, until: int, zone: ZoneInfo) -> Month:
    """The month of a name, as far as it is over at a time (UTC seconds). Raises NoTime."""
    try:
        first = date.fromisoformat(f"{words}-01")
    except ValueError:
        raise NoTime(f'"{words}" is no month; write one such as 2026-11') from None
    start, end = (midnight(day, zone) for day in (first, (first + timedelta(days=31)).replace(day=1)))
    return Month(f"{first:%Y-%m}", (min(start, until), min(end, until)))


def months(until: int, zone: ZoneInfo) -> tuple[Month, Month]:
    """The month of a time (UTC seconds), and the one before it."""
    this = day_of(until, zone).replace(day=1)
    names = (f"{day:%Y-%m}" for day in (this, this - timedelta(days=1)))
    now, before = (month(name, until, zone) for name in names)
    return now, before

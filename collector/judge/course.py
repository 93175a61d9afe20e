"""The level that a series has kept to, and since when its newest values are unlike it. Pure.

A level follows its values. What leaves it is amiss until it has stayed away for so long, and as much alike, that it is
the new level: a prune or a move is told for a week and then is how things are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median

from collector.judge.case import DAY
from collector.judge.night import Night
from collector.judge.unrest import unrest

WINDOW, QUIET_WINDOW, QUIET = 14, 5, 0.03
"""So many of the latest values tell a level; fewer where they go up and down by less than QUIET."""
LEAST = 4
"""With fewer values before nothing is concluded."""
SMALL, LARGE = 0.8, 1.8
"""What is below, or beyond, so much of the level leaves it, unless the noise is large:"""
UNRESTS = 4.0
MANY, SOME, SOME_DAYS = 7, 3, 14
"""So many in a row that left a level are a new one; or so many, over so many days."""
NOISE_OF = 90


@dataclass(frozen=True, slots=True)
class Course:
    """A series' newest value: its `level` before and the values that tell it, and the nights that have left it, the
    newest last; none if the newest is like those before it."""

    level: float
    before: tuple[Night, ...]
    away: tuple[Night, ...]

    @property
    def ratio(self) -> float:
        """The newest in the level before."""
        return self.away[-1].size / self.level if self.away else 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Logarithms of the ratios to its level that a value keeps to."""

    low: float
    high: float
    window: int

    def side(self, ratio: float) -> int:
        """-1 for what is below, 1 for what is beyond, 0 for what keeps to the level."""
        return -1 if ratio < self.low else 1 if ratio > self.high else 0


def bounds(values: Sequence[Night]) -> Bounds:
    """How far values go from their level, by their noise."""
    noise = unrest([log(night.size) for night in values[-NOISE_OF:]])
    low, high = min(log(SMALL), -UNRESTS * noise), max(log(LARGE), UNRESTS * noise)
    return Bounds(low, high, QUIET_WINDOW if noise < QUIET else WINDOW)


def course(values: Sequence[Night]) -> Course | None:
    """How the newest of some values follows from those before it; None if they are too few to conclude anything."""
    if len(values) <= LEAST:
        return None
    limits = bounds(values[:-1])
    kept, away = list(values[:LEAST]), list[Night]()
    level = median(log(night.size) for night in kept)
    for night in values[LEAST:]:
        side = limits.side(log(night.size) - level)
        if away and side != limits.side(log(away[-1].size) - level):
            away = []
        if side:
            away.append(night)
        else:
            kept.append(night)
        if night is not values[-1] and _has_stayed(away):
            kept, away = away, []
            limits = _of_level(limits, values[values.index(kept[0]) : -1])
        if not away:
            level = median(log(one.size) for one in kept[-limits.window :])
    if not away:
        before = [one for one in kept if one is not values[-1]]
        return Course(exp(level), tuple(before[-WINDOW:]), ())
    return Course(exp(level), tuple(kept[-WINDOW:]), tuple(away))


def _of_level(limits: Bounds, since: Sequence[Night]) -> Bounds:
    """The bounds of a new level, if enough is known of it: full backups go up and down less than incremental ones."""
    return bounds(since) if len(since) > LEAST else limits


def _has_stayed(away: Sequence[Night]) -> bool:
    if len(away) < SOME:
        return False
    return len(away) >= MANY or away[-1].time - away[0].time >= SOME_DAYS * DAY - DAY // 2

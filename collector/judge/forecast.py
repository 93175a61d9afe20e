"""When a number that rises reaches a limit at the rate of the last weeks; silence where they do not bear it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from collector.judge.case import DAY
from collector.judge.trend import Point, trend
from collector.store.records import Series

WEEKS = 8 * 7 * DAY
"""The weeks that tell the present rate. At one value a day they are so few that all pairs of them cost nothing."""
SEEN = 26 * 7 * DAY
"""The months in which a number that falls again and again is known by it."""
FEWEST_DAYS, SHORTEST = 10, 14 * DAY
FALL = 7.0
"""In usual rises of a day: so large a fall is a clearing, and what was before it tells no more of the rate."""
CLEARINGS = 2
"""So many show a number that is cleared again and again: it will be, before it meets the limit."""
WIDEST = 4.0
"""A rate that may be so many times another is none to reckon with."""
STOPPED, HARDLY = (7 * DAY, 14 * DAY), 0.25
"""Where the last week or two brought less than a part of what is usual, and none before did, the rise has stopped."""
FARTHEST = 366 * DAY
"""Nobody knows what is later."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a limit is met, UTC seconds: at the earliest, most likely, at the latest. `rate`: gain in a day."""

    first: int
    likely: int
    last: int
    rate: float


def forecast(series: Series, limit: float) -> Forecast | None:
    """As of a series' newest value; None where it bears no forecast: noise, too short, falling, cleared by and by, or
    the limit is met already or lies farther away than a year."""
    days = _daily(series)
    if not days or days[-1][1] >= limit:
        return None
    clearings = _clearings(days)
    if len(clearings) >= CLEARINGS:
        return None
    start = max([days[-1][0] - WEEKS, *(days[place][0] for place in clearings)])
    recent = [point for point in days if point[0] >= start]
    if len(recent) < FEWEST_DAYS or recent[-1][0] - recent[0][0] < SHORTEST:
        return None
    return _met(recent, limit)


def _met(recent: Sequence[Point], limit: float) -> Forecast | None:
    now, value = recent[-1]
    found = trend(recent)
    if found.low <= 0 or found.high > WIDEST * found.low or limit - value > found.high * FARTHEST:
        return None
    if any(_has_stopped(recent, found.rate * span, span) for span in STOPPED):
        return None
    first, likely, last = (int(now + (limit - value) / rate) for rate in (found.high, found.rate, found.low))
    return Forecast(first, likely, last, found.rate * DAY)


def _has_stopped(recent: Sequence[Point], usual: float, span: int) -> bool:
    """Whether it rose by less within the last days than ever within as many days before, and by hardly anything."""
    gains = []
    start = 0
    for time, value in recent:
        while recent[start][0] < time - span - DAY // 2:
            start += 1
        if recent[start][0] <= time - span + DAY // 2:
            gains.append(value - recent[start][1])
    return len(gains) > 1 and gains[-1] < HARDLY * usual <= min(gains[: -span // DAY], default=0.0)


def _daily(series: Series) -> list[Point]:
    """The last value of each day of the months that are looked at; what is no number is left out."""
    seen = series.since(series.times[-1] - SEEN)
    days = {
        (time - seen.times[-1]) // DAY: (float(time), value)
        for time, value in zip(seen.times, seen.values, strict=True)
        if isfinite(value)
    }
    return list(days.values())


def _clearings(days: Sequence[Point]) -> list[int]:
    """The places after which a number had fallen by far more than it usually rises in a day."""
    steps = [later[1] - earlier[1] for earlier, later in pairwise(days)]
    rises = [step for step in steps if step > 0]
    usual = sum(rises) / len(rises) if rises else 0.0
    return [place for place, step in enumerate(steps, 1) if step < -FALL * usual]

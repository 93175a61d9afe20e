"""A night's backup with its place in the week and the month, and what nights are compared with each other. Pure."""

from __future__ import annotations

import sys
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from math import log
from statistics import median
from zoneinfo import ZoneInfo

from collector.judge.case import DAY
from collector.judge.rhythm import WEEKDAYS, WORKING
from collector.judge.unrest import unrest
from collector.store.records import Series


@dataclass(frozen=True, slots=True)
class Night:
    """The last backup of a night that is not empty: its stamp, its size, the night's date."""

    time: int
    size: float
    date: date


def nights(series: Series, zone: ZoneInfo) -> tuple[Night, ...]:
    """One backup a night, oldest first. A night is the day on whose clock its backups usually come, give or take half a
    day, so that those of either side of midnight are not told apart."""
    if not series.times:
        return ()
    usual = _usual([_clock(time, zone) for time in series.times[-_LATELY:]])
    tonight = _FIRST + int(usual // DAY)
    return tuple(
        Night(series.times[place], series.values[place], date.fromordinal(tonight - ago))
        for ago, place in reversed(_last(series, zone, usual, sys.maxsize).items())
    )


def sizes(series: Series, zone: ZoneInfo, most: int) -> list[float]:
    """Of the latest `most` nights no more than their sizes, newest first."""
    if not series.times:
        return []
    usual = _usual([_clock(time, zone) for time in series.times[-_LATELY:]])
    return [series.values[place] for place in _last(series, zone, usual, most).values()]


def _last(series: Series, zone: ZoneInfo, usual: float, most: int) -> dict[int, int]:
    """The place of the last backup of each of the latest `most` nights that is not empty, by how many nights ago."""
    last: dict[int, int] = {}
    for place in range(len(series.times) - 1, -1, -1):
        if series.values[place] > 0:
            last.setdefault(round((usual - _clock(series.times[place], zone)) / DAY), place)
            if len(last) > most:
                last.popitem()
                break
    return last


def _usual(clock: Sequence[int]) -> float:
    """When the last of some backups usually would have come, on the same clock as they."""
    return clock[-1] + median((time - clock[-1] + DAY // 2) % DAY for time in clock) - DAY // 2


def _clock(time: int, zone: ZoneInfo) -> int:
    """A time as the clock there shows it, in seconds as if that were UTC."""
    return time + _ahead(zone, time // _QUARTER)


_FIRST = date(1970, 1, 1).toordinal()
_LATELY = 30
"""So many of the latest backups tell when one usually comes."""
_QUARTER = 900
"""Seconds; clocks are set on no other ones (tz database, since 1973)."""


@lru_cache(maxsize=65536)
def _ahead(zone: ZoneInfo, quarter: int) -> int:
    """By how many seconds a clock there is ahead of UTC in a quarter of an hour, counted since 1970."""
    offset = datetime.fromtimestamp(quarter * _QUARTER, zone).utcoffset()
    return int(offset.total_seconds() if offset else 0)


@dataclass(frozen=True, slots=True)
class Peers:
    """The earlier nights that a night is compared with. `words` names them in a sentence: `Sundays`; empty = all."""

    nights: tuple[Night, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the month. `number`: the day of the month, -1 = its last; or which of its weekdays `weekday`, 1 or -1.
    `words` names its nights in a sentence."""

    words: str
    number: int
    weekday: int | None = None

    def has(self, day: date) -> bool:
        """Whether a day is of this place."""
        month = monthrange(day.year, day.month)[1]
        if self.weekday is None:
            return day.day == (month if self.number == -1 else self.number)
        return day.weekday() == self.weekday and (day.day <= 7 if self.number == 1 else day.day > month - 7)


def places(day: date) -> Iterator[Place]:
    """The places in the month that a day has."""
    last = Place("last days of a month", -1)
    name = "first days of a month" if day.day == 1 else f"nights of day {day.day} of a month"
    yield last if last.has(day) else Place(name, day.day)
    weekday = day.weekday()
    nth = (Place(f"{word} {WEEKDAYS[weekday]}s of a month", n, weekday) for n, word in ((1, "first"), (-1, "last")))
    yield from (place for place in nth if place.has(day))


LEAST = 3
"""Earlier nights of a weekday or of a place in the month that tell of themselves."""
WEEKS, LATEST_WEEKS = 10, 5
"""So many of the latest nights of a weekday tell how restless it is, and how large: full backups that move to another
day are soon known there."""
AROUND = 10
"""Days on either side of a night of a month that it is compared with."""
ALIKE = log(1.25)
UNRESTS = 2.5
MOSTLY = 0.75
APART = 0.95
"""Of all pairs of two weekdays' nights, this part shows the same one larger where they are unlike."""


def peers(earlier: Sequence[Night], tonight: Night) -> Peers:
    """Those of the earlier nights that are of the same kind: of the same place in the month if such nights have been
    unlike those around them, else of weekdays that have been as large as tonight's."""
    of_day = _by_weekday(earlier)
    usual = {day: median(sizes[-WEEKS:]) for day, sizes in of_day.items() if sizes}
    sizes = [(night.date, log(night.size)) for night in earlier]
    beyond = [(day, size - usual[day.weekday()]) for day, size in sizes]
    for place in places(tonight.date):
        if _stand_out(sizes, place) or _stand_out(beyond, place):
            return Peers(tuple(night for night in earlier if place.has(night.date)), place.words)
    return _of_week(earlier, of_day, tonight)


def _by_weekday(earlier: Sequence[Night]) -> dict[int, list[float]]:
    """The logarithms of the sizes of each weekday."""
    of_day: dict[int, list[float]] = {day: [] for day in range(7)}
    for night in earlier:
        of_day[night.date.weekday()].append(log(night.size))
    return of_day


def _stand_out(sizes: Sequence[tuple[date, float]], place: Place) -> bool:
    """Whether most nights of a place in the month are larger, or most of them smaller, than those around them. `sizes`:
    logarithms, or how far they are beyond what is usual on their weekday, so that weekly full backups hide none."""
    steps = []
    for day, size in [one for one in sizes if place.has(one[0])][-12:]:
        around = [other for on, other in sizes if abs((on - day).days) <= AROUND and not place.has(on)]
        if around:
            steps.append(size - median(around))
    if len(steps) < LEAST:
        return False
    limit = max(ALIKE, UNRESTS * unrest([size for _, size in sizes[-90:]]))
    return any(sum(sign * step > limit for step in steps) >= MOSTLY * len(steps) for sign in (1, -1))


def _of_week(earlier: Sequence[Night], of_day: Mapping[int, Sequence[float]], tonight: Night) -> Peers:
    """The nights of the weekdays that are as large as tonight's, all where no weekday stands out."""
    mine = of_day[tonight.date.weekday()]
    if len(mine) < LEAST:
        return Peers(tuple(earlier))
    known = {day: sizes for day, sizes in of_day.items() if len(sizes) >= LEAST}
    limit = max(ALIKE, UNRESTS * median(unrest(sizes[-WEEKS:]) for sizes in known.values()))
    unlike = {day for day, sizes in known.items() if _are_unlike(sizes, mine, limit)}
    kept = tuple(night for night in earlier if night.date.weekday() not in unlike)
    return Peers(kept, _named(set(of_day) - unlike, set(known)))


def _are_unlike(sizes: Sequence[float], mine: Sequence[float], limit: float) -> bool:
    """Whether one weekday has lately been of another size: by far, week by week, or nearly each of its nights."""
    weeks = min(len(sizes), len(mine), LATEST_WEEKS)
    latest = list(zip(sizes[-weeks:], mine[-weeks:], strict=True))
    step = abs(median(one - other for one, other in latest))
    if step <= ALIKE or step > limit:
        return step > ALIKE
    pairs = [one > other for one, _ in latest for _, other in latest]
    return weeks == LATEST_WEEKS and not 1 - APART < sum(pairs) / len(pairs) < APART


def _named(alike: set[int], known: set[int]) -> str:
    if known <= alike:
        return ""
    days = sorted(alike & known)
    if len(days) > 1 and set(days) == WORKING:
        return "working days"
    if len(days) > 3:
        return f"nights other than {_and([f'{WEEKDAYS[day]}s' for day in sorted(known - alike)])}"
    return _and([f"{WEEKDAYS[day]}s" for day in days])


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

"""Times as people say them, and windows that come again: `sun 02:00-04:00`, `mon,wed 22:00-01:00`, `daily 12:00-12:30`.
Pure; all in the zone of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collector.model import AlmanacError
from collector.store.records import Silence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXAMPLES = 'sun 02:00-04:00", "mon,wed 22:00-01:00" or "daily 12:00-12:30'
_EVERY = re.compile(r"(daily|[a-z]{3}(?:,[a-z]{3})*) (\d\d:\d\d)-(\d\d:\d\d)")


class NoTime(AlmanacError):
    """Words that tell no time."""


@dataclass(frozen=True, slots=True)
class Every:
    """A window that comes again: on which days of the week (Monday 0) it begins, from when, and until when; an end not
    after its beginning is of the next day."""

    days: tuple[int, ...]
    begin: time
    end: time

    def on(self, day: date, zone: ZoneInfo) -> tuple[int, int]:
        """The window that begins on a day, in UTC seconds. As summer time comes the clock may leave it out: then it
        does not end after its beginning."""
        last = day if self.end > self.begin else day + timedelta(days=1)
        return _seconds(datetime.combine(day, self.begin, zone)), _seconds(datetime.combine(last, self.end, zone))

    def around(self, moment: int, zone: ZoneInfo) -> tuple[int, int] | None:
        """The window that a time (UTC seconds) lies in."""
        today = datetime.fromtimestamp(moment, zone).date()
        for day in (today, today - timedelta(days=1)):
            if day.weekday() in self.days and self.on(day, zone)[0] <= moment < self.on(day, zone)[1]:
                return self.on(day, zone)
        return None

    def next(self, moment: int, zone: ZoneInfo) -> tuple[int, int]:
        """The first window that ends after a time (UTC seconds)."""
        return next(window for window in self._from(moment, zone) if window[1] > moment)

    def _from(self, moment: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
        first = datetime.fromtimestamp(moment, zone).date() - timedelta(days=1)
        days = (first + timedelta(days=ahead) for ahead in range(10))
        spans = (self.on(day, zone) for day in days if day.weekday() in self.days)
        return (span for span in spans if span[0] < span[1])


def every(words: str) -> Every:
    """Raises NoTime."""
    found = _EVERY.fullmatch(" ".join(words.lower().split()))
    names = found[1].split(",") if found else []
    try:
        if not found or (names != ["daily"] and not set(names) <= set(DAYS)):
            raise ValueError
        begin, end = time.fromisoformat(found[2]), time.fromisoformat(found[3])
    except ValueError:
        raise NoTime(f'"{words}" is no window that comes again; write "{_EXAMPLES}"') from None
    days = range(7) if names == ["daily"] else sorted({DAYS.index(name) for name in names})
    return Every(tuple(days), begin, end)


def moment(words: str, zone: ZoneInfo, *, is_end: bool = False) -> int:
    """UTC seconds of an ISO time, or of a day: its beginning, or its end. Raises NoTime."""
    try:
        told = datetime.fromisoformat(words)
        if len(words) == len("2026-11-24"):
            told += timedelta(days=is_end)
        return _seconds(told if told.tzinfo else told.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise NoTime(f'"{words}" is no day and no time; write 2026-11-24 or 2026-11-24T02:10:00+08:00') from None


def window(silence: Silence, at: int, zone: ZoneInfo) -> tuple[int, int] | None:
    """The time in which a silence holds and `at` (UTC seconds) lies, None if it does not hold then."""
    if silence.every:
        return every(silence.every).around(at, zone)
    first, last = silence.first or 0, silence.last or 0
    return (first, last) if first <= at < last else None


def is_over(silence: Silence, now: int) -> bool:
    """Whether a silence can't hold any more."""
    return not silence.every and (silence.last or 0) <= now


def _seconds(told: datetime) -> int:
    return int(told.timestamp())

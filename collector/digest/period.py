"""Weeks and months: which one has just ended, and what opened and recovered in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from collector.config.reports import Report

Kind = Literal["week", "month"]
KINDS: tuple[Kind, ...] = ("week", "month")


@dataclass(frozen=True, slots=True)
class Period:
    """A week (from Monday on) or a month, from `start` until before `end`, UTC seconds. `name` is unique."""

    kind: Kind
    name: str
    start: int
    end: int

    def holds(self, moment: int) -> bool:
        """Whether a time, UTC seconds, lies in it."""
        return self.start <= moment < self.end


def last(kind: Kind, now: int, zone: ZoneInfo) -> Period:
    """The last whole one before the time `now`, UTC seconds."""
    today = datetime.fromtimestamp(now, zone).date()
    if kind == "week":
        monday = today - timedelta(days=today.weekday())
        year, week, _ = (monday - timedelta(days=7)).isocalendar()
        return Period(kind, f"week {week} of {year}", _at(monday - timedelta(days=7), zone), _at(monday, zone))
    end = today.replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return Period(kind, f"{start:%B %Y}", _at(start, zone), _at(end, zone))


def _at(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def is_wanted(kind: Kind, reports: Sequence[Report]) -> bool:
    """Whether somebody asked for it."""
    return any(report.weekly if kind == "week" else report.monthly for report in reports)

"""Weeks and months: which one has just ended, and what opened and recovered in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from collector.config.reports import Report
from collector.days import day_of, midnight

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
    today = day_of(now, zone)
    if kind == "week":
        end = today - timedelta(days=today.weekday())
        start = end - timedelta(days=7)
        year, week, _ = start.isocalendar()
        return Period(kind, f"week {week} of {year}", midnight(start, zone), midnight(end, zone))
    end = today.replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return Period(kind, f"{start:%B %Y}", midnight(start, zone), midnight(end, zone))


def is_wanted(kind: Kind, reports: Sequence[Report]) -> bool:
    """Whether somebody asked for it."""
    return any(report.weekly if kind == "week" else report.monthly for report in reports)

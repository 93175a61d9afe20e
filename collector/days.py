"""Days of a time zone's calendar. Pure; times are UTC seconds."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo


def day_of(moment: int, zone: ZoneInfo) -> date:
    """The day that holds a time. Raises ValueError or OverflowError for one that no calendar names."""
    return datetime.fromtimestamp(moment, zone).date()


def midnight(day: date, zone: ZoneInfo) -> int:
    """When a day begins. Raises OverflowError where that can't be counted."""
    return int(datetime.combine(day, time(), zone).timestamp())

"""Numbers and times in sentences for people: problems, reports, the terminal. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

from collector.amounts import amount

__all__ = ["amount", "between", "instead", "moment", "sentence", "several", "size", "span"]

DAY = 86400
_FEW = 12


def instead(name: str, known: Collection[str]) -> str:
    """How a name that is not known is mended: `did you mean "SDU"?`, else those there are, if few; or empty."""
    alike = [one for one in known if one.casefold() == name.casefold()]
    if near := alike or get_close_matches(name, sorted(known), n=1):
        return f'did you mean "{near[0]}"?'
    return f"there are {', '.join(sorted(known))}" if 0 < len(known) <= _FEW else ""


def several(count: int, noun: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def size(value: float) -> str:
    """Bytes: `1.9 GB`."""
    return amount(value, "bytes")


def span(seconds: float) -> str:
    """A length of time in nights, as backups count it: `7 nights`, `1 night`; below a day `16 h`."""
    if seconds < DAY:
        return amount(seconds, "seconds")
    nights = round(seconds / DAY)
    return "1 night" if nights == 1 else f"{nights} nights"


def moment(time: int, zone: ZoneInfo) -> str:
    """A time in its zone: `2026-11-16 10:08 CST`."""
    return datetime.fromtimestamp(time, zone).strftime("%Y-%m-%d %H:%M %Z")


@lru_cache(maxsize=4096)
def utc(time: int) -> str:
    """A time as files and records have it: `2026-11-16T02:08:00Z`."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def between(first: int, last: int, zone: ZoneInfo, now: int) -> str:
    """A span of days to come: `between 3 and 19 December`, `on 3 December`; with years where they are not this one."""
    start, end = (datetime.fromtimestamp(time, zone) for time in (first, last))
    year = "" if start.year == end.year == datetime.fromtimestamp(now, zone).year else " %Y"
    until = f"{end.day} {end.strftime(f'%B{year}')}"
    if start.date() == end.date():
        return f"on {until}"
    if (start.year, start.month) == (end.year, end.month):
        return f"between {start.day} and {until}"
    return f"between {start.day} {start.strftime('%B' if start.year == end.year else f'%B{year}')} and {until}"


def sentence(text: str) -> str:
    """A text with an end: `no route to host.`; what ends by itself stays: `is it up?`"""
    return text if text.endswith((".", "?", "!")) else f"{text}."

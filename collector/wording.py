"""Numbers and times in sentences for people: problems, reports, the terminal. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from collector.amounts import amount

__all__ = ["amount", "moment", "sentence", "size", "span"]

DAY = 86400


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


def sentence(text: str) -> str:
    """A text with an end: `no route to host.`; what ends by itself stays: `is it up?`"""
    return text if text.endswith((".", "?", "!")) else f"{text}."

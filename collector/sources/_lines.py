"""A line of a log, as it stands there and as what it says: its text, its time, its level, and who wrote it. Pure.

Times and heads are those of RFC 3164 (`Nov 25 22:38:17 host cron[9]: text`), of RFC 5424 and ISO 8601
(`2026-11-25T22:38:17.5+00:00 host cron[9]: text`, `2026-11-25 22:38:17,123 ERROR text`), each also behind a `<34>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from collector.model import LOG_LEVELS, printable

LONGEST = 1000
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_PRIORITY = re.compile(r"<(\d{1,3})>(?:1 )?", re.ASCII)
_ISO = re.compile(
    r"\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(Z| ?[+-]\d\d:?\d\d)?\]?(?=[\s:]|$)", re.ASCII
)
_BSD = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(?=[\s:]|$)", re.ASCII)
_WRITER = re.compile(r"[\w.:-]{1,255} ([\w./@()-]{1,100}?)(?:\[\d{1,10}\])?: ", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {
    **dict.fromkeys(("EMERG", "EMERGENCY", "PANIC"), "emergency"),
    "ALERT": "alert",
    **dict.fromkeys(("CRIT", "CRITICAL", "FATAL"), "critical"),
    **dict.fromkeys(("ERR", "ERROR"), "error"),
    **dict.fromkeys(("WARN", "WARNING"), "warning"),
    "NOTICE": "notice",
    **dict.fromkeys(("LOG", "INFO"), "info"),
    **dict.fromkeys(("DEBUG", "TRACE"), "debug"),
}
_ANY = "|".join(sorted(_WORDS, key=len, reverse=True))
_LEVEL = re.compile(  # at the beginning, in brackets, as key=value, or written large
    rf"^\W{{0,3}}({_ANY})\s*:|[\[(<]({_ANY})[\])>]|\blevel=\W?({_ANY})\b|\b((?-i:{_ANY}))\b", re.ASCII | re.IGNORECASE
)
_AHEAD = 86_400
"""So many seconds a node's clock may be ahead."""
_LOOKED_AT = 120
"""So many characters of a line may tell its level: further on it is about something else."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says. time: UTC seconds, None if it tells none.   writer: the program, empty if it does not say."""

    time: int | None
    level: str
    writer: str
    text: str


def line(text: str) -> str:
    """One line that steers nothing: colours say nothing as text and are left out, all other control is spelt out."""
    return printable(_COLOUR.sub("", text.removesuffix("\r")).expandtabs())


def limited(text: str) -> str:
    """A text that is not too long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ... ({len(text)} characters)"


def possible(time: int, asked: int) -> int:
    """A time that a line claims (UTC seconds), or when it was asked if that is far ahead: each day told has a page."""
    return time if time <= asked + _AHEAD else asked


def lines(body: bytes) -> Iterator[str]:
    """The lines of a log that are not empty."""
    found = (line(one.decode("utf-8", "backslashreplace")) for one in body.split(b"\n"))
    return (one for one in found if one.strip())


def said(text: str, asked: int, zone: tzinfo) -> Said:
    """What a line says. asked: UTC seconds; a time without a year is the last such one before.   zone: of times that
    carry none."""
    level = ""
    if (match := _PRIORITY.match(text)) and int(match[1]) < 192:
        level, text = LOG_LEVELS[int(match[1]) % 8], text[match.end() :]
    time, rest = _timed(text, asked, zone)
    writer = ""
    if time is not None and (match := _WRITER.match(rest)):
        writer, rest = match[1].rpartition("/")[2], rest[match.end() :]
    return Said(time, level or level_in(rest), writer, limited(rest.strip() or text))


def level_in(text: str) -> str:
    """The level that a text names near its beginning; `info` if it names none."""
    match = _LEVEL.search(text[:_LOOKED_AT])
    return _WORDS[next(filter(None, match.groups())).upper()] if match else "info"


def _timed(text: str, asked: int, zone: tzinfo) -> tuple[int | None, str]:
    """The time at the beginning of a line, and what follows it."""
    iso, bsd = _ISO.match(text), _BSD.match(text)
    match = iso or bsd
    if match is None:
        return None, text
    try:
        time = _iso(iso, zone) if iso else _bsd(match, asked, zone)
        seconds = int(time.timestamp())
    except (ValueError, OverflowError):
        return None, text
    return possible(seconds, asked), text[match.end() :].lstrip(": ")


def _iso(match: re.Match[str], zone: tzinfo) -> datetime:
    told = datetime.fromisoformat(f"{match[1]}T{match[2]}{(match[3] or '').strip()}")
    return told if told.tzinfo else told.replace(tzinfo=zone)


def _bsd(match: re.Match[str], asked: int, zone: tzinfo) -> datetime:
    """Of the years that are possible the last one: a line is not of the future, but for a clock that is ahead."""
    latest = datetime.fromtimestamp(asked + _AHEAD, UTC)
    month = _MONTHS.index(match[1]) + 1
    for year in range(latest.astimezone(zone).year, latest.year - 9, -1):  # 29 February comes in eight years at most
        try:
            told = datetime.fromisoformat(f"{year}-{month:02}-{int(match[2]):02}T{match[3]}").replace(tzinfo=zone)
        except ValueError:
            continue
        if told <= latest:
            return told
    raise ValueError("no such day")

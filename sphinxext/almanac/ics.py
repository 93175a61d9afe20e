"""A calendar as RFC 5545 has it: UTF-8, lines of at most 75 octets that end with CR LF, text escaped, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sphinxext.almanac.export import Record

_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "�")
"""No text has them, by the grammar of its section 3.3.11 and RFC 5198."""
_ESCAPES = _CONTROLS | str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": "", "\t": " "})
_LONGEST = 75


def calendar(title: str, made: str, events: Iterable[tuple[Record, str, str]]) -> str:
    """The text of a calendar. `events`: each entry of the export, a name for it that is unique in the world and stays
    the same, and the address of its page, empty if it has none. `made`: when it is told, a time of the export."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Almanac//EN", f"X-WR-CALNAME:{_text(title)}"]
    for entry, uid, address in events:
        lines += ["BEGIN:VEVENT", f"UID:{_text(uid)}", f"DTSTAMP:{_time(made)}", *_event(entry, address), "END:VEVENT"]
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _event(entry: Record, address: str) -> Iterator[str]:
    for name, time in (("DTSTART", entry.start), ("DTEND", entry.end)):
        yield f"{name}:{_time(time)}" if "T" in time else f"{name};VALUE=DATE:{time.replace('-', '')}"
    if entry.rule:
        yield f"RRULE:{entry.rule}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.text:
        yield f"DESCRIPTION:{_text(entry.text)}"
    if address:
        yield f"URL:{address}"
    yield "TRANSP:TRANSPARENT"


def _text(words: str) -> str:
    return words.translate(_ESCAPES)


def _time(time: str) -> str:
    return f"{datetime.fromisoformat(time):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, those after the first with a space before; no letter is broken."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode("utf-8", "surrogateescape")) > _LONGEST:
            yield piece
            piece = " "
        piece += letter
    yield piece

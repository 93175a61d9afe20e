"""The frames in which `_logs.sh` tells what it read, and what they make of a log. Pure.

The answer is `@TOKEN`, then frames `@TOKEN WORD ...`, each a line of its own; the token is new each time, so that no
line of a log can look like one. A part of a file begins with `rest` (of a rotated file) or `now`, the file's number,
the offset of its first byte, and 1 if it begins within a line; `end` says that it stayed the same file meanwhile, its
inode, and length and checksum of its head.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone, tzinfo
from importlib.resources import files
from itertools import pairwise

from collector.model import LOG_LEVELS, Event, Fault, Observation, printable
from collector.sources import _lines
from collector.sources._lines import Said

ON_NODE = files(__package__).joinpath("_logs.sh").read_text(encoding="utf-8")
FIRST = 100_000
"""Bytes of a file's end that a first pass reads."""
PLACE = re.compile(r"(\d{1,20}) (\d{1,18}) (\d{1,3}) ([0-9a-f]{1,32})", re.ASCII)
"""Up to where a file was read: inode, offset, length and checksum of its head."""
_AMOUNT = re.compile(r"\d{1,18}", re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d)(\d\d)", re.ASCII)
_FATAL, _ERROR, _WARNING = (LOG_LEVELS.index(word) for word in ("critical", "error", "warning"))


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its word, what stands behind that, and the bytes up to the next."""

    word: str
    rest: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Circumstances:
    """asked: UTC seconds.   zone: the node's.   most: bytes of a file that a pass reads."""

    asked: int
    zone: tzinfo
    most: int


def frames(body: bytes) -> Iterator[Frame]:
    """All but the last one, which is `over`, or may be cut."""
    token = re.match(rb"@([0-9a-f]{32})\n", body)
    if token is None:
        return
    sign = re.compile(rb"\n@" + token[1] + rb" (\w+) ?([^\n]*)\n")
    for match, after in pairwise(sign.finditer(body)):
        yield Frame(match[1].decode(), printable(match[2]), body[match.end() : after.start()])


def zone(told: Iterable[Frame]) -> tzinfo:
    """The node's own."""
    words = next((one.rest for one in told if one.word == "zone"), "")
    match = _ZONE.fullmatch(words)
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(hours=24) else UTC


@dataclass(slots=True)
class Log:
    """What was read of one log. writer: whose lines they are that do not say, or all of them if it is `alone`.
    ended: it is whole and was the same file all the time.   place: where it goes on."""

    name: str
    writer: str
    events: list[Event] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    skipped: int = 0
    place: str = ""
    ended: bool = False
    alone: bool = False
    _offset: int = 0

    def note(self, reason: str) -> None:
        """Notes what is amiss."""
        self.faults.append(Fault(0, printable(self.name), reason))

    def part(self, frame: Frame, words: Sequence[str], around: Circumstances) -> None:
        """Takes a frame about it; `words` follow its number."""
        match frame.word, list(words):
            case "rest" | "now", [start, cut] if _AMOUNT.fullmatch(start):
                self._bytes(frame, int(start), cut == "1", around)
            case "skipped", [amount] if _AMOUNT.fullmatch(amount):
                self.skipped += int(amount)
                self.note(f"{amount} bytes were left out, for a pass reads {around.most}")
            case "lost", _:
                self.note("what was read before is gone; lines between may have been missed")
            case "moved", _:
                self.note("was rotated or cut while it was read; the next pass reads it again")
            case "end", [inode, *head]:
                place = f"{inode} {self._offset} {' '.join(head)}"
                self.ended, self.place = True, place if PLACE.fullmatch(place) else ""
            case "end", []:
                self.ended = True

    def _bytes(self, frame: Frame, start: int, cut: bool, around: Circumstances) -> None:
        """A part of a file. Of the file as it is now, what follows the last newline is left for the next time."""
        body = frame.body
        if frame.word == "now":
            whole = body.rfind(b"\n") + 1
            self._offset, body = start + whole, body[:whole]
        if cut:
            body = body.partition(b"\n")[2]
        time = around.asked
        for text in _lines.lines(body):
            said = _lines.said(text, around.asked, around.zone)
            time = said.time if said.time is not None and said.time >= 0 else time  # goes on with the line before
            self.events.append(self._event(said, time))

    def _event(self, said: Said, time: int) -> Event:
        if self.alone and said.writer:
            return Event(f"log:{self.writer}", time, said.level, f"{said.writer}: {said.text}")
        return Event(f"log:{said.writer or self.writer}", time, said.level, said.text)


def counts(events: Iterable[Event], subject: str, asked: int) -> Iterator[Observation]:
    """How many lines there are, and of which levels."""
    grave = [LOG_LEVELS.index(event.level) for event in events]
    numbers = {
        "lines": len(grave),
        "warnings": grave.count(_WARNING),
        "errors": grave.count(_ERROR),
        "critical": sum(one <= _FATAL for one in grave),
    }
    for metric, number in numbers.items():
        yield Observation(subject, metric, asked, float(number), "count")


def kept(events: Iterable[Event], level: str) -> Iterator[Event]:
    """Those of a level or a graver one."""
    least = LOG_LEVELS.index(level)
    return (event for event in events if LOG_LEVELS.index(event.level) <= least)

"""Logs: what the journal and files such as /var/log/syslog say since the pass before.

    log:/var/log/syslog, log:journal    lines errors warnings critical (count), skipped (bytes) since the pass before
    log:WRITER                          each line itself, with its own time and level, kept for a time

A file is known again by its inode and a checksum of its head. Of one that was rotated the rest is read first, packed
or not; one that was cut to nothing is read from its beginning. A last line without its end waits for the next pass.
More than `most` bytes of a file are not read: the newest are, and how much was left out is told. The journal goes on
behind its last line by its own cursor. A first pass begins near the end.

The answer is `@TOKEN`, then frames `@TOKEN WORD ...`, each a line of its own; the token is new each time, so that no
line of a log can look like one. A part of a file begins with `rest` (of a rotated file) or `now`, the file's number,
the offset of its first byte, and 1 if it begins within a line; `end` says that it stayed the same file meanwhile, its
inode, and length and checksum of its head.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone, tzinfo
from importlib.resources import files as package
from itertools import pairwise
from secrets import token_hex
from shlex import quote
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from collector.config import SourceSettings
from collector.config.values import Bytes
from collector.model import LOG_LEVELS, Answer, Cursor, Event, Fault, Observation, Reading, printable
from collector.sources import _lines

JOURNAL = "journal"
MOST_JOURNAL = 20_000
"""Lines of the journal that one pass reads; the next one goes on."""
FIRST = 100_000
"""Bytes of a file's end that a first pass reads."""
_ON_NODE = package(__package__).joinpath("_logs.sh").read_text(encoding="utf-8")
_PLACE = re.compile(r"(\d{1,20}) (\d{1,18}) (\d{1,3}) ([0-9a-f]{1,32})", re.ASCII)
_AMOUNT = re.compile(r"\d{1,18}", re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d)(\d\d)", re.ASCII)
_FATAL, _ERROR, _WARNING = (LOG_LEVELS.index(word) for word in ("critical", "error", "warning"))

Path = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f\x7f]+$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$")]


class Settings(SourceSettings):
    """`kind = "logs"`: which files, and whether the journal."""

    files: tuple[Path, ...] = Field((), description='log files, such as "/var/log/syslog"')
    journal: bool = Field(False, description="whether systemd's journal is read")
    units: tuple[Unit, ...] = Field((), description="only these units of the journal, such as ssh.service")
    most: Bytes = Field(1_000_000, description="how much of each file a pass reads; the newest")
    level: Literal["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"] = Field(
        "info", description="which lines are kept: of this level or a graver one; all are counted"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        """Raises ValueError unless there is something to read."""
        if not self.files and not self.journal:
            raise ValueError('nothing to read; write journal = true or files = ["/var/log/syslog"]')
        if self.units and not self.journal:
            raise ValueError("units are of the journal; write journal = true too, or remove them")
        return self


@dataclass(slots=True)
class _Log:
    """What was read of one file or of the journal. `ended`: it is whole and has not moved meanwhile."""

    name: str
    events: list[Event] = field(default_factory=list)
    skipped: int = 0
    place: str = ""
    offset: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    word: str
    rest: str
    body: bytes


def probe(settings: Settings, cursor: Cursor) -> str:
    """The sh text that reads on from the cursor."""
    lines = [f"token={token_hex(16)} most={int(settings.most)} first={min(FIRST, int(settings.most))}", _ON_NODE]
    for number, file in enumerate(settings.files):
        place = _PLACE.fullmatch(cursor.get(printable(file), ""))
        known = [quote(word) for word in (place.groups() if place else ("", "", "", ""))]
        lines.append(f"log {number} {quote(file)} {' '.join(known)}")
    if settings.journal:
        units = [f"--unit={quote(unit)}" for unit in settings.units]
        lines.append(" ".join(["journal", quote(cursor.get(JOURNAL, "")), str(MOST_JOURNAL), *units]))
    return "\n".join([*lines, "frame over", 'exit "$failed"']) + "\n"


def parse(settings: Settings, answer: Answer) -> Reading:
    """What was read. What is not whole is left for the next pass, with its cursor. Never raises."""
    frames = list(_frames(answer.body))
    reader = _Reader(settings, answer.asked, _zone(frames))
    for frame in frames:
        reader.hear(frame)
    if answer.body and not frames:
        reader.faults.append(Fault(0, printable(answer.body[:200]), "is no answer to what was asked of logs"))
    return reader.reading()


def _frames(body: bytes) -> Iterator[_Frame]:
    token = re.match(rb"@([0-9a-f]{32})\n", body)
    if token is None:
        return
    sign = re.compile(rb"\n@" + token[1] + rb" (\w+) ?([^\n]*)\n")
    found = list(sign.finditer(body))
    for match, after in pairwise(found):  # the last one is `over`, or may be cut
        yield _Frame(match[1].decode(), printable(match[2]), body[match.end() : after.start()])


def _zone(frames: Sequence[_Frame]) -> tzinfo:
    """The node's own."""
    told = next((one.rest for one in frames if one.word == "zone"), "")
    match = _ZONE.fullmatch(told)
    if match is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(hours=24) else UTC


class _Reader:
    """Frames as they come, put together to logs."""

    def __init__(self, settings: Settings, asked: int, zone: tzinfo) -> None:
        self._settings, self._asked, self._zone = settings, asked, zone
        self._logs: dict[str, _Log] = {str(number): _Log(file) for number, file in enumerate(settings.files)}
        self._logs[JOURNAL] = _Log(JOURNAL)
        self.faults: list[Fault] = []

    def hear(self, frame: _Frame) -> None:
        """Takes one frame."""
        if frame.word == "failed":
            self.faults.append(Fault(0, "", frame.rest))
        elif frame.word == "hint":
            self._note(JOURNAL, "this user sees its own lines only; add it to the group systemd-journal")
        elif frame.word == JOURNAL:
            self._journal(frame.body)
        else:
            number, *words = frame.rest.split(" ")
            log = self._logs.get(number)
            if log is not None:
                self._part(log, frame, words)

    def _part(self, log: _Log, frame: _Frame, words: list[str]) -> None:
        match frame.word, words:
            case "rest" | "now", [start, cut] if _AMOUNT.fullmatch(start):
                self._bytes(log, frame, int(start), cut == "1")
            case "skipped", [amount] if _AMOUNT.fullmatch(amount):
                log.skipped += int(amount)
                self._note(log.name, f"{amount} bytes were left out, for a pass reads {int(self._settings.most)}")
            case "lost", _:
                self._note(log.name, "what was read before is gone; lines between may have been missed")
            case "moved", _:
                self._note(log.name, "was rotated or cut while it was read; the next pass reads it again")
            case "end", _:
                log.ended, log.place = True, " ".join(words) if log.name != JOURNAL else log.place

    def _note(self, name: str, reason: str) -> None:
        self.faults.append(Fault(0, printable(name), reason))

    def _bytes(self, log: _Log, frame: _Frame, start: int, cut: bool) -> None:
        """A part of a file. Of the file as it is now, what follows the last newline is left for the next time."""
        body = frame.body
        if frame.word == "now":
            whole = body.rfind(b"\n") + 1
            log.offset, body = start + whole, body[:whole]
        if cut:
            body = body.partition(b"\n")[2]
        time = self._asked
        writer = log.name.rpartition("/")[2]
        for text in _lines.lines(body):
            said = _lines.said(text, self._asked, self._zone)
            time = said.time if said.time is not None and said.time >= 0 else time  # goes on with the line before
            log.events.append(Event(f"log:{said.writer or writer}", time, said.level, said.text))

    def _journal(self, body: bytes) -> None:
        log = self._logs[JOURNAL]
        lines = [line for line in body.split(b"\n") if line.startswith(b"{")]
        for line in lines:
            found = _entry(line)
            if found is None:
                self._note(JOURNAL, "a line of it is not in journalctl's JSON")
            else:
                log.place = found[0]
                log.events.append(found[1])
        if len(lines) >= MOST_JOURNAL:
            self._note(JOURNAL, f"more than the {MOST_JOURNAL} lines that a pass reads; the next one goes on")

    def reading(self) -> Reading:
        """All that is whole."""
        whole = [log for log in self._logs.values() if log.ended]
        cursor = {}
        for log in whole:
            if log.name == JOURNAL and log.place:
                cursor[JOURNAL] = log.place
            elif log.name != JOURNAL and (place := _place(log)):
                cursor[printable(log.name)] = place
        least = LOG_LEVELS.index(self._settings.level)
        kept = (event for log in whole for event in log.events if LOG_LEVELS.index(event.level) <= least)
        return Reading(
            observations=tuple(number for log in whole for number in self._counts(log)),
            lines=tuple(kept),
            faults=tuple(self.faults),
            cursor=cursor,
        )

    def _counts(self, log: _Log) -> Iterator[Observation]:
        grave = [LOG_LEVELS.index(event.level) for event in log.events]
        subject, asked = f"log:{printable(log.name)}", self._asked
        counts = {
            "lines": len(grave),
            "warnings": grave.count(_WARNING),
            "errors": grave.count(_ERROR),
            "critical": sum(one <= _FATAL for one in grave),
        }
        for metric, number in counts.items():
            yield Observation(subject, metric, asked, float(number), "count")
        if log.name != JOURNAL:
            yield Observation(subject, "skipped", asked, float(log.skipped), "bytes")


def _place(log: _Log) -> str:
    """`INODE OFFSET LENGTH CHECKSUM`, empty if the node told them amiss."""
    inode, _, head = log.place.partition(" ")
    place = f"{inode} {log.offset} {head}"
    return place if _PLACE.fullmatch(place) else ""


def _entry(line: bytes) -> tuple[str, Event] | None:
    """A line of `journalctl -o json` (systemd.journal-fields(7)): its cursor and what it says. A field of bytes that
    are no UTF-8 is a list of numbers, one that is too long is null."""
    try:
        told = json.loads(line)
        cursor, time = str(told["__CURSOR"]), int(told["__REALTIME_TIMESTAMP"]) // 1_000_000
        message = told.get("MESSAGE")
        raw = bytes(message) if isinstance(message, list) else str(message or "").encode("utf-8", "surrogatepass")
        priority = str(told.get("PRIORITY", ""))
        writer = next((told[key] for key in ("_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_COMM") if told.get(key)), JOURNAL)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not cursor.isprintable() or not 0 <= time < 2**34:
        return None
    text = _lines.limited(" ".join(_lines.lines(raw))) or "(nothing that can be shown)"
    level = LOG_LEVELS[int(priority)] if re.fullmatch("[0-7]", priority) else _lines.level_in(text)
    return cursor, Event(f"log:{printable(str(writer))}", time, level, text)

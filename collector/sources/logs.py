"""Logs: what the journal and files such as /var/log/syslog say since the pass before.

    log:/var/log/syslog, log:journal    lines errors warnings critical (count), skipped (bytes) since the pass before
    log:WRITER                          each line itself, with its own time and level, kept for a time

A file is known again by its inode and a checksum of its head. Of one that was rotated the rest is read first, packed
or not; one that was cut to nothing is read from its beginning. A last line without its end waits for the next pass.
More than `most` bytes of a file are not read: the newest are, and how much was left out is told. The journal goes on
behind its last line by its own cursor. A first pass begins near the end.

The answer is made of frames: `_log_parts`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from secrets import token_hex
from shlex import quote
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from collector.config import SourceSettings
from collector.config.values import Bytes
from collector.model import LOG_LEVELS, Answer, Cursor, Event, Fault, LogLevel, Observation, Reading, printable
from collector.sources import _lines, _log_parts
from collector.sources._log_parts import Circumstances, Frame, Log

JOURNAL = "journal"
MOST_JOURNAL = 20_000
"""Lines of the journal that one pass reads; the next one goes on."""

Path = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f\x7f]+$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$")]


class Settings(SourceSettings):
    """`kind = "logs"`: which files, and whether the journal."""

    files: tuple[Path, ...] = Field((), description='log files, such as "/var/log/syslog"')
    journal: bool = Field(False, description="whether systemd's journal is read")
    units: tuple[Unit, ...] = Field((), description="only these units of the journal, such as ssh.service")
    most: Bytes = Field(1_000_000, description="how much of each file a pass reads; the newest")
    level: LogLevel = Field("info", description="which lines are kept: of this level or a graver one; all are counted")

    @model_validator(mode="after")
    def _something(self) -> Self:
        """Raises ValueError unless there is something to read."""
        if not self.files and not self.journal:
            raise ValueError('nothing to read; write journal = true or files = ["/var/log/syslog"]')
        if self.units and not self.journal:
            raise ValueError("units are of the journal; write journal = true too, or remove them")
        return self


def probe(settings: Settings, cursor: Cursor) -> str:
    """The sh text that reads on from the cursor."""
    most = int(settings.most)
    lines = [f"token={token_hex(16)} most={most} first={min(_log_parts.FIRST, most)}", _log_parts.ON_NODE]
    for number, file in enumerate(settings.files):
        place = _log_parts.PLACE.fullmatch(cursor.get(printable(file), ""))
        known = [quote(word) for word in (place.groups() if place else ("", "", "", ""))]
        lines.append(f"log {number} {quote(file)} {' '.join(known)}")
    if settings.journal:
        units = [f"--unit={quote(unit)}" for unit in settings.units]
        lines.append(" ".join(["journal", quote(cursor.get(JOURNAL, "")), str(MOST_JOURNAL), *units]))
    return "\n".join([*lines, "frame over", 'exit "$failed"']) + "\n"


def parse(settings: Settings, answer: Answer) -> Reading:
    """What was read. What is not whole is left for the next pass, with its cursor. Never raises."""
    told = list(_log_parts.frames(answer.body))
    logs = {str(number): Log(file, file.rpartition("/")[2]) for number, file in enumerate(settings.files)}
    logs[JOURNAL] = Log(JOURNAL, JOURNAL)
    around = Circumstances(answer.asked, _log_parts.zone(told), int(settings.most))
    faults = [Fault(0, "", frame.rest) for frame in told if frame.word == "failed"]
    if answer.body and not told:
        faults.append(Fault(0, printable(answer.body[:200]), "is no answer to what was asked of logs"))
    for frame in told:
        number, *words = frame.rest.split(" ")
        if frame.word in (JOURNAL, "hint"):
            _journal(logs[JOURNAL], frame, answer.asked)
        elif number in logs:
            logs[number].part(frame, words, around)
    return _reading(settings, answer.asked, list(logs.values()), faults)


def _reading(settings: Settings, asked: int, logs: Sequence[Log], faults: list[Fault]) -> Reading:
    """All that is whole."""
    whole = [log for log in logs if log.ended]
    return Reading(
        observations=tuple(number for log in whole for number in _numbers(log, asked)),
        lines=tuple(_log_parts.kept((event for log in whole for event in log.events), settings.level)),
        faults=(*faults, *(fault for log in logs for fault in log.faults)),
        cursor={printable(log.name): log.place for log in whole if log.place},
    )


def _numbers(log: Log, asked: int) -> Iterator[Observation]:
    subject = f"log:{printable(log.name)}"
    yield from _log_parts.counts(log.events, subject, asked)
    if log.name != JOURNAL:
        yield Observation(subject, "skipped", asked, float(log.skipped), "bytes")


def _journal(log: Log, frame: Frame, asked: int) -> None:
    if frame.word == "hint":
        log.note("this user sees its own lines only; add it to the group systemd-journal")
        return
    lines = [line for line in frame.body.split(b"\n") if line.startswith(b"{")]
    for line in lines:
        found = _entry(line, asked)
        if found is None:
            log.note("a line of it is not in journalctl's JSON")
        else:
            log.place = found[0]
            log.events.append(found[1])
    if len(lines) >= MOST_JOURNAL:
        log.note(f"more than the {MOST_JOURNAL} lines that a pass reads; the next one goes on")


def _entry(line: bytes, asked: int) -> tuple[str, Event] | None:
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
    return cursor, Event(f"log:{printable(str(writer))}", _lines.possible(time, asked), level, text)

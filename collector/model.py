"""The nouns of the product, as frozen values. Every room may import them; they import nothing of ours.

Times are whole UTC seconds since 1970 (`int`), durations are seconds, sizes are bytes. What is not known is
absent, never zero. Names that come from a node pass through `printable` before they become part of a value, so a
subject, a state or a text is always valid Unicode without control characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal, get_args
from zoneinfo import ZoneInfo


class AlmanacError(Exception):
    """What a person has to mend, in one sentence: what, where, how. Every room's errors derive from it.

    AlmanacError
    +- config.ConfigError, importers.ImportRefused ...   the request is wrong, nothing was changed: exit status 2
    +- store.LockHeld                                    another pass runs: exit status 3
    +- store.StoreError, publish.PublishError ...        the pass broke, what was recorded stays: exit status 4
    """

    exit_status = 2


LevelWord = Literal["ok", "unknown", "warning", "critical"]
Unit = Literal["bytes", "seconds", "count", "ratio", "celsius", "load"]


class Level(IntEnum):
    """How bad a node, subject or problem is. The worst of several is their `max`.

    UNKNOWN ranks above OK: what did not answer is never well, and below WARNING: silence alone proves no harm.
    """

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    CRITICAL = 3

    @classmethod
    def of(cls, word: LevelWord) -> Level:
        """The level of a word."""
        return cls[word.upper()]

    @property
    def word(self) -> LevelWord:
        """The word used in exported files, on pages and in the terminal."""
        return _WORDS[self]


_WORDS: dict[Level, LevelWord] = {
    Level.OK: "ok",
    Level.UNKNOWN: "unknown",
    Level.WARNING: "warning",
    Level.CRITICAL: "critical",
}


def worst_word(words: Iterable[LevelWord]) -> LevelWord:
    """The worst of some levels; of none: unknown, for nothing is known."""
    return max((Level.of(word) for word in words), default=Level.UNKNOWN).word


class Outcome(StrEnum):
    """How asking one source of one node ended. Anything but OK means that its values are not of this pass."""

    OK = "ok"
    UNREACHABLE = "unreachable"  # no connection: refused, timed out, unknown name, no route
    REFUSED = "refused"  # connected, but host key or login was not accepted, by us or by the node
    TIMED_OUT = "timed out"  # the section or the node used up its time limit
    TOO_LONG = "too long"  # the answer passed the size cap and was cut
    FAILED = "failed"  # the command ran and said so: exit status other than 0
    CUT_OFF = "cut off"  # the answer ended in the middle: connection lost


@dataclass(frozen=True, slots=True)
class Observation:
    """One number read of one subject: `Observation("tarball:ZZ/svn/dybsvn", "size", 1352823023, 4226393.0, "bytes")`.

    `time` is when the value was true (a tarball's stamp, or when the node was asked), not when it was recorded.
    """

    subject: str
    metric: str
    time: int
    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class State:
    """One word read of one subject: `State("process:web:gunicorn", "state", 1795465842, "RUNNING")`.

    History is kept as changes of `value`. `detail` is a sentence for people; a new detail alone is no change of state.
    """

    subject: str
    metric: str
    time: int
    value: str
    detail: str = ""


LogLevel = Literal["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
"""Severities of syslog (RFC 5424, 6.2.1), 0 to 7: the gravest first."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one time: a log line, an action, a change. `level` as in syslog: `info`, `error`."""

    subject: str
    time: int
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The end of what something that failed has said: `Excerpt("process:web:mailer", "stderr", "no such host")`.

    stream: stdout, stderr or journal.   text: lines, each free of control characters.
    """

    subject: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A piece of an answer that could not be understood: its line (1-based, 0 = the whole), its text, the reason."""

    line: int
    text: str
    reason: str


Cursor = Mapping[str, str]
"""Up to where a source was read, in its own words, by its own keys: `{"journal": "s=4f1;i=2a"}`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that `parse` made of one answer. Empty lists are an honest answer: nothing there.

    void: why the answer is none, though the node ended it well; empty if it is one. It then counts as failed, so that
    nothing that was there before seems gone.
    lines: what logs say since the pass before; kept apart from events, and for a time only.
    excerpts: of the logs of what failed, as they end now.
    cursor: where to go on in the next pass; a key that it leaves out stays as it was.
    """

    observations: tuple[Observation, ...] = ()
    states: tuple[State, ...] = ()
    events: tuple[Event, ...] = ()
    faults: tuple[Fault, ...] = ()
    void: str = ""
    lines: tuple[Event, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    cursor: Cursor = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one node said to one source in one pass, and the circumstances in which it was asked.

    node, source: names as configured; a source's name is unique within its node.
    kind: the source's kind (`tarballs`).        hub: the hub that the source belongs to, or None.
    zone: the zone of times without one in `body`.
    asked: UTC seconds when the pass asked.      took: seconds the section took on the node, None if not known.
    outcome, reason: how it ended; `reason` is one sentence for people, empty when OK.
    status: exit status of the section, None if it did not end by itself.
    body: standard output of the section, raw bytes, never longer than its cap.
    """

    node: str
    source: str
    kind: str
    asked: int
    outcome: Outcome
    reason: str = ""
    hub: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    took: float | None = None
    status: int | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """One node's whole answer of one pass: how reaching it ended, and an `Answer` for each of its sources.

    `skew` is the node's clock minus ours in seconds, None if the node was not reached.
    """

    node: str
    asked: int
    outcome: Outcome
    reason: str = ""
    took: float = 0.0
    skew: float | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong now, in one sentence with its numbers.

    rule: which rule said so (`late`, `shrunk`, `digest`, `silent`, `failed` ...).
    since: UTC seconds when it began, as far as the record tells.
    subject: None when it is the node as a whole.
    passes: it is confirmed once so many passes in a row have found it.
    runbook: the page of the site that says what to do, such as `guide/full-disk`; empty if there is none.
    """

    node: str
    subject: str | None
    rule: str
    level: Level
    text: str
    since: int
    passes: int = 1
    runbook: str = ""


def printable(raw: bytes | str) -> str:
    """Text from a node as valid Unicode without control characters: `b'caf\\xe9\\n'` gives `caf\\xe9\\n`, spelt out.

    Bytes that are not UTF-8 and every control, format or surrogate character become backslash escapes, so no name
    can steer a terminal, a mail or a page.
    """
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

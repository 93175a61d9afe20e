"""What passes found within a span of time: whether a node answered, and in which state its processes and units were."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Sequence

Points = list[tuple[int, str | None]]
"""What was found when a pass asked (UTC seconds), ascending; None where that pass could not know."""

_ATTEMPTS = (
    "SELECT asked, outcome FROM attempt WHERE node = ? AND asked >= ifnull((SELECT max(asked) FROM attempt"
    " WHERE node = ? AND asked <= ?), 0) AND asked <= ? ORDER BY asked"
)
_WORDS = (
    "SELECT subject.id, subject.name, word.id FROM subject JOIN word ON word.subject = subject.id WHERE node = ?"
    " AND word.metric = 'state' AND (name LIKE 'process:%' OR name LIKE 'unit:%') ORDER BY name"
)
_RUNS = "SELECT first, last FROM run WHERE kind = 'word' AND track = ? AND last >= ? AND first <= ? ORDER BY first"
_STATES = (
    "SELECT asked, value FROM state WHERE word = ? AND asked <= ? AND asked >= ifnull((SELECT max(asked) FROM state"
    " WHERE word = ? AND asked <= ?), 0) ORDER BY asked"
)
_ENDS = (
    "SELECT time, value FROM observation JOIN series ON series.id = observation.series WHERE series.subject = ?"
    " AND series.metric = 'exitstatus' AND time BETWEEN ? AND ?"
)
FINISHED = "finished"
"""The state of a process that has EXITED by itself with status 0: its work is done."""


_STARTS = (
    "SELECT subject.name, count(*) FROM subject JOIN word ON word.subject = subject.id"
    " JOIN state ON state.word = word.id WHERE node = ? AND word.metric = 'started' AND asked BETWEEN ? AND ?"
    " AND asked > (SELECT min(asked) FROM state AS first WHERE first.word = word.id) GROUP BY subject.name"
)


def restarts(db: sqlite3.Connection, node: str, span: tuple[int, int]) -> dict[str, int]:
    """How often each process and unit of a node was found started anew within a span; those that were not are left out.
    Several starts between two passes are found as one."""
    return dict(db.execute(_STARTS, [node, *span]).fetchall())


def attempts(db: sqlite3.Connection, node: str, span: tuple[int, int]) -> Points:
    """How asking a node ended, from the last time before the span on."""
    first, last = span
    return [(asked, outcome) for asked, outcome in db.execute(_ATTEMPTS, [node, node, first, last]).fetchall()]


def states(db: sqlite3.Connection, node: str, span: tuple[int, int], asked: Sequence[int]) -> dict[str, Points]:
    """The state of each process and unit of a node when it was asked. `asked`: those times within the span."""
    found = {}
    for subject, name, word in db.execute(_WORDS, [node]).fetchall():
        first, last = (asked[0] if asked else span[0]), span[1]
        runs = db.execute(_RUNS, [word, first, last]).fetchall()
        said = db.execute(_STATES, [word, last, word, first]).fetchall()
        if runs:
            told, value = _cover(runs), _value(said)
            ends = dict(db.execute(_ENDS, [subject, first, last]).fetchall())
            found[name] = [(time, _state(value(time), ends.get(time)) if told(time) else None) for time in asked]
    return found


def _state(word: str | None, status: float | None) -> str | None:
    return FINISHED if word == "EXITED" and status == 0 else word


def _cover(runs: Sequence[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether one of some runs, ascending, holds a time."""
    firsts = [first for first, _ in runs]

    def holds(time: int) -> bool:
        place = bisect_right(firsts, time)
        return place > 0 and time <= runs[place - 1][1]

    return holds


def _value(said: Sequence[tuple[int, str]]) -> Callable[[int], str | None]:
    """What was said last by a time."""
    times = [time for time, _ in said]

    def at(time: int) -> str | None:
        place = bisect_right(times, time)
        return said[place - 1][1] if place else None

    return at

"""Takes the last pass off the record, with all that only it told: one that ran while the clock was ahead hides every
pass after it until that time has come.

Only the last one, by when it asked: what it told stands at the end of each track, so nothing told later rests on it.
Called within the writer's transaction, while foreign keys are not kept: without an index of what each answer told they
would cost a look at every value an answer.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from collector.model import AlmanacError
from collector.store import past, weeks


class NotForgotten(AlmanacError):
    """The pass is not on record, or not the last one."""


def forget(db: sqlite3.Connection, number: int) -> int:
    """Takes a pass off the record; when it had started (UTC seconds). Raises NotForgotten."""
    last = db.execute("SELECT id, started FROM pass ORDER BY started DESC LIMIT 1").fetchone()
    if last is None or last[0] != number:
        raise NotForgotten(f"pass {number} is not the last on record; {_choice(last)}")
    if db.execute(_ASKED_LATER, [number]).fetchone():
        raise NotForgotten(f"pass {number} asked before others did, and what they told rests on it; it must stay")
    answers = db.execute("SELECT node, source, asked FROM answer WHERE pass = ?", [number]).fetchall()
    for node, source, asked in answers:
        _shorten(db, {"node": node, "source": source, "asked": asked})
    _drop_values(db, number)
    for statement in _DROP_THE_REST:
        db.execute(statement, {"pass": number, "started": last[1]})
    return int(last[1])


def _choice(last: tuple[int, int] | None) -> str:
    if last is None:
        return "none is"
    return f"that is {last[0]}, of {datetime.fromtimestamp(last[1], UTC):%Y-%m-%d %H:%M:%S UTC}"


_ASKED_LATER = (
    "SELECT 1 FROM answer AS mine JOIN answer AS other ON other.node = mine.node AND other.source = mine.source"
    " WHERE mine.pass = ? AND other.pass IS NOT NULL AND other.asked > mine.asked LIMIT 1"
)
_OF_NODE = """ source = :source AND (
    (kind = 'subject' AND track IN (SELECT id FROM subject WHERE node = :node)) OR
    (kind = 'series' AND track IN (SELECT series.id FROM series JOIN subject ON subject.id = subject
        WHERE node = :node)) OR
    (kind = 'word' AND track IN (SELECT word.id FROM word JOIN subject ON subject.id = subject WHERE node = :node)))"""
_BEFORE = (
    "SELECT max(asked) FROM answer WHERE node = :node AND source = :source AND pass IS NOT NULL AND asked < :asked"
)


def _shorten(db: sqlite3.Connection, answer: dict[str, str | int]) -> None:
    """Ends runs with the answer before this one; one that it began is gone."""
    db.execute(f"DELETE FROM run WHERE first = :asked AND {_OF_NODE}", answer)
    db.execute(f"UPDATE run SET last = ({_BEFORE}) WHERE last = :asked AND {_OF_NODE}", answer)


def _drop_values(db: sqlite3.Connection, number: int) -> None:
    """Takes away what the answers were the first to tell, and writes the weeks anew in which it was."""
    told = "answer IN (SELECT id FROM answer WHERE pass = ?)"
    changed = {
        (series, weeks.week_of(time))
        for series, time in db.execute(f"SELECT series, time FROM observation WHERE {told}", [number])
    }
    for table in ("observation", "state", "detail", "event", "line", "cursor", "excerpt"):
        db.execute(f"DELETE FROM {table} WHERE {told}", [number])
    past.withdraw(db, changed)


_DROP_THE_REST = (
    "DELETE FROM answer WHERE pass = :pass",
    "DELETE FROM attempt WHERE pass = :pass",
    "DELETE FROM turn WHERE started = :started",
    "DELETE FROM problem WHERE id NOT IN (SELECT problem FROM turn)",
    "DELETE FROM judged WHERE pass = :pass",
    "DELETE FROM stage WHERE pass = :pass",
    "DELETE FROM pass WHERE id = :pass",
    "DELETE FROM fault WHERE fault_set NOT IN (SELECT fault_set FROM answer WHERE fault_set IS NOT NULL)",
    "DELETE FROM fault_set WHERE id NOT IN (SELECT fault_set FROM answer WHERE fault_set IS NOT NULL)",
    "DELETE FROM series WHERE id NOT IN (SELECT track FROM run WHERE kind = 'series')",
    "DELETE FROM word WHERE id NOT IN (SELECT track FROM run WHERE kind = 'word')",
    "DELETE FROM subject WHERE id NOT IN (SELECT track FROM run WHERE kind = 'subject')",
    "DELETE FROM source WHERE NOT EXISTS"
    " (SELECT 1 FROM answer WHERE answer.node = source.node AND answer.source = source.name)",
    "DELETE FROM named WHERE last >= :started AND NOT EXISTS (SELECT 1 FROM pass)",
    "UPDATE named SET last = (SELECT max(started) FROM pass) WHERE last >= :started",
)

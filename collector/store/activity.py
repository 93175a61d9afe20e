"""The activity log: who did what, when, and how it ended, refusals too. Rows are added, never changed or taken away.

A row is written when an action has ended. It waits for no pass: only SQLite's own lock is taken, for one insert.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal, get_args

Ending = Literal["done", "failed", "refused", "interrupted"]
ENDINGS: tuple[Ending, ...] = get_args(Ending)

_ROWS = "SELECT time, person, login, act, node, subject, outcome, text FROM activity"

TABLES = """
CREATE TABLE person (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    login TEXT UNIQUE,
    added INTEGER NOT NULL,
    password TEXT NOT NULL,
    web TEXT NOT NULL
);;
CREATE TABLE activity (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    person TEXT NOT NULL,
    login TEXT NOT NULL,
    act TEXT NOT NULL,
    node TEXT,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    text TEXT NOT NULL
);;
CREATE INDEX activity_by_time ON activity (time);;
CREATE INDEX activity_of_node ON activity (node, time);;
CREATE TRIGGER activity_stays BEFORE DELETE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is only added to'); END;;
CREATE TRIGGER activity_is_true BEFORE UPDATE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is only added to'); END;;
CREATE TRIGGER activity_is_not_replaced BEFORE INSERT ON activity
WHEN EXISTS (SELECT 1 FROM activity WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the activity log is only added to'); END
""".strip()


@dataclass(frozen=True, slots=True)
class Activity:
    """One action, or one that was refused.

    time: UTC seconds when it ended.   person: the name, empty for an operating-system user who is nobody's.
    login: the operating-system user.   act: what was done, as `control` or `manage-users` (people.roles.Act).
    node, subject: where and to what, None and empty where it was to none.   text: one sentence for people.
    """

    time: int
    person: str
    login: str
    act: str
    node: str | None
    subject: str
    outcome: Ending
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted: None means any. `since` and `until` are UTC seconds, the second one excluded."""

    node: str | None = None
    person: str | None = None
    act: str | None = None
    outcome: str | None = None
    since: int | None = None
    until: int | None = None


def record(db: sqlite3.Connection, one: Activity) -> None:
    """Adds a row: within the transaction that is open, else in one of its own. Raises sqlite3.Error."""
    alone = not db.in_transaction
    db.execute(
        "INSERT INTO activity (time, person, login, act, node, subject, outcome, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [one.time, one.person, one.login, one.act, one.node, one.subject, one.outcome, one.text],
    )
    if alone and db.in_transaction:
        db.commit()


def found(db: sqlite3.Connection, wanted: Wanted, number: int = -1) -> tuple[Activity, ...]:
    """The rows that are wanted, the newest first; so many of them at most, all if negative."""
    same = [(key, value) for key in ("node", "person", "act", "outcome") if (value := getattr(wanted, key)) is not None]
    tests = [f"{key} = ?" for key, _ in same]
    values: list[object] = [value for _, value in same]
    for sign, time in ((">=", wanted.since), ("<", wanted.until)):
        if time is not None:
            tests.append(f"time {sign} ?")
            values.append(time)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    rows = db.execute(f"{_ROWS}{where} ORDER BY time DESC, id DESC LIMIT ?", [*values, number])
    return tuple(Activity(*row) for row in rows.fetchall())

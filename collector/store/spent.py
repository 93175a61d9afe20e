"""What the stages of the last passes took, noted as they go: a stage that has begun and has no end was killed.

The whole pass is the stage number 0, without a name. Only the last two passes are kept: the one that runs tells what
became of the one before as numbers and words of its own.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

TABLE = """
CREATE TABLE stage (
    pass INTEGER NOT NULL REFERENCES pass,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    took REAL,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (pass, number)
) WITHOUT ROWID
""".strip()
"""As the migration made it; a later change of it is another migration."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pass. took: seconds, None if it never ended.   reason: why it broke, one sentence, else empty."""

    name: str
    took: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """A whole pass that began at `started` (UTC seconds): `whole` is all of it, `stages` those that it came to.
    `ping`: why the dead man's switch was not told of its end, empty if it was told, None if there is none."""

    started: int
    whole: Stage
    stages: tuple[Stage, ...]
    ping: str | None = None


PING = "ping"
"""The one stage that is no part of the whole."""


def begin(db: sqlite3.Connection, pass_id: int, number: int, name: str) -> None:
    """Notes that a stage has begun. The first one forgets passes long past."""
    if number == 0:
        db.execute(
            "DELETE FROM stage WHERE pass <> ? AND pass <> ifnull((SELECT max(pass) FROM stage WHERE pass <> ?), 0)",
            [pass_id, pass_id],
        )
        db.execute("DELETE FROM stage WHERE pass = ?", [pass_id])
    db.execute("INSERT INTO stage (pass, number, name) VALUES (?, ?, ?)", [pass_id, number, name])


def end(db: sqlite3.Connection, pass_id: int, number: int, took: float, reason: str = "") -> None:
    """Notes that a stage has ended, after so many seconds, and why if it broke."""
    db.execute("UPDATE stage SET took = ?, reason = ? WHERE pass = ? AND number = ?", [took, reason, pass_id, number])


def before(db: sqlite3.Connection, pass_id: int) -> Spent | None:
    """What the last pass before this one, of those whose stages were noted, took; None if there was none."""
    rows = db.execute(
        "SELECT started, stage.name, took, reason FROM stage JOIN pass ON pass.id = stage.pass"
        " WHERE pass = (SELECT max(pass) FROM stage WHERE pass < ?) ORDER BY number",
        [pass_id],
    ).fetchall()
    if not rows:
        return None
    whole, *stages = (Stage(*row[1:]) for row in rows)
    pings = [stage.reason for stage in stages if stage.name == PING]
    return Spent(rows[0][0], whole, tuple(one for one in stages if one.name != PING), pings[0] if pings else None)

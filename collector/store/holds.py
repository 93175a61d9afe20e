"""What people said of problems: acknowledged, silenced. Kept for ever, so that any night tells what was held then."""

from __future__ import annotations

import sqlite3

from collector.model import Level
from collector.store.records import Ack, Silence

_ACKS = "SELECT id, node, subject, rule, made, person, note, until, level FROM ack"
_SILENCES = "SELECT id, made, person, note, selector, first, last, every FROM silence"


def acks(db: sqlite3.Connection, until: int) -> tuple[Ack, ...]:
    """All that were made by a time (UTC seconds), the newest first."""
    rows = db.execute(f"{_ACKS} WHERE made <= ? ORDER BY made DESC, id DESC", [until]).fetchall()
    return tuple(map(_ack, rows))


def _ack(row: tuple[int, str, str, str, int, str, str, int | None, int | None]) -> Ack:
    id_, node, subject, rule, made, person, note, until, level = row
    return Ack(id_, (node, subject, rule), made, person, note, until, None if level is None else Level(level))


def silences(db: sqlite3.Connection, until: int) -> tuple[Silence, ...]:
    """Those that stood at a time (UTC seconds): made by then and not removed, the newest first."""
    rows = db.execute(
        f"{_SILENCES} WHERE made <= ? AND ifnull(removed, ?) > ? ORDER BY made DESC, id DESC", [until, until + 1, until]
    )
    return tuple(Silence(*row) for row in rows.fetchall())


def last_said(db: sqlite3.Connection) -> int:
    """When anybody last said something of problems, 0 if nobody ever did."""
    (time,) = db.execute(
        "SELECT max(ifnull((SELECT max(made) FROM ack), 0), ifnull((SELECT max(made) FROM silence), 0),"
        " ifnull((SELECT max(removed) FROM silence), 0))"
    ).fetchone()
    return int(time)


def add_ack(db: sqlite3.Connection, ack: Ack) -> None:
    """Notes an acknowledgement; its id is given here."""
    db.execute(
        "INSERT INTO ack (node, subject, rule, made, person, note, until, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*ack.key, ack.made, ack.person, ack.note, ack.until, ack.level],
    )


def add_silence(db: sqlite3.Connection, new: Silence) -> int:
    """Notes a silence; the id that it was given."""
    done = db.execute(
        "INSERT INTO silence (made, person, note, selector, first, last, every) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [new.made, new.person, new.note, new.selector, new.first, new.last, new.every],
    )
    return int(done.lastrowid or 0)


def remove_silence(db: sqlite3.Connection, number: int, now: int) -> None:
    """Ends a silence; it is still told of nights before."""
    db.execute("UPDATE silence SET removed = ? WHERE id = ? AND removed IS NULL", [now, number])

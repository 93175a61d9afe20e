"""Faults of answers. A source mostly says the same wrong thing every night: equal sets of faults are kept once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby

from collector.model import Fault


def kept(db: sqlite3.Connection, faults: Sequence[Fault]) -> int | None:
    """The id of a set of faults, made if there is none yet; None for the empty set."""
    if not faults:
        return None
    digest = sha256(repr([(one.line, one.text, one.reason) for one in faults]).encode()).digest()
    found = db.execute("SELECT id FROM fault_set WHERE digest = ?", [digest]).fetchone()
    if found:
        return int(found[0])
    key = int(db.execute("INSERT INTO fault_set (digest) VALUES (?)", [digest]).lastrowid or 0)
    rows = [(key, number, one.line, one.text, one.reason) for number, one in enumerate(faults)]
    db.executemany("INSERT INTO fault VALUES (?, ?, ?, ?, ?)", rows)
    return key


def of(db: sqlite3.Connection, key: int | None) -> tuple[Fault, ...]:
    """The faults of a set, in their order."""
    rows = db.execute("SELECT line, text, reason FROM fault WHERE fault_set = ? ORDER BY number", [key])
    return tuple(Fault(*row) for row in rows)


def keep_once(db: sqlite3.Connection) -> None:
    """Moves each answer's own faults, as the first version kept them, into the sets that answers share."""
    rows = db.execute("SELECT answer, line, text, reason FROM fault ORDER BY answer, number").fetchall()
    db.execute("DROP TABLE fault")
    db.execute("ALTER TABLE new_fault RENAME TO fault")
    for answer, told in groupby(rows, key=lambda row: row[0]):
        found = kept(db, [Fault(*row[1:]) for row in told])
        db.execute("UPDATE answer SET fault_set = ? WHERE id = ?", [found, answer])

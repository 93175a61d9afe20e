"""Up to where each source was read. Kept in the transaction that records what was read up to there, so that a pass that
is killed neither loses a line nor tells one twice.

The cursor of the pass before stays too: when the last pass is taken off the record, reading goes on from there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from collector.model import Cursor

Cursors = Mapping[tuple[str, str], Cursor]
"""By node and source."""
TABLE = """
CREATE TABLE cursor (
    node TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    asked INTEGER NOT NULL,
    value TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (node, source, key, asked)
) WITHOUT ROWID
"""
_UNUSED = 90 * 86400
"""Seconds after which a key that the source no longer tells is dropped: a file that is gone."""


def every(db: sqlite3.Connection) -> Cursors:
    """Where each source goes on."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for node, source, key, value in db.execute("SELECT node, source, key, value FROM cursor ORDER BY asked"):
        found.setdefault((node, source), {})[key] = value
    return found


def note(db: sqlite3.Connection, source: tuple[str, str], answer: tuple[int, int], cursor: Cursor) -> None:
    """Notes the cursor that an answer brought. source: node and name.   answer: its id, and when it was asked."""
    key, asked = answer
    for name, value in cursor.items():
        db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?, ?, ?)", [*source, name, asked, value, key])
        db.execute(
            "DELETE FROM cursor WHERE node = ?1 AND source = ?2 AND key = ?3 AND asked < (SELECT asked FROM cursor"
            " WHERE node = ?1 AND source = ?2 AND key = ?3 ORDER BY asked DESC LIMIT 1 OFFSET 1)",
            [*source, name],
        )
    if cursor:
        db.execute("DELETE FROM cursor WHERE node = ? AND source = ? AND asked < ?", [*source, asked - _UNUSED])

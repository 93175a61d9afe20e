"""The end of what failed processes have said: of each only what the last two answers told, for a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.model import Excerpt

TABLE = """
CREATE TABLE excerpt (
    node TEXT NOT NULL,
    subject TEXT NOT NULL,
    stream TEXT NOT NULL,
    asked INTEGER NOT NULL,
    text TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer,
    PRIMARY KEY (node, subject, stream, asked)
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Said:
    """An excerpt, and when it was read: UTC seconds."""

    asked: int
    excerpt: Excerpt


def note(db: sqlite3.Connection, node: str, answer: tuple[int, int], told: Iterable[Excerpt]) -> None:
    """Records what an answer told; the one before stays. answer: its id, and when it was asked."""
    key, asked = answer
    for one in told:
        of = [node, one.subject, one.stream]
        db.execute("INSERT OR REPLACE INTO excerpt VALUES (?, ?, ?, ?, ?, ?)", [*of, asked, one.text, key])
        db.execute(
            "DELETE FROM excerpt WHERE node = ?1 AND subject = ?2 AND stream = ?3 AND asked <"
            " (SELECT asked FROM excerpt WHERE node = ?1 AND subject = ?2 AND stream = ?3"
            " ORDER BY asked DESC LIMIT 1 OFFSET 1)",
            of,
        )


def of_node(db: sqlite3.Connection, node: str, until: int) -> Sequence[Said]:
    """All of a node as of a time (UTC seconds), of one stream the last one last."""
    rows = db.execute(
        "SELECT asked, subject, stream, text FROM excerpt WHERE node = ? AND asked <= ?"
        " ORDER BY subject, stream, asked",
        [node, until],
    )
    return [Said(asked, Excerpt(subject, stream, text)) for asked, subject, stream, text in rows.fetchall()]


def prune(db: sqlite3.Connection, before: int) -> None:
    """Drops what is older than a time (UTC seconds)."""
    db.execute("DELETE FROM excerpt WHERE asked < ?", [before])

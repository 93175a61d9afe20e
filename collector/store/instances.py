"""The registry of application instances. Called by the one writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

TABLE = """
CREATE TABLE instance (
    uuid TEXT PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    contact TEXT NOT NULL,
    email TEXT NOT NULL,
    organisation TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    added INTEGER NOT NULL
)
"""
BY_THEMSELVES = (
    "ALTER TABLE instance ADD COLUMN held INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE instance ADD COLUMN secret TEXT NOT NULL DEFAULT ''",
)
NAMES = """
SELECT metric FROM series JOIN subject ON subject.id = series.subject WHERE node = :node AND name = :subject
UNION SELECT metric FROM word JOIN subject ON subject.id = word.subject WHERE node = :node AND name = :subject
"""
COLUMNS = "uuid, url, contact, email, organisation, enabled, added, held, secret"


@dataclass(frozen=True, slots=True)
class Instance:
    """One installation of the application that is followed. url: its base, without a slash at the end.

    enabled: whether it is to be asked.   added: UTC seconds.   held: whether it waits for an admin's approval first.
    secret: the SHA-256 of what it shows to change itself, in hexadecimal digits; empty if it has none. Never printed.
    """

    uuid: str
    url: str
    contact: str
    email: str
    organisation: str
    enabled: bool
    added: int
    held: bool = False
    secret: str = field(default="", repr=False)

    @property
    def is_asked(self) -> bool:
        """Whether a pass asks it."""
        return self.enabled and not self.held

    @property
    def is_waiting(self) -> bool:
        """Whether it would be asked if an admin approved it."""
        return self.enabled and self.held

    @property
    def row(self) -> tuple[object, ...]:
        """Its values, as `COLUMNS` has them."""
        whole = (self.uuid, self.url, self.contact, self.email, self.organisation)
        return (*whole, int(self.enabled), self.added, int(self.held), self.secret)


def told(row: Sequence[Any]) -> Instance:
    """The instance in a row of `COLUMNS`."""
    uuid, url, contact, email, organisation, enabled, added, held, secret = row
    return Instance(uuid, url, contact, email, organisation, bool(enabled), added, bool(held), secret)


def everyone(db: sqlite3.Connection) -> tuple[Instance, ...]:
    """All instances, by organisation and URL."""
    return tuple(told(row) for row in db.execute(f"SELECT {COLUMNS} FROM instance ORDER BY organisation, url"))


def waiting(db: sqlite3.Connection) -> int:
    """How many wait for approval."""
    found: int = db.execute("SELECT count(*) FROM instance WHERE enabled AND held").fetchone()[0]
    return found


def names(db: sqlite3.Connection, node: str, subject: str) -> frozenset[str]:
    """What an instance has ever told, by its names as a node and a subject: the names of its numbers and words."""
    return frozenset(name for (name,) in db.execute(NAMES, {"node": node, "subject": subject}))


def put(db: sqlite3.Connection, one: Instance) -> None:
    """Adds an instance, or replaces the one of that UUID."""
    db.execute(
        f"INSERT INTO instance ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO UPDATE"
        " SET url = excluded.url, contact = excluded.contact, email = excluded.email, held = excluded.held,"
        " organisation = excluded.organisation, enabled = excluded.enabled, secret = excluded.secret",
        one.row,
    )


def remove(db: sqlite3.Connection, uuid: str) -> None:
    """Takes an instance away; what was read of it stays on record."""
    db.execute("DELETE FROM instance WHERE uuid = ?", [uuid])

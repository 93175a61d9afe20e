"""The registry of application instances. Called by the one writer."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

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
_ROWS = "SELECT uuid, url, contact, email, organisation, enabled, added FROM instance"


@dataclass(frozen=True, slots=True)
class Instance:
    """One installation of the application that is followed. url: its base, without a slash at the end.

    enabled: whether it is asked.   added: UTC seconds.
    """

    uuid: str
    url: str
    contact: str
    email: str
    organisation: str
    enabled: bool
    added: int


def everyone(db: sqlite3.Connection) -> tuple[Instance, ...]:
    """All instances, by organisation and URL."""
    rows = db.execute(f"{_ROWS} ORDER BY organisation, url").fetchall()
    return tuple(replace(Instance(*row), enabled=bool(row[5])) for row in rows)


def put(db: sqlite3.Connection, one: Instance) -> None:
    """Adds an instance, or replaces the one of that UUID."""
    db.execute(
        "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO UPDATE SET url = excluded.url,"
        " contact = excluded.contact, email = excluded.email, organisation = excluded.organisation,"
        " enabled = excluded.enabled",
        [one.uuid, one.url, one.contact, one.email, one.organisation, int(one.enabled), one.added],
    )


def remove(db: sqlite3.Connection, uuid: str) -> None:
    """Takes an instance away; what was read of it stays on record."""
    db.execute("DELETE FROM instance WHERE uuid = ?", [uuid])

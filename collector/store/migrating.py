"""Brings tables up to date with sqlite-utils, which is loaded for this alone: most passes find nothing to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database, Migrations

from collector.store import schema

MIGRATIONS = Migrations(schema.SET)


def apply(db: sqlite3.Connection, stop_before: str | None = None) -> None:
    """Applies what a database lacks, all of it or what comes before the migration of a name."""
    MIGRATIONS.apply(Database(db), stop_before=stop_before)


def _of(step: schema.Step) -> Callable[[Database], None]:
    def migration(db: Database) -> None:
        step(db.conn)

    return migration


for _name, _step in schema.STEPS.items():
    MIGRATIONS(name=_name)(_of(_step))

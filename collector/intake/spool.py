"""The spool: every instance as the server tells of it, and which of its values the registry has not taken in yet.

Each change is one transaction of SQLite's rollback journal, on the disk before it is answered. A row is never a queue
of changes: who changes an instance a thousand times leaves one row, with the last values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.model import AlmanacError
from collector.store.instances import COLUMNS, Instance, told

FILE = "registrations.db"
BUSY_SECONDS = 10.0
"""So long one writer waits for another; each of them is done in some milliseconds."""
_VERSION = 1
_TABLES = """
CREATE TABLE registration (
    uuid TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    contact TEXT NOT NULL,
    email TEXT NOT NULL,
    organisation TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    added INTEGER NOT NULL,
    held INTEGER NOT NULL,
    secret TEXT NOT NULL,
    new INTEGER NOT NULL,
    changed TEXT NOT NULL,
    revision INTEGER NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX registration_url ON registration (url);
CREATE INDEX registration_revision ON registration (revision)
"""
_ALL = ("url", "contact", "email", "organisation", "enabled", "held")
_BROKEN = "move it away; what was not taken in is lost, all else comes back with the next pass"
_KEPT_FROM = (
    "see who owns its folder, and whether its disk has room; almanac intake must run as the user that runs passes"
)
_PENDING = "(new OR changed != '')"


class SpoolError(AlmanacError):
    """The spool can't be read or written: what, where, how to mend."""

    exit_status = 4


class Taken(Exception):
    """The address is another instance's."""


class Full(Exception):
    """There is no room for one more instance."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What the registry has not taken in: the instance as it is to be, which of its fields have changed since, and the
    address that the last change came from. revision: which change that was."""

    instance: Instance
    is_new: bool
    changed: frozenset[str]
    revision: int
    address: str


class Spool:
    """An open spool. Use `Spool.open` in a `with` statement."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Spool]:
        """Opens or makes the spool in a folder. Raises SpoolError, also for whatever fails within the block."""
        path = folder / FILE
        with _spoken(path):
            folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o660)  # it holds mail addresses
            db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                db.execute("PRAGMA synchronous = FULL")
                _prepare(db, path)
                yield cls(db)
            finally:
                db.close()

    def find(self, uuid: str) -> Instance | None:
        """The instance of a UUID."""
        row = self._db.execute(f"SELECT {COLUMNS} FROM registration WHERE uuid = ?", [uuid]).fetchone()
        return told(row) if row else None

    def add(self, one: Instance, address: str, most: int) -> None:
        """A new instance. Raises Taken, and Full where there are so many already."""
        with self._writing() as db:
            _expect_free(db, one.url, one.uuid)
            if db.execute("SELECT count(*) FROM registration").fetchone()[0] >= most:
                raise Full
            db.execute(_INSERT, [*one.row, 1, "", _next(db), address])

    def change(self, uuid: str, fields: Mapping[str, str | bool], address: str) -> Instance | None:
        """Other values of an instance; it, or None if there is none. Fields that stay as they were are no change.
        Raises Taken."""
        with self._writing() as db:
            row = db.execute(f"SELECT {COLUMNS}, changed FROM registration WHERE uuid = ?", [uuid]).fetchone()
            if row is None:
                return None
            old = told(row[:9])
            differ: dict[str, Any] = {key: value for key, value in fields.items() if getattr(old, key) != value}
            if differ:
                if "url" in differ:
                    _expect_free(db, differ["url"], uuid)
                _set(db, uuid, differ | {"address": address, "revision": _next(db)})
                again = {"held"} & set(fields) if "url" in differ else set()  # an admin may have approved the old one
                changed = " ".join(sorted({*row[9].split(), *differ, *again}))
                db.execute("UPDATE registration SET changed = ? WHERE uuid = ?", [changed, uuid])
        return self.find(uuid)

    def pending(self) -> tuple[Pending, ...]:
        """What is to be taken in, in the order of its coming."""
        rows = self._db.execute(
            f"SELECT {COLUMNS}, new, changed, revision, address FROM registration WHERE {_PENDING} ORDER BY revision"
        )
        return tuple(
            Pending(told(row[:9]), bool(row[9]), frozenset(_ALL if row[9] else _named(row[10])), row[11], row[12])
            for row in rows
        )

    def publish(self, taken: Iterable[Pending], registry: Sequence[Instance]) -> None:
        """Notes what was taken in, unless it has changed again since, and has all else be as the registry is."""
        wanted = {one.uuid: one for one in registry}
        with self._writing() as db:
            for one in taken:
                done = [one.instance.uuid, one.revision]
                db.execute("UPDATE registration SET new = 0, changed = '' WHERE uuid = ? AND revision = ?", done)
            rows = db.execute(f"SELECT {COLUMNS}, {_PENDING} FROM registration").fetchall()
            known = {row[0]: told(row[:9]) for row in rows}
            waiting = {row[0] for row in rows if row[9]}
            for uuid in known.keys() - wanted.keys() - waiting:
                db.execute("DELETE FROM registration WHERE uuid = ?", [uuid])
            for uuid in wanted.keys() - waiting:
                if known.get(uuid) != wanted[uuid]:
                    db.execute("DELETE FROM registration WHERE uuid = ?", [uuid])
                    db.execute(_INSERT, [*wanted[uuid].row, 0, "", _next(db), ""])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


_INSERT = f"INSERT INTO registration ({COLUMNS}, new, changed, revision, address) VALUES ({', '.join('?' * 13)})"


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise SpoolError(f"{path}: was made by a newer version of Almanac; install that version again")
    if version < _VERSION:
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] < _VERSION:  # another may have made it meanwhile
            for statement in _TABLES.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_VERSION}")
        db.execute("COMMIT")


def _named(changed: object) -> set[str]:
    """The fields that a row calls changed."""
    return set(_ALL) & set(str(changed).split())


def _expect_free(db: sqlite3.Connection, url: str, uuid: str) -> None:
    if db.execute("SELECT 1 FROM registration WHERE url = ? AND uuid != ?", [url, uuid]).fetchone():
        raise Taken


def _next(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(revision), 0) + 1 FROM registration").fetchone()[0])


def _set(db: sqlite3.Connection, uuid: str, values: Mapping[str, object]) -> None:
    names = ", ".join(f"{name} = ?" for name in values)  # ours, never those of a request
    db.execute(f"UPDATE registration SET {names} WHERE uuid = ?", [*values.values(), uuid])


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        broken = getattr(error, "sqlite_errorcode", 0) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        raise SpoolError(f"{path}: {error}: {_BROKEN if broken else _KEPT_FROM}") from error
    except OSError as error:
        raise SpoolError(f"{path}: {error.strerror}; mend that and run again") from error

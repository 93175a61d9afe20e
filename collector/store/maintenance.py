"""Copies and checks of the database."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector import files
from collector.store import schema
from collector.store.errors import Misplaced, StoreError, told


def backup(database: Path, target: Path) -> None:
    """Writes a consistent copy, also while a pass runs, which waits meanwhile. Raises StoreError.

    The copy appears under its name only when it is whole, sound and on the disk: one of a damaged database must not
    take the place of a good one.
    """
    if target.exists() and database.exists() and target.samefile(database):
        raise Misplaced(f"{target}: is the database itself; name another file for its copy")
    if target.exists() and not target.is_file():  # such as /dev/null, which root would replace
        raise Misplaced(f"{target}: is no plain file; name a file for the copy")
    with (
        _opened(database) as source,
        told(target),
        tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=f".{target.name}.") as aside,
    ):
        whole = Path(aside, target.name)
        with closing(sqlite3.connect(whole)) as copy:
            source.backup(copy)
            whole.chmod(database.stat().st_mode & 0o777)  # it may hold hashes of passwords
            if _findings(copy):
                raise StoreError(f"{database}: is not sound, so {target} is left as it was; see: almanac db check")
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        whole.rename(target)
        files.sync(target.absolute().parent)


def check(database: Path) -> list[str]:
    """What is wrong with the database, a sentence each; empty if it is sound. Raises StoreError if it can't be read."""
    with _opened(database) as db, told(database):
        return _findings(db)


def _findings(db: sqlite3.Connection) -> list[str]:
    try:
        if not schema.applied(db):
            return ["holds nothing of Almanac's; put a backup in its place"]
        findings = [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        orphans = db.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT:
            raise
        return [str(error)]  # too damaged even to be checked to the end
    return findings + [f"{table}: a row belongs to no row of {parent}" for table, _, parent, _ in orphans]


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """The database, for reading. It is opened for writing where allowed: only so can SQLite take back the half-done
    transaction of a pass that was killed, without which nothing of it can be read."""
    if not database.exists():
        raise StoreError(f"{database}: there is no such file; a pass makes it: almanac nightly")
    with told(database):
        db = sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=60)
    with closing(db):
        with told(database):
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield db

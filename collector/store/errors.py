"""What can go wrong with the database, in words for people.

StoreError            it can't be opened, read or written; exit status 4
  Damaged             it is none of SQLite's, or no longer
  Misplaced           it, or a copy of it, can't be where it is asked for; exit status 2
LockHeld              another pass runs; exit status 3
NothingRecorded       no pass has recorded anything yet; exit status 2
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.model import AlmanacError

_MENDS = (
    ("disk is full", "No space left on its disk; make room there, the next pass goes on from what is recorded"),
    ("not a database", "it is no SQLite database; name another folder in site.data, or put a backup in its place"),
    ("malformed", "it is damaged; put a backup in its place (almanac db check tells more)"),
    ("locked", "another program holds it; try again when that has ended"),
    ("readonly", "this user may not write it; run as its owner"),
    ("unable to open", "this user may not open or make it; see who owns its folder"),
    ("disk I/O", "its disk fails or is full; see the system's log"),
)

_DAMAGE = ("not a database", "malformed")


class StoreError(AlmanacError):
    """The database can't be used: what, where, how to mend."""

    exit_status = 4


class Damaged(StoreError):
    """What stands there is no database, or no longer."""


class Misplaced(StoreError):
    """The database, or a copy of it, can't be where it is asked for."""

    exit_status = 2


class LockHeld(AlmanacError):
    """Another pass runs; the sentence names it."""

    exit_status = 3


class NothingRecorded(AlmanacError):
    """There is no pass yet that could be judged or told of."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what SQLite or the disk says within the block into a StoreError about the database at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        mend = next((mend for word, mend in _MENDS if word in said), "see almanac db check")
        kind = Damaged if any(word in said for word in _DAMAGE) else StoreError
        raise kind(f"{path}: {said}: {mend}") from error
    except (FileExistsError, NotADirectoryError) as error:
        reason = "is no folder, and can't be made, for a file is in its way"
        raise Misplaced(f"{path.parent}: {reason}; move that file away, or name another folder") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; mend that and run again") from error

"""What is kept as its changes: a row where an answer told something else than the one before, none where it did not.

Answers may come in any order (an older recording replayed later): a change goes between its neighbours, and what later
answers told stays as they told it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from collector.store import runs
from collector.store.runs import Kind, Reader

Key = tuple[int, ...]
"""The id of the track; of a number also the time that it is of."""


@dataclass(frozen=True, slots=True)
class Changes:
    """A table of changes: its rows are `key`, `asked` (when it was first told), `value`, `answer`, in this order, and
    where it is `dated` a `time` of the value's own."""

    kind: Kind
    table: str
    key: str
    dated: bool = False

    def note(self, db: sqlite3.Connection, reader: Reader, key: Key, value: float | str, time: int = 0) -> bool:
        """Notes what an answer told; False if it is known already. Runs must have been noted before."""
        known = self._as_of(db, key, reader.asked)
        if known and known[0] == value:
            return False
        if known and not reader.is_latest:
            self._resume(db, reader, key, known[0])
        self._put(db, key, (reader.asked, value, reader.answer), time)
        if not reader.is_latest:
            self._merge(db, key, reader.asked)
        return True

    def _as_of(self, db: sqlite3.Connection, key: Key, asked: int) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = db.execute(
            f"SELECT value FROM {self.table} WHERE {self.key} AND asked <= ? ORDER BY asked DESC LIMIT 1",
            (*key, asked),
        ).fetchone()
        return found

    def _put(self, db: sqlite3.Connection, key: Key, row: tuple[Any, ...], time: int) -> None:
        whole = (*key, *row, time) if self.dated else (*key, *row)
        db.execute(f"INSERT OR REPLACE INTO {self.table} VALUES ({', '.join('?' * len(whole))})", whole)

    def _resume(self, db: sqlite3.Connection, reader: Reader, key: Key, value: float | str) -> None:
        """Keeps what later answers, up to the next change, have told, when an older one breaks into it."""
        asked = runs.told_after(db, self.kind, key[0], reader)
        change = self._after(db, key, reader.asked)
        if asked is None or (change is not None and change <= asked):
            return
        (answer,) = db.execute(
            "SELECT id FROM answer WHERE node = ? AND source = ? AND asked = ?", [reader.node, reader.source, asked]
        ).fetchone()
        self._put(db, key, (asked, value, answer), asked)

    def _after(self, db: sqlite3.Connection, key: Key, asked: int) -> int | None:
        (found,) = db.execute(
            f"SELECT min(asked) FROM {self.table} WHERE {self.key} AND asked > ?", (*key, asked)
        ).fetchone()
        return None if found is None else int(found)

    def _merge(self, db: sqlite3.Connection, key: Key, asked: int) -> None:
        """Takes out the change after `asked`, then the one at it, if it changes nothing: it was so before."""
        for time in (self._after(db, key, asked), asked):
            if time is not None:
                before, now = self._as_of(db, key, time - 1), self._as_of(db, key, time)
                if before == now:
                    db.execute(f"DELETE FROM {self.table} WHERE {self.key} AND asked = ?", (*key, time))


NUMBERS = Changes("series", "observation", "series = ? AND time = ?")
WORDS = Changes("word", "state", "word = ?", dated=True)
DETAILS = Changes("word", "detail", "word = ?")

"""What is kept as its changes: a row where an answer told something else than the one before, none where it did not.

Answers may come in any order (an older recording replayed later): a change goes between its neighbours, and what later
answers told stays as they told it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from collector.store import runs
from collector.store.runs import Kind, Reader

Key = tuple[int, ...]
"""The id of the track; of a number also the time that it is of."""


class Said(NamedTuple):
    """A value that was told, and where it is dated the time of its own (UTC seconds)."""

    value: float | str
    time: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """A table of changes: its rows are `key`, `asked` (when it was first told), `value`, `answer`, in this order, and
    where it is `dated` a `time` of the value's own."""

    kind: Kind
    table: str
    key: str
    dated: bool = False

    def note(self, db: sqlite3.Connection, reader: Reader, told: Mapping[Key, Said]) -> Sequence[Key]:
        """Notes what an answer told, and gives back the keys of which that was not known. Runs must have been noted
        before."""
        known = self._all_as_of(db, [*told], reader.asked)
        new = [key for key, said in told.items() if known.get(key) != said.value]
        if reader.is_latest:
            self._put(db, [self._row(key, reader, told[key]) for key in new])
            return new
        for key in new:
            if key in known:
                self._resume(db, reader, key, known[key])
            self._put(db, [self._row(key, reader, told[key])])
            self._merge(db, key, reader.asked)
        return new

    def _all_as_of(self, db: sqlite3.Connection, keys: Sequence[Key], asked: int) -> dict[Key, Any]:
        """What was told of some keys by then; those of which nothing was are left out."""
        told = self.key
        for place in range(told.count("?")):
            told = told.replace("?", f"json_extract(told.value, '$[{place}]')", 1)
        rows = db.execute(
            f"SELECT told.key, (SELECT value FROM {self.table} AS one WHERE {told} AND asked <= ? ORDER BY asked DESC"
            " LIMIT 1) FROM json_each(?) AS told",
            [asked, json.dumps(keys)],
        )
        return {keys[place]: value for place, value in rows if value is not None}

    def _row(self, key: Key, reader: Reader, said: Said) -> tuple[Any, ...]:
        return (*key, reader.asked, said.value, reader.answer, *([said.time] if self.dated else []))

    def _as_of(self, db: sqlite3.Connection, key: Key, asked: int) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = db.execute(
            f"SELECT value FROM {self.table} WHERE {self.key} AND asked <= ? ORDER BY asked DESC LIMIT 1",
            (*key, asked),
        ).fetchone()
        return found

    def _put(self, db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            db.executemany(f"INSERT OR REPLACE INTO {self.table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def _resume(self, db: sqlite3.Connection, reader: Reader, key: Key, value: float | str) -> None:
        """Keeps what later answers, up to the next change, have told, when an older one breaks into it."""
        asked = runs.told_after(db, self.kind, key[0], reader)
        change = self._after(db, key, reader.asked)
        if asked is None or (change is not None and change <= asked):
            return
        (answer,) = db.execute(
            "SELECT id FROM answer WHERE node = ? AND source = ? AND asked = ?", [reader.node, reader.source, asked]
        ).fetchone()
        self._put(db, [(*key, asked, value, answer, *([asked] if self.dated else []))])

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

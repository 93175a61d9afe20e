"""The one writer. Each node's answer is one transaction, and recording it twice leaves the database as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from collector.model import Answer, NodeAnswer, Observation, Reading
from collector.store import (
    activity,
    cursors,
    excerpts,
    faults,
    happened,
    holds,
    instances,
    lines,
    persons,
    problems,
    schema,
    spent,
    tracks,
)
from collector.store.activity import Activity
from collector.store.errors import StoreError, told
from collector.store.forget import forget
from collector.store.happened import Happening
from collector.store.instances import Instance
from collector.store.keepable import Kept, keepable
from collector.store.persons import Person
from collector.store.records import Ack, PassRecord, ProblemRecord, Silence
from collector.store.runs import Reader

_TOLD = "kind, hub, asked, took, outcome, reason, status, fault_set"
BUSY_SECONDS = 60.0
"""So long a write waits for a reader, such as `almanac db backup`, to let go."""
Changes = Iterable[tuple[Instance | None, Activity]]


class Store:
    """An open database; `db` is for `query`. Use as a context manager.

    SQLite keeps a rollback journal, not a write-ahead log: there is one writer, and up to SQLite 3.51.2 a log used by
    several connections can, rarely, lose what was written.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.db = db

    @classmethod
    def open(cls, path: Path) -> Store:
        """Opens or makes the database and brings its tables up to date. Raises StoreError."""
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(path)
            db.execute("PRAGMA recursive_triggers = ON")  # to replace a row of the activity log is to delete it
            db.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            if schema.is_foreign(db):
                raise StoreError(f"{path}: is a database of another program; name another folder in site.data")
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("PRAGMA synchronous = FULL")
            if schema.is_newer(db):
                raise StoreError(f"{path}: was made by a newer version of Almanac; install that version again")
            if not schema.is_current(db):
                from collector.store import migrating  # noqa: PLC0415  most passes find nothing to do

                migrating.apply(db)
            db.execute("PRAGMA foreign_keys = ON")
        return cls(path, db)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with told(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def begin_pass(self, started: int) -> int:
        """The id of the pass that started then (UTC seconds); begun again, as a replay does, it is the same pass."""
        with self._writing():
            self.db.execute("INSERT INTO pass (started) VALUES (?) ON CONFLICT DO NOTHING", [started])
            found: int = self.db.execute("SELECT id FROM pass WHERE started = ?", [started]).fetchone()[0]
        return found

    def end_pass(self, pass_id: int, finished: int) -> None:
        """Notes when a pass ended (UTC seconds); the first word stands, so that a replay changes nothing."""
        with self._writing():
            self.db.execute("UPDATE pass SET finished = ? WHERE id = ? AND finished IS NULL", [finished, pass_id])

    def begin_stage(self, pass_id: int, number: int, name: str) -> None:
        """Notes that a stage of a pass has begun; number 0 is the whole of it."""
        with self._writing():
            spent.begin(self.db, pass_id, number, name)

    def end_stage(self, pass_id: int, number: int, took: float, reason: str = "") -> None:
        """Notes that a stage has ended, after so many seconds, and why if it broke."""
        with self._writing():
            spent.end(self.db, pass_id, number, took, reason)

    def note_names(self, started: int, names: Mapping[str, Iterable[str]]) -> None:
        """Notes which names the configuration had when a pass started (UTC seconds), by kind: nodes, hubs and so on."""
        rows = [(kind, name, started) for kind, some in names.items() for name in some]
        with self._writing():
            self.db.executemany(
                "INSERT INTO named VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)", rows
            )

    def record(self, pass_id: int, heard: NodeAnswer, readings: Mapping[str, Reading]) -> None:
        """One node's answer, whole or not at all. `readings`: what each source, by its name, made of its own."""
        kept = {source: keepable(reading) for source, reading in readings.items()}
        with self._writing():
            self._note_attempt(pass_id, heard)
            for answer in heard.answers:
                self._note_answer(pass_id, answer, kept.get(answer.source, Kept()))

    def prune_lines(self, before: int, most: int) -> int:
        """Drops lines and excerpts of logs older than a time (UTC seconds), and all but `most` of the lines left; how
        many lines went."""
        with self._writing():
            excerpts.prune(self.db, before)
            return lines.prune(self.db, before, most)

    def forget(self, number: int) -> int:
        """Takes the last pass off the record; when it had started. Raises NotForgotten, StoreError."""
        self.db.execute("PRAGMA foreign_keys = OFF")
        try:
            with self._writing():
                return forget(self.db, number)
        finally:
            self.db.execute("PRAGMA foreign_keys = ON")

    def keep_problems(self, of: PassRecord, number: int, changed: Iterable[ProblemRecord]) -> None:
        """What judging a pass changed, the `number`th that was judged; judged again, the last word stands."""
        with self._writing():
            problems.keep(self.db, of, number, changed)

    def acknowledge(self, ack: Ack) -> None:
        """Notes that somebody knows of a problem."""
        with self._writing():
            holds.add_ack(self.db, ack)

    def silence(self, new: Silence) -> int:
        """Notes a silence; its id."""
        with self._writing():
            return holds.add_silence(self.db, new)

    def remove_silence(self, number: int, now: int) -> None:
        """Ends a silence at a time (UTC seconds); one that was ended before stays so."""
        with self._writing():
            holds.remove_silence(self.db, number, now)

    def note_activity(self, one: Activity) -> None:
        """Adds a row to the activity log."""
        with self._writing():
            activity.record(self.db, one)

    def note_happening(self, one: Happening, done: Activity) -> None:
        """Adds an event to what is known of a node, and to the activity log by whom it came."""
        with self._writing():
            happened.add(self.db, one)
            activity.record(self.db, done)

    def put_person(self, person: Person, done: Activity) -> None:
        """Adds a person, or replaces the one of that name, and notes who did so. From then on the database, which
        holds hashes of passwords, is closed to others than its owner and group."""
        with told(self.path):
            self.path.chmod(self.path.stat().st_mode & 0o770)
        with self._writing():
            persons.put(self.db, person)
            activity.record(self.db, done)

    def remove_person(self, name: str, done: Activity) -> None:
        """Takes a person away, and notes who did so."""
        with self._writing():
            persons.remove(self.db, name)
            activity.record(self.db, done)

    def put_instance(self, one: Instance, done: Activity) -> None:
        """Adds an application instance, or replaces the one of that UUID, and notes who did so."""
        self.change_instances(lambda _: [(one, done)])

    def change_instances(self, make: Callable[[tuple[Instance, ...]], Changes]) -> None:
        """The same of several, all of them or none, as `make` wants it of all that there are; None where one was
        refused, which is noted alone."""
        with self._writing():
            for one, done in make(instances.everyone(self.db)):
                if one:
                    instances.put(self.db, one)
                activity.record(self.db, done)

    def remove_instance(self, uuid: str, done: Activity) -> None:
        """Takes an application instance away, and notes who did so."""
        with self._writing():
            instances.remove(self.db, uuid)
            activity.record(self.db, done)

    def add_history(self, node: str, source: str, kind: str, hub: str | None, past: Iterable[Observation]) -> None:
        """Observations from elsewhere, of before. What is recorded already is the truer and stays."""
        with self._writing():
            db = self.db
            db.execute("INSERT INTO source VALUES (?, ?) ON CONFLICT DO NOTHING", [node, source])
            found = db.execute(
                "SELECT id FROM answer WHERE node = ? AND source = ? AND pass IS NULL", [node, source]
            ).fetchone()
            answer = found[0] if found else self._imported(node, source, kind, hub)
            tracks.add_past(db, Reader(node, source, 0, answer), tuple(past))

    def _imported(self, node: str, source: str, kind: str, hub: str | None) -> int:
        done = self.db.execute(
            "INSERT INTO answer (node, source, kind, hub, asked, outcome, reason)"
            " VALUES (?, ?, ?, ?, 0, 'imported', '')",
            [node, source, kind, hub],
        )
        return int(done.lastrowid or 0)

    def _note_attempt(self, pass_id: int, heard: NodeAnswer) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)",
            [heard.node, pass_id, heard.asked, heard.outcome, heard.reason, heard.took, heard.skew],
        )

    def _note_answer(self, pass_id: int, answer: Answer, kept: Kept) -> None:
        db = self.db
        db.execute("INSERT INTO source VALUES (?, ?) ON CONFLICT DO NOTHING", [answer.node, answer.source])
        place = [answer.node, answer.source, pass_id]
        again = db.execute("SELECT id FROM answer WHERE node = ? AND source = ? AND pass = ?", place).fetchone()
        told = (answer.kind, answer.hub, answer.asked, answer.took, answer.outcome, answer.reason, answer.status)
        row = [*told, faults.kept(db, kept.reading.faults)]
        if again:
            key = int(again[0])
            db.execute(f"UPDATE answer SET ({_TOLD}) = (?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?", [*row, key])
        else:
            values = ", ".join("?" * 11)
            done = db.execute(f"INSERT INTO answer (node, source, pass, {_TOLD}) VALUES ({values})", [*place, *row])
            key = int(done.lastrowid or 0)
        before, after = self._neighbours(answer)
        tracks.add(db, Reader(answer.node, answer.source, answer.asked, key, before, after, again is not None), kept)
        lines.add(db, answer.node, (key, answer.asked), kept.reading.lines)
        excerpts.note(db, answer.node, (key, answer.asked), kept.reading.excerpts)
        cursors.note(db, (answer.node, answer.source), (key, answer.asked), kept.reading.cursor)

    def _neighbours(self, answer: Answer) -> tuple[int | None, int | None]:
        """When the source's answers on both sides of one were asked, of those that passes brought."""
        found = (
            self.db.execute(
                f"SELECT asked FROM answer WHERE node = ? AND source = ? AND pass IS NOT NULL AND asked {side} LIMIT 1",
                [answer.node, answer.source, answer.asked],
            ).fetchone()
            for side in ("< ? ORDER BY asked DESC", "> ? ORDER BY asked")
        )
        before, after = (row and int(row[0]) for row in found)
        return before, after

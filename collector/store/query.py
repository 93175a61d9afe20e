"""What is on record, read back as frozen values. Every read is a range scan; nothing here writes.

A node is told as of one pass: what was asked after it is not seen.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

from sqlite_utils import Database

from collector.model import Event, Fault
from collector.store.records import (
    AnswerRecord,
    MetricRecord,
    NodeRecord,
    PassRecord,
    Series,
    SourceRecord,
    StateRecord,
    SubjectRecord,
)

MOST_EVENTS = 100
MOST_SKEWS = 100

_PASSES = (
    "SELECT id, started, finished, (SELECT count(*) FROM attempt WHERE pass = id),"
    " (SELECT count(*) FROM attempt WHERE pass = id AND outcome = 'ok') FROM pass"
)
_ASKED = "EXISTS (SELECT 1 FROM attempt WHERE attempt.pass = pass.id)"


def last_pass(db: Database) -> PassRecord | None:
    """The latest pass that asked anything, also if it was killed: what it recorded counts. None: there was none."""
    row = db.conn.execute(f"{_PASSES} WHERE {_ASKED} ORDER BY started DESC LIMIT 1").fetchone()
    return PassRecord(*row) if row else None


def previous_pass(db: Database, last: PassRecord) -> PassRecord | None:
    """The pass before `last`, of those that asked anything."""
    row = db.conn.execute(
        f"{_PASSES} WHERE started < ? AND {_ASKED} ORDER BY started DESC LIMIT 1",
        [last.started],
    ).fetchone()
    return PassRecord(*row) if row else None


def node_record(db: Database, node: str, last: PassRecord, window: int) -> NodeRecord:
    """All that is known of a node as of the pass `last`, its series over the last `window` seconds before it.

    A series whose last value is older than the window is told by that one value.
    """
    return _Reading(db.conn, node, last.started, window).record()


class _Reading:
    """One node as of one time."""

    def __init__(self, db: sqlite3.Connection, node: str, until: int, window: int) -> None:
        self._db, self._node, self._until, self._since = db, node, until, until - window
        self._answers: dict[int, AnswerRecord] = {}

    def record(self) -> NodeRecord:
        """The whole node."""
        asked, outcome, reason, took, skew = self._attempt("") or (None, "never asked", "", None, None)
        well = self._attempt("AND outcome = 'ok'")
        return NodeRecord(
            node=self._node,
            asked=asked,
            outcome=outcome,
            reason=reason,
            took=took,
            skew=skew,
            answered=well[0] if well else None,
            failing_since=self._failing_since(well[0] if well else -1),
            skews=self._skews(),
            sources=self._sources(),
            subjects=self._subjects(),
            events=self._events(),
        )

    def _attempt(self, condition: str) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(
            f"SELECT asked, outcome, reason, took, skew FROM attempt WHERE node = ? AND asked <= ? {condition}"
            " ORDER BY asked DESC LIMIT 1",
            [self._node, self._until],
        ).fetchone()
        return found

    def _failing_since(self, well: int) -> int | None:
        """When the first attempt after `well`, the last that ended well, was made."""
        row = self._db.execute(
            "SELECT asked FROM attempt WHERE node = ? AND asked > ? AND asked <= ? ORDER BY asked LIMIT 1",
            [self._node, well, self._until],
        ).fetchone()
        return int(row[0]) if row else None

    def _skews(self) -> Series:
        rows = self._db.execute(
            "SELECT asked, skew FROM attempt WHERE node = ? AND asked <= ? AND skew IS NOT NULL"
            " ORDER BY asked DESC LIMIT ?",
            [self._node, self._until, MOST_SKEWS],
        ).fetchall()
        return Series(tuple(row[0] for row in reversed(rows)), tuple(row[1] for row in reversed(rows)))

    def _sources(self) -> dict[str, SourceRecord]:
        names = self._db.execute("SELECT name FROM source WHERE node = ?", [self._node]).fetchall()
        return {name: found for (name,) in names if (found := self._source(name))}

    def _source(self, name: str) -> SourceRecord | None:
        row = self._db.execute(
            "SELECT id FROM answer WHERE node = ? AND source = ? AND pass IS NOT NULL AND asked <= ?"
            " ORDER BY asked DESC LIMIT 1",
            [self._node, name, self._until],
        ).fetchone()
        if row is None:
            return None
        faults = self._db.execute(
            "SELECT line, text, reason FROM fault WHERE answer = ? ORDER BY number", row
        ).fetchall()
        told = tuple(Fault(*fault) for fault in faults)
        last_ok = self._asked(name, "outcome = 'ok'", "DESC")
        first_ok = last_ok and self._asked(name, "outcome = 'ok'", "ASC")
        failing = self._asked(name, f"pass IS NOT NULL AND asked > {last_ok or 0}", "ASC")
        return SourceRecord(self._answer(row[0]), last_ok, told, first_ok, failing)

    def _asked(self, source: str, condition: str, order: str) -> int | None:
        """When a source was asked, the first (`ASC`) or the last time (`DESC`) that the condition was true."""
        row = self._db.execute(
            f"SELECT asked FROM answer WHERE node = ? AND source = ? AND asked <= ? AND {condition}"
            f" ORDER BY asked {order} LIMIT 1",
            [self._node, source, self._until],
        ).fetchone()
        return int(row[0]) if row else None

    def _answer(self, key: int) -> AnswerRecord:
        if key not in self._answers:
            row = self._db.execute(
                "SELECT id, ifnull(pass, 0), source, kind, hub, asked, took, outcome, reason, status"
                " FROM answer WHERE id = ?",
                [key],
            ).fetchone()
            self._answers[key] = AnswerRecord(*row)
        return self._answers[key]

    def _subjects(self) -> dict[str, SubjectRecord]:
        metrics, states = self._metrics(), self._states()
        rows = self._db.execute(
            "SELECT id, name, source, hub, first_seen, last_seen FROM subject"
            " WHERE node = ? AND first_seen <= ? ORDER BY name",
            [self._node, self._until],
        ).fetchall()
        last_ok = {source: self._asked(source, "outcome = 'ok'", "DESC") for source in {row[2] for row in rows}}
        return {
            name: SubjectRecord(
                name, source, hub, first_seen, last_seen, last_seen >= (last_ok[source] or 0) and last_seen > 0,
                metrics[key], states[key],
            )
            for key, name, source, hub, first_seen, last_seen in rows
        }  # fmt: skip

    def _metrics(self) -> defaultdict[int, dict[str, MetricRecord]]:
        found: defaultdict[int, dict[str, MetricRecord]] = defaultdict(dict)
        rows = self._db.execute(
            "SELECT series.id, subject, metric, unit, read FROM series JOIN subject ON subject.id = subject"
            " WHERE node = ? ORDER BY metric",
            [self._node],
        )
        for key, subject, metric, unit, read in rows.fetchall():
            if points := self._points(key):
                times, values, answers = zip(*points, strict=True)
                series = Series(times, values)
                found[subject][metric] = MetricRecord(metric, unit, series, read, self._answer(answers[-1]))
        return found

    def _points(self, series: int) -> list[tuple[int, float, int]]:
        inside = self._db.execute(
            "SELECT time, value, answer FROM observation WHERE series = ? AND time > ? AND time <= ? ORDER BY time",
            [series, self._since, self._until],
        ).fetchall()
        return (
            inside
            or self._db.execute(
                "SELECT time, value, answer FROM observation WHERE series = ? AND time <= ? ORDER BY time DESC LIMIT 1",
                [series, self._until],
            ).fetchall()
        )

    def _states(self) -> defaultdict[int, dict[str, StateRecord]]:
        found: defaultdict[int, dict[str, StateRecord]] = defaultdict(dict)
        rows = self._db.execute(
            "SELECT word.id, subject, metric, detail, read, answer FROM word JOIN subject ON subject.id = subject"
            " WHERE node = ? ORDER BY metric",
            [self._node],
        )
        for key, subject, metric, detail, read, answer in rows.fetchall():
            if change := self._change(key):
                since, value = change
                found[subject][metric] = StateRecord(metric, value, detail, since, read, self._answer(answer))
        return found

    def _change(self, word: int) -> tuple[int, str] | None:
        """Since when it is so, and the word. A node's clock may run ahead of ours: what was read began before."""
        found: tuple[int, str] | None = self._db.execute(
            "SELECT min(time, asked), value FROM state WHERE word = ? AND asked <= ? ORDER BY asked DESC LIMIT 1",
            [word, self._until],
        ).fetchone()
        return found

    def _events(self) -> tuple[Event, ...]:
        rows = self._db.execute(
            "SELECT subject, time, level, text FROM event WHERE node = ? AND time <= ? ORDER BY time DESC LIMIT ?",
            [self._node, self._until, MOST_EVENTS],
        )
        return tuple(Event(*row) for row in rows.fetchall())

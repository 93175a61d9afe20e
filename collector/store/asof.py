"""One node as of one time, put together from rows: the latest answers up to then, and what was told by then."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

from collector.model import Event
from collector.store import faults, lines, past, runs, weeks
from collector.store.records import (
    AnswerRecord,
    MetricRecord,
    NodeRecord,
    Series,
    SourceRecord,
    StateRecord,
    SubjectRecord,
)
from collector.store.runs import Kind, Told

_ANSWER = "id, ifnull(pass, 0), source, kind, hub, asked, took, outcome, reason, status"
MOST_EVENTS = 100
MOST_LINES = 50
MOST_SKEWS = 100


class AsOf:
    """A node as of `until`, the start of a pass (UTC seconds). `window`: see `query.node_record`."""

    def __init__(self, db: sqlite3.Connection, node: str, until: int, window: int) -> None:
        self._db, self._node, self._until, self._window = db, node, until, window
        self._answers: dict[Told, AnswerRecord] = {}
        names = db.execute("SELECT name FROM source WHERE node = ? ORDER BY name", [node]).fetchall()
        asked = {name: self._asked(name, "", "DESC") for (name,) in names}
        self._last_asked = {name: time for name, time in asked.items() if time is not None}
        self._is_imported = any(self._asked(name, "", "ASC") == 0 for (name,) in names)
        self._last_ok = {name: self._asked(name, "AND outcome = 'ok'", "DESC") for name in self._last_asked}

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
        """Sources that a pass has asked; imported history alone asks nobody."""
        return {name: self._source(name, asked) for name, asked in self._last_asked.items() if asked > 0}

    def _source(self, name: str, asked: int) -> SourceRecord:
        last_ok = self._last_ok[name]
        first_ok = last_ok and self._asked(name, "AND outcome = 'ok'", "ASC")
        failing = self._asked(name, f"AND asked > {last_ok or 0}", "ASC")
        (told,) = self._db.execute(
            "SELECT fault_set FROM answer WHERE node = ? AND source = ? AND asked = ?", [self._node, name, asked]
        ).fetchone()
        return SourceRecord(self._answer(Told(name, asked)), last_ok, faults.of(self._db, told), first_ok, failing)

    def _asked(self, source: str, condition: str, order: str) -> int | None:
        """When a source was asked, the first (`ASC`) or the last time (`DESC`) that the condition was true."""
        row = self._db.execute(
            f"SELECT asked FROM answer WHERE node = ? AND source = ? AND asked <= ? {condition}"
            f" ORDER BY asked {order} LIMIT 1",
            [self._node, source, self._until],
        ).fetchone()
        return int(row[0]) if row else None

    def _answer(self, told: Told) -> AnswerRecord:
        """The answer of a source that was asked then."""
        if told not in self._answers:
            row = self._db.execute(
                f"SELECT {_ANSWER} FROM answer WHERE node = ? AND source = ? AND asked = ?",
                [self._node, told.source, told.read],
            ).fetchone()
            self._answers[told] = AnswerRecord(*row)
        return self._answers[told]

    def _subjects(self) -> dict[str, SubjectRecord]:
        metrics, states, seen = self._metrics(), self._states(), runs.last_told(*self._of("subject"))
        rows = self._db.execute("SELECT id, name FROM subject WHERE node = ? ORDER BY name", [self._node]).fetchall()
        return {
            name: SubjectRecord(
                name=name,
                source=seen[key].source,
                hub=self._answer(seen[key]).hub,
                first_seen=runs.first_told(self._db, key, self._last_asked),
                last_seen=seen[key].read,
                present=0 < seen[key].read >= (self._last_ok[seen[key].source] or 0),
                metrics=metrics[key],
                states=states[key],
            )
            for key, name in rows
            if key in seen
        }

    def _of(self, kind: Kind) -> tuple[sqlite3.Connection, Kind, str, dict[str, int]]:
        return self._db, kind, self._node, self._last_asked

    def _metrics(self) -> defaultdict[int, dict[str, MetricRecord]]:
        found: defaultdict[int, dict[str, MetricRecord]] = defaultdict(dict)
        told = runs.last_told(*self._of("series"))
        rows = self._db.execute(
            "SELECT series.id, subject, metric, unit FROM series JOIN subject ON subject.id = subject"
            " WHERE node = ? ORDER BY metric",
            [self._node],
        )
        for key, subject, metric, unit in rows.fetchall():
            if key in told and (last := self._last_value(key, told[key].read)):
                time, answer = last
                confirmed = self._answer(told[key])
                whole = weeks.week_of(time - self._window)
                values = past.told(self._db, key, (whole, time), confirmed.asked)
                imported = self._imported(key, weeks.start_of(whole), confirmed.asked)
                found[subject][metric] = MetricRecord(
                    metric, unit, values, confirmed.asked, answer, confirmed, imported
                )
        return found

    def _last_value(self, series: int, read: int) -> tuple[int, AnswerRecord] | None:
        """The time of the last value of a series, and the answer that first told it."""
        row = self._db.execute(
            "SELECT time, source, answer.asked FROM observation JOIN answer ON answer.id = answer"
            " WHERE series = ? AND time <= ? AND observation.asked <= ? ORDER BY time DESC, observation.asked DESC"
            " LIMIT 1",
            [series, self._until, read],
        ).fetchone()
        return (row[0], self._answer(Told(row[1], row[2]))) if row else None

    def _imported(self, series: int, since: int, read: int) -> frozenset[int]:
        """The times of the values, of those told whole, that no answer has told. A node without imports costs no look
        at its past."""
        if not self._is_imported:
            return frozenset()
        rows = self._db.execute(
            "SELECT time FROM observation WHERE series = ? AND time >= ? AND asked <= ? GROUP BY time"
            " HAVING max(asked) = 0",
            [series, since, read],
        )
        return frozenset(time for (time,) in rows)

    def _states(self) -> defaultdict[int, dict[str, StateRecord]]:
        found: defaultdict[int, dict[str, StateRecord]] = defaultdict(dict)
        told = runs.last_told(*self._of("word"))
        rows = self._db.execute(
            "SELECT word.id, subject, metric FROM word JOIN subject ON subject.id = subject"
            " WHERE node = ? ORDER BY metric",
            [self._node],
        )
        for key, subject, metric in rows.fetchall():
            if key in told:
                since, value, detail = self._said(key, told[key].read)
                read = self._answer(told[key])
                found[subject][metric] = StateRecord(metric, value, detail, since, read.asked, read)
        return found

    def _said(self, word: int, read: int) -> tuple[int, str, str]:
        """Since when it is so, the word, and its detail. A node's clock may run ahead of ours: what was read began
        before."""
        value, detail = (
            self._db.execute(
                f"SELECT {columns} FROM {table} WHERE word = ? AND asked <= ? ORDER BY asked DESC LIMIT 1",
                [word, read],
            ).fetchone()
            for table, columns in (("state", "min(time, asked), value"), ("detail", "value"))
        )
        return value[0], value[1], detail[0]

    def _events(self) -> tuple[Event, ...]:
        rows = self._db.execute(
            "SELECT subject, time, level, text FROM event WHERE node = ? AND time <= ? AND asked <= ?"
            " ORDER BY time DESC LIMIT ?",
            [self._node, self._until, self._until, MOST_EVENTS],
        )
        said = lines.grave(self._db, self._node, self._until, MOST_LINES)
        every = [*(Event(*row) for row in rows.fetchall()), *said]
        return tuple(sorted(every, key=lambda one: -one.time))

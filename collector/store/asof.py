"""One node as of one time, put together from rows: the latest answers up to then, and what was told by then."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
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
_VALUES = (
    "SELECT series.id, series.subject, metric, unit, last.time, source, answer.asked FROM json_each(?) AS told"
    " CROSS JOIN series ON series.id = CAST(told.key AS INTEGER)"
    " CROSS JOIN observation AS last ON last.series = series.id AND last.time = (SELECT time FROM observation AS one"
    " WHERE one.series = series.id AND time <= ? AND asked <= told.value ORDER BY time DESC LIMIT 1)"
    " AND last.asked = (SELECT max(asked) FROM observation AS one"
    " WHERE one.series = series.id AND one.time = last.time AND asked <= told.value)"
    " CROSS JOIN answer ON answer.id = last.answer ORDER BY metric"
)
"""The time of the last value of each series, and by which answer it was first told. told: by its id, when it last was
(UTC seconds)."""
_SAID = (
    "SELECT word.id, subject, metric, min(state.time, state.asked), state.value, detail.value FROM json_each(?) AS told"
    " CROSS JOIN word ON word.id = CAST(told.key AS INTEGER)"
    " CROSS JOIN state ON state.word = word.id AND state.asked ="
    " (SELECT max(asked) FROM state AS one WHERE one.word = word.id AND asked <= told.value)"
    " CROSS JOIN detail ON detail.word = word.id AND detail.asked ="
    " (SELECT max(asked) FROM detail AS one WHERE one.word = word.id AND asked <= told.value) ORDER BY metric"
)
"""Likewise since when each word is so, the word, and its detail. A node's clock may run ahead of ours: what was read
began before."""
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
        rows = self._db.execute(_VALUES, [_reads(told), self._until])
        for key, subject, metric, unit, time, source, asked in rows.fetchall():
            confirmed = self._answer(told[key])
            whole = weeks.week_of(time - self._window)
            values = past.told(self._db, key, (whole, time), confirmed.asked)
            imported = self._imported(key, weeks.start_of(whole), confirmed.asked)
            first = self._answer(Told(source, asked))
            found[subject][metric] = MetricRecord(metric, unit, values, confirmed.asked, first, confirmed, imported)
        return found

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
        for key, subject, metric, since, value, detail in self._db.execute(_SAID, [_reads(told)]).fetchall():
            read = self._answer(told[key])
            found[subject][metric] = StateRecord(metric, value, detail, since, read.asked, read)
        return found

    def _events(self) -> tuple[Event, ...]:
        rows = self._db.execute(
            "SELECT subject, time, level, text FROM event WHERE node = ? AND time <= ? AND asked <= ?"
            " ORDER BY time DESC LIMIT ?",
            [self._node, self._until, self._until, MOST_EVENTS],
        )
        said = lines.grave(self._db, self._node, self._until, MOST_LINES)
        every = [*(Event(*row) for row in rows.fetchall()), *said]
        return tuple(sorted(every, key=lambda one: -one.time))


def _reads(told: Mapping[int, Told]) -> str:
    """When each track was last told, by its id."""
    return json.dumps({key: one.read for key, one in told.items()})

"""Subjects and their tracks: series of numbers, words that change, events. Called within the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from collector.model import Event, Observation, State
from collector.store import runs, weeks
from collector.store.changes import DETAILS, NUMBERS, WORDS, Key, Said
from collector.store.keepable import Kept
from collector.store.past import refresh
from collector.store.runs import Kind, Reader

_Named = dict[tuple[str, str], int]
"""Ids of series, or of words, by subject and metric."""


def add(db: sqlite3.Connection, reader: Reader, kept: Kept) -> None:
    """Records a whole reading. Again, it changes nothing."""
    subjects = _subjects(db, reader.node, kept.seen)
    runs.note(db, "subject", reader, (subjects[name] for name in kept.seen), subjects.values())
    _observe(db, reader, subjects, kept.reading.observations)
    _say(db, reader, subjects, kept.reading.states)
    _tell(db, reader, kept.reading.events)


def add_past(db: sqlite3.Connection, reader: Reader, past: Sequence[Observation]) -> None:
    """Records observations of before, which overwrite none and tell nothing of what is there now."""
    names = {one.subject for one in past}
    subjects = _subjects(db, reader.node, names)
    series = _series(db, reader, subjects, past)
    told: tuple[tuple[Kind, list[int]], ...] = (
        ("subject", [subjects[name] for name in names]),
        ("series", [series[one.subject, one.metric] for one in past]),
    )
    for kind, tracks in told:
        runs.note(db, kind, reader, set(tracks), ())
    rows = [
        {"series": series[one.subject, one.metric], "time": one.time, "value": one.value, "answer": reader.answer}
        for one in past
    ]
    db.executemany(
        "INSERT INTO observation SELECT :series, :time, 0, :value, :answer"
        " WHERE NOT EXISTS (SELECT 1 FROM observation WHERE series = :series AND time = :time)",
        rows,
    )
    refresh(db, ((series[one.subject, one.metric], weeks.week_of(one.time)) for one in past), reader.asked)


def _subjects(db: sqlite3.Connection, node: str, names: Iterable[str]) -> dict[str, int]:
    """The ids of all subjects of a node by name, with these among them."""
    rows = [(node, name) for name in sorted(names)]
    db.executemany("INSERT INTO subject (node, name) VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
    return dict(db.execute("SELECT name, id FROM subject WHERE node = ?", [node]))


def _series(
    db: sqlite3.Connection, reader: Reader, subjects: dict[str, int], observations: Iterable[Observation]
) -> _Named:
    """The ids of all series of the node, with these among them. The unit is the one that was told last."""
    units = {(one.subject, one.metric): one.unit for one in observations}
    db.executemany(
        "INSERT INTO series (subject, metric, unit) VALUES (?, ?, ?) ON CONFLICT (subject, metric)"
        f" DO {'UPDATE SET unit = excluded.unit WHERE unit <> excluded.unit' if reader.after is None else 'NOTHING'}",
        [(subjects[subject], metric, unit) for (subject, metric), unit in sorted(units.items())],
    )
    return _ids(db, reader.node, "series")


def _ids(db: sqlite3.Connection, node: str, table: str) -> _Named:
    found = db.execute(
        f"SELECT subject.name, metric, {table}.id FROM {table} JOIN subject ON subject.id = subject WHERE node = ?",
        [node],
    )
    return {(subject, metric): key for subject, metric, key in found}


def _observe(
    db: sqlite3.Connection, reader: Reader, subjects: dict[str, int], observations: Sequence[Observation]
) -> None:
    series = _series(db, reader, subjects, observations)
    runs.note(db, "series", reader, {series[one.subject, one.metric] for one in observations}, series.values())
    told: dict[Key, Said] = {(series[one.subject, one.metric], one.time): Said(one.value) for one in observations}
    changed = NUMBERS.note(db, reader, told)
    refresh(db, ((key, weeks.week_of(time)) for key, time in changed), reader.asked)


def _say(db: sqlite3.Connection, reader: Reader, subjects: dict[str, int], states: Sequence[State]) -> None:
    db.executemany(
        "INSERT INTO word (subject, metric) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(subjects[one.subject], one.metric) for one in states],
    )
    words = _ids(db, reader.node, "word")
    runs.note(db, "word", reader, {words[one.subject, one.metric] for one in states}, words.values())
    of_each = [((words[one.subject, one.metric],), one) for one in states]
    WORDS.note(db, reader, {word: Said(one.value, one.time) for word, one in of_each})
    DETAILS.note(db, reader, {word: Said(one.detail) for word, one in of_each})


def _tell(db: sqlite3.Connection, reader: Reader, events: Iterable[Event]) -> None:
    """Notes events, each as of the first answer that told it."""
    db.executemany(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET asked = excluded.asked,"
        " answer = excluded.answer WHERE excluded.asked < asked",
        [(reader.node, e.time, e.subject, e.level, e.text, reader.asked, reader.answer) for e in events],
    )

"""Subjects and their tracks: series of numbers, words that change, events. Called within the writer's transaction.

Answers may come in any order (an older recording replayed later): numbers go to their time, a word's change goes
between its neighbours, and what was read last stays what is so now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.model import Observation, State
from collector.store.keepable import Kept


@dataclass(frozen=True, slots=True)
class Reader:
    """Who read it: node, source and hub, when the node was asked (UTC seconds), and the id of the answer."""

    node: str
    source: str
    hub: str | None
    asked: int
    answer: int


def add(db: sqlite3.Connection, reader: Reader, kept: Kept) -> None:
    """Records a whole reading. Again, it changes nothing."""
    reading, subjects = kept.reading, _subjects(db, reader, kept.seen)
    _observe(db, reader, _series(db, reader, subjects, reading.observations), reading.observations)
    for state in reading.states:
        _say(db, reader, subjects[state.subject], state)
    rows = [(reader.node, e.time, e.subject, e.level, e.text, reader.answer) for e in reading.events]
    db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)


def add_past(db: sqlite3.Connection, reader: Reader, past: Sequence[Observation]) -> None:
    """Records observations of before, which overwrite none and tell nothing of what is there now."""
    subjects = _subjects(db, reader, {one.subject for one in past}, of_past=True)
    series = _series(db, reader, subjects, past)
    rows = [(series[one.subject, one.metric].key, one.time, one.value, reader.answer) for one in past]
    db.executemany(f"{_OBSERVED} DO NOTHING", rows)


_SEEN = (
    "INSERT INTO subject (node, name, source, hub, first_seen, last_seen)"
    " VALUES (:node, :name, :source, :hub, :asked, :asked)"
    " ON CONFLICT (node, name) DO UPDATE SET"
    " source = iif(excluded.last_seen >= last_seen, excluded.source, source),"
    " hub = iif(excluded.last_seen >= last_seen, excluded.hub, hub),"
    " first_seen = iif(first_seen = 0, excluded.first_seen, min(first_seen, excluded.first_seen)),"
    " last_seen = max(last_seen, excluded.last_seen)"
)
_SEEN_IN_PAST = (
    "INSERT INTO subject (node, name, source, hub, first_seen, last_seen) VALUES (:node, :name, :source, :hub, 0, 0)"
    " ON CONFLICT DO NOTHING"
)


def _subjects(db: sqlite3.Connection, reader: Reader, names: Iterable[str], *, of_past: bool = False) -> dict[str, int]:
    """The ids of subjects by name, each noted as seen."""
    common = {"node": reader.node, "source": reader.source, "hub": reader.hub, "asked": reader.asked}
    db.executemany(_SEEN_IN_PAST if of_past else _SEEN, [{"name": name, **common} for name in sorted(names)])
    return dict(db.execute("SELECT name, id FROM subject WHERE node = ?", [reader.node]))


@dataclass(frozen=True, slots=True)
class _Series:
    key: int
    read: int


_Named = dict[tuple[str, str], _Series]
"""Series by subject and metric."""


def _series(
    db: sqlite3.Connection, reader: Reader, subjects: dict[str, int], observations: Iterable[Observation]
) -> _Named:
    """The node's series, each of these noted as read."""
    units = {(one.subject, one.metric): one.unit for one in observations}
    db.executemany(
        "INSERT INTO series (subject, metric, unit, read) VALUES (?, ?, ?, ?) ON CONFLICT (subject, metric)"
        " DO UPDATE SET unit = iif(excluded.read >= read, excluded.unit, unit), read = max(read, excluded.read)",
        [(subjects[subject], metric, unit, reader.asked) for (subject, metric), unit in sorted(units.items())],
    )
    found = db.execute(
        "SELECT subject.name, metric, series.id, read FROM series JOIN subject ON subject.id = series.subject"
        " WHERE node = ?",
        [reader.node],
    )
    return {(subject, metric): _Series(key, read) for subject, metric, key, read in found}


_Row = tuple[int, int, float, int]
_OBSERVED = "INSERT INTO observation VALUES (?, ?, ?, ?) ON CONFLICT (series, time)"


def _observe(db: sqlite3.Connection, reader: Reader, named: _Named, observations: Iterable[Observation]) -> None:
    """A value that is there already keeps its answer; another in its place brings its own, unless it was read before
    what is there was last confirmed."""
    latest: list[_Row] = []
    older: list[_Row] = []
    for one in observations:
        series = named[one.subject, one.metric]
        (older if reader.asked < series.read else latest).append((series.key, one.time, one.value, reader.answer))
    db.executemany(
        f"{_OBSERVED} DO UPDATE SET value = excluded.value, answer = excluded.answer WHERE value <> excluded.value",
        latest,
    )
    db.executemany(f"{_OBSERVED} DO NOTHING", older)


def _say(db: sqlite3.Connection, reader: Reader, subject: int, state: State) -> None:
    """A word as read: a row only where it changes."""
    db.execute(
        "INSERT INTO word (subject, metric, detail, read, answer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (subject, metric)"
        " DO UPDATE SET detail = excluded.detail, read = excluded.read, answer = excluded.answer"
        " WHERE excluded.read >= read",
        [subject, state.metric, state.detail, reader.asked, reader.answer],
    )
    word, read = db.execute(
        "SELECT id, read FROM word WHERE subject = ? AND metric = ?", [subject, state.metric]
    ).fetchone()
    known = db.execute(
        "SELECT value FROM state WHERE word = ? AND asked <= ? ORDER BY asked DESC LIMIT 1", [word, reader.asked]
    ).fetchone()
    if known and known[0] == state.value:
        return
    if known:
        _resume(db, reader, word, known[0], read)
    row = [word, reader.asked, state.time, state.value, reader.answer]
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)", row)
    _merge(db, word, reader.asked)


def _resume(db: sqlite3.Connection, reader: Reader, word: int, value: str, read: int) -> None:
    """Keeps a word as later answers, up to the next change, have read it, when an older answer breaks into it."""
    db.execute(
        "INSERT INTO state SELECT :word, asked, asked, :value, id FROM answer"
        " WHERE node = :node AND source = :source AND asked > :asked AND asked <= :read"
        " AND (outcome = 'ok' OR asked = :read)"
        " AND asked < ifnull((SELECT min(asked) FROM state WHERE word = :word AND asked > :asked), :read + 1)"
        " ORDER BY asked LIMIT 1",
        {
            "word": word,
            "value": value,
            "node": reader.node,
            "source": reader.source,
            "asked": reader.asked,
            "read": read,
        },
    )


def _merge(db: sqlite3.Connection, word: int, asked: int) -> None:
    """Takes out the change after `asked`, then the one at it, if it changes nothing: it was so before."""
    (after,) = db.execute("SELECT min(asked) FROM state WHERE word = ? AND asked > ?", [word, asked]).fetchone()
    for time in (after, asked):
        db.execute(
            "DELETE FROM state WHERE word = :word AND asked = :time AND value = (SELECT value FROM state AS earlier"
            " WHERE earlier.word = :word AND earlier.asked < :time ORDER BY earlier.asked DESC LIMIT 1)",
            {"word": word, "time": time},
        )

"""Lines of logs: kept for a time, and only so many. Apart from events, which stay, so that a chatty log buries none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from collector.model import LOG_LEVELS, Event

TABLE = """
CREATE TABLE line (
    id INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    time INTEGER NOT NULL,
    subject TEXT NOT NULL,
    gravity INTEGER NOT NULL,
    text TEXT NOT NULL,
    asked INTEGER NOT NULL,
    answer INTEGER NOT NULL REFERENCES answer
);
CREATE INDEX line_by_time ON line (time);
CREATE INDEX line_of_node ON line (node, time);
CREATE INDEX line_of_answer ON line (answer);
CREATE INDEX line_grave ON line (node, time) WHERE gravity <= 4
"""
NOTICE = LOG_LEVELS.index("notice")
LATEST = 2**34
"""The year 2514: a line of later has no day, for not every zone has one then."""
_COLUMNS = "node, subject, time, gravity, text"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are meant; None, or empty: any. `level`: this one or a graver. `subject`: a pattern as the shell has
    them. `text`: what they hold, letters large or small. first, end: UTC seconds; `end` is no longer meant."""

    nodes: tuple[str, ...] = ()
    level: str | None = None
    subject: str | None = None
    text: str | None = None
    first: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log of a node."""

    node: str
    event: Event


@dataclass(frozen=True, slots=True)
class Lot:
    """The lines of a node that are of one span of time, from `first` until `end`, which is no longer of it (UTC
    seconds): how many, how many of them are warnings or worse, and the ids between which they lie.
    told: when the last one recorded was asked for (UTC seconds), for ids of a forgotten pass come again."""

    node: str
    first: int
    end: int
    lines: int
    grave: int
    ids: tuple[int, int]
    told: int


def add(db: sqlite3.Connection, node: str, answer: tuple[int, int], lines: Iterable[Event]) -> None:
    """Records what an answer told, in its order; again, it changes nothing. answer: its id, and when it was asked."""
    key, asked = answer
    db.execute("DELETE FROM line WHERE answer = ?", [key])
    db.executemany(
        "INSERT INTO line (node, time, subject, gravity, text, asked, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(node, e.time, e.subject, gravity(e.level), e.text, asked, key) for e in lines],
    )


def gravity(level: str) -> int:
    """As syslog counts: 0 is the gravest. A word that syslog does not know is as `info`."""
    return LOG_LEVELS.index(level) if level in LOG_LEVELS else LOG_LEVELS.index("info")


def grave(db: sqlite3.Connection, node: str, until: int, most: int) -> Sequence[Event]:
    """The latest warnings and worse of a node as of a time (UTC seconds), the newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM line WHERE node = ? AND gravity <= 4 AND time <= ? AND asked <= ?"
        " ORDER BY time DESC, id DESC LIMIT ?",
        [node, until, until, most],
    )
    return [_line(row).event for row in rows.fetchall()]


def found(db: sqlite3.Connection, wanted: Wanted, most: int) -> Sequence[Line]:
    """The latest lines that are meant, the newest first; `most` below zero: all."""
    asked: list[tuple[str, object]] = [
        ("time >= ?", wanted.first),
        ("time < ?", wanted.end),
        ("gravity <= ?", None if wanted.level is None else gravity(wanted.level)),
        ("subject GLOB ?", wanted.subject),
        ("instr(lower(text), lower(?))", wanted.text),
    ]
    held = [(clause, value) for clause, value in asked if value is not None]
    clauses = [clause for clause, _ in held]
    if wanted.nodes:
        clauses.append(f"node IN ({', '.join('?' * len(wanted.nodes))})")
    where = " AND ".join(clauses) or "1"
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM line WHERE {where} ORDER BY time DESC, id DESC LIMIT ?",
        [*(value for _, value in held), *wanted.nodes, most],
    )
    return [_line(row) for row in rows.fetchall()]


def lots(db: sqlite3.Connection, node: str, span: Callable[[int], tuple[int, int]], until: int | None) -> Iterator[Lot]:
    """The lines of a node by spans of time, ascending. span: the one that holds a time.   until: as of a pass that
    began then (UTC seconds), None as of now. The cost goes with the number of lines, of which only indexes are read."""
    known, asked = _known(until)
    end = 0
    while row := db.execute(
        f"SELECT time FROM line WHERE node = ? AND time >= ? AND time < ?{known} ORDER BY time LIMIT 1",
        [node, end, LATEST, *asked],
    ).fetchone():
        first, end = span(int(row[0]))
        where, meant = f"FROM line WHERE node = ? AND time >= ? AND time < ?{known}", [node, first, end, *asked]
        number, *ids = db.execute(f"SELECT count(*), min(id), max(id) {where}", meant).fetchone()
        (grave,) = db.execute(f"SELECT count(*) {where} AND gravity <= 4", meant).fetchone()
        (told,) = db.execute("SELECT asked FROM line WHERE id = ?", [ids[1]]).fetchone()
        yield Lot(node, first, end, number, grave, (ids[0], ids[1]), told)


def telling(db: sqlite3.Connection, lot: Lot, until: int | None, most: int) -> Sequence[tuple[int, Event]]:
    """At most so many lines of a lot, those that tell most first: the gravest, and of notices and less the latest. Each
    with its id: these ascend as lines were recorded."""
    known, asked = _known(until)
    rows = db.execute(
        f"SELECT {_COLUMNS}, id FROM line WHERE node = ? AND time >= ? AND time < ?{known}"
        f" ORDER BY min(gravity, {NOTICE}), time DESC, id DESC LIMIT ?",
        [lot.node, lot.first, lot.end, *asked, most],
    )
    return [(int(number), _line(tuple(row)).event) for *row, number in rows.fetchall()]


def _known(until: int | None) -> tuple[str, list[int]]:
    return ("", []) if until is None else (" AND asked <= ?", [until])


def prune(db: sqlite3.Connection, before: int, most: int) -> int:
    """Drops what is older than a time (UTC seconds), and of the rest all but the `most` recorded last; how many went.
    The cost goes with what is dropped and with `most`."""
    old = db.execute("DELETE FROM line WHERE time < ?", [before]).rowcount
    edge = db.execute("SELECT id FROM line ORDER BY id DESC LIMIT 1 OFFSET ?", [most]).fetchone()
    return old + (db.execute("DELETE FROM line WHERE id <= ?", edge).rowcount if edge else 0)


def _line(row: tuple[str, str, int, int, str]) -> Line:
    node, subject, time, level, text = row
    return Line(node, Event(subject, time, LOG_LEVELS[level], text))

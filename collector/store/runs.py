"""Runs: which answers of a source told of a track (a subject, a series, a word), kept as unbroken rows of answers.

A run grows with each answer that tells the track and ends with the first one that does not, so that it costs a row only
where something changes, and any pass of the past finds what was told of it then. A source's answers may come in any
order: one that tells joins the runs on its sides, one that does not breaks the run it falls into.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["subject", "series", "word"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who read it: node and source, when the node was asked (UTC seconds), and the id of the answer.

    before, after: when the source's answers on both sides of this one were asked, None where there is none.
    again: whether this answer was on record already, so that it may replace what it told then.
    """

    node: str
    source: str
    asked: int
    answer: int
    before: int | None = None
    after: int | None = None
    again: bool = False

    @property
    def is_latest(self) -> bool:
        """Whether it comes after all that is on record, as every answer does that is not a replay."""
        return self.after is None and not self.again


_OF = "kind = :kind AND track = :track AND source = :source"
_NEAREST = f"SELECT max(first) FROM run WHERE {_OF} AND first <= :asked"
_EXTEND = f"UPDATE run SET last = :asked WHERE {_OF} AND first = ({_NEAREST}) AND last = :before"
"""A statement for each track: of many at once SQLite would go through all the runs that each of them ever had."""
_BEGIN = (
    "INSERT INTO run (kind, track, source, first, last)"
    " SELECT :kind, told.value, :source, :asked, :asked FROM json_each(:tracks) AS told"
    " WHERE ifnull((SELECT last FROM run AS one WHERE one.kind = :kind AND one.track = told.value"
    " AND one.source = :source AND one.first <= :asked ORDER BY one.first DESC LIMIT 1), -1) < :asked"
)


def note(db: sqlite3.Connection, kind: Kind, reader: Reader, told: Iterable[int], known: Iterable[int]) -> None:
    """Notes which tracks of those `known` of its node an answer told. Again, it changes nothing."""
    told = sorted(told)
    rows = [_named(kind, track, reader) for track in told]
    db.executemany(_EXTEND, rows)
    all_told = {"kind": kind, "source": reader.source, "asked": reader.asked, "tracks": json.dumps(told)}
    db.execute(_BEGIN, all_told)
    if reader.after is not None:
        for row in rows:
            _join(db, row)
    if not reader.is_latest:
        for track in sorted(set(known) - set(told)):
            _break(db, _named(kind, track, reader), reader)


def told_after(db: sqlite3.Connection, kind: Kind, track: int, reader: Reader) -> int | None:
    """When the reader's source was first asked after it and told the track, None if it never did."""
    row = _named(kind, track, reader)
    covering = _covering(db, row)
    if covering and reader.after is not None and covering[1] >= reader.after:
        return reader.after
    found = db.execute(f"SELECT min(first) FROM run WHERE {_OF} AND first > :asked", row).fetchone()
    return None if found[0] is None else int(found[0])


_Row = dict[str, str | int | None]


def _named(kind: Kind, track: int, reader: Reader) -> _Row:
    return {
        "kind": kind,
        "track": track,
        "source": reader.source,
        "asked": reader.asked,
        "before": reader.before,
        "after": reader.after,
    }


def _covering(db: sqlite3.Connection, row: _Row) -> tuple[int, int] | None:
    """First and last of the run that an answer falls into."""
    found: tuple[int, int] | None = db.execute(
        f"SELECT first, last FROM run WHERE {_OF} AND first = ({_NEAREST}) AND last >= :asked", row
    ).fetchone()
    return found


def _join(db: sqlite3.Connection, row: _Row) -> None:
    """Makes one run of the one that ends with an answer and the one that begins with the answer after it."""
    following = db.execute(f"SELECT last FROM run WHERE {_OF} AND first = :after", row).fetchone()
    if following:
        db.execute(f"DELETE FROM run WHERE {_OF} AND first = :after", row)
        db.execute(f"UPDATE run SET last = :last WHERE {_OF} AND first = ({_NEAREST})", {**row, "last": following[0]})


def _break(db: sqlite3.Connection, row: _Row, reader: Reader) -> None:
    """Takes an answer that did not tell the track out of the run it falls into."""
    covering = _covering(db, row)
    if covering is None:
        return
    first, last = covering
    db.execute(f"DELETE FROM run WHERE {_OF} AND first = :first", {**row, "first": first})
    kept: list[tuple[int | None, int | None]] = [(first, reader.before)] if first < reader.asked else []
    kept += [(reader.after, last)] if last > reader.asked else []
    for begin, end in kept:
        db.execute("INSERT INTO run VALUES (:kind, :track, :source, :begin, :end)", {**row, "begin": begin, "end": end})


@dataclass(frozen=True, slots=True)
class Told:
    """By which answer a track was last told: its source, and when that was asked."""

    source: str
    read: int


_TRACKS: dict[Kind, str] = {
    "subject": "subject AS track",
    "series": "subject CROSS JOIN series AS track ON track.subject = subject.id",
    "word": "subject CROSS JOIN word AS track ON track.subject = subject.id",
}
"""CROSS JOIN: else SQLite goes through the runs of all nodes to find those of one."""


def last_told(db: sqlite3.Connection, kind: Kind, node: str, asked: Mapping[str, int]) -> dict[int, Told]:
    """When each track of a node was last told. `asked`: when each of its sources was last asked, as of then."""
    found: dict[int, Told] = {}
    for source, until in sorted(asked.items()):
        rows = db.execute(
            f"SELECT track.id, last FROM {_TRACKS[kind]} CROSS JOIN run ON run.kind = :kind AND run.track = track.id"
            " AND run.source = :source AND run.first = (SELECT max(first) FROM run AS earlier"
            " WHERE earlier.kind = :kind AND earlier.track = track.id AND earlier.source = :source"
            " AND earlier.first <= :until) WHERE node = :node",
            {"kind": kind, "source": source, "until": until, "node": node},
        )
        for track, last in rows.fetchall():
            told = Told(source, min(last, until))
            if track not in found or found[track].read < told.read:
                found[track] = told
    return found


def first_told(db: sqlite3.Connection, subject: int, asked: Mapping[str, int]) -> int:
    """When a pass first told of a subject, 0 if it is known from imported history only."""
    times = []
    for source, until in asked.items():
        (first,) = db.execute(
            "SELECT min(first) FROM run WHERE kind = 'subject' AND track = ? AND source = ? AND first > 0",
            [subject, source],
        ).fetchone()
        times += [first] if first is not None and first <= until else []
    return min(times, default=0)

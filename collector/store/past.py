"""The past of each series in one piece, so that a night reads it at once, however long it is: value by value of late,
and by the extremes of each week before (see `weeks`).

It says again what observations and weeks say, up to a week that moves on every EVERY weeks, not of all series in the
same one. What changes in it makes it anew; as of a time before its last change, or where there is none yet, weeks and
observations are read themselves.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable

from collector.store import weeks
from collector.store.records import Series
from collector.store.weeks import DAY, WEEK, start_of, week_of

WHOLE = (2 * 366 + 31) * DAY
"""So much of a series, up to its last value, is read whole; of the time before it the extremes of each week."""
EVERY = 8
TABLE = """CREATE TABLE past (
    series INTEGER PRIMARY KEY REFERENCES series,
    whole INTEGER NOT NULL,
    until INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    points BLOB NOT NULL
)"""
"""whole: the first week told value by value. until: the first one that it does not tell of. asked: when the last of it
was told. points: all times, then all values, 8 bytes each, little-endian."""
_LAST_DUE = (
    f"SELECT max(week) FROM week WHERE series = ? AND (week + series) % {EVERY} = 0"
    f" AND week * {WEEK} {start_of(0):+} <= asked"
)
"""How far the past of a series has moved on, by what is on record."""


def refresh(db: sqlite3.Connection, changed: Iterable[tuple[int, int]], asked: int) -> None:
    """Writes weeks (series, week) anew, in which an observation has changed, or has gone, and the past that they are
    of. `asked`: when that was told (UTC seconds); what is later than this moves nothing on."""
    weeks_of = defaultdict[int, list[int]](list)
    for series, week in sorted(set(changed)):
        weeks_of[series].append(week)
    weeks.refresh(db, ((series, week) for series, some in weeks_of.items() for week in some))
    told = "SELECT series, until FROM json_each(?) AS told CROSS JOIN past ON series = told.value"
    until = dict(db.execute(told, [json.dumps([*weeks_of])]))
    for series, some in weeks_of.items():
        now = until.get(series)
        due = [week for week in some if (week + series) % EVERY == 0 and week <= week_of(asked)]
        ends = [end for end in (now, *due[-1:]) if end is not None]
        if ends and (now != max(ends) or some[0] < now):
            _make(db, series, max(ends))


def withdraw(db: sqlite3.Connection, changed: Collection[tuple[int, int]]) -> None:
    """Writes weeks (series, week) anew, of which the last pass was taken away, and the past as if it had never been."""
    first_of = dict(sorted(set(changed), reverse=True))  # of each series the first week
    weeks.refresh(db, changed)
    for series, first in first_of.items():
        (now,) = db.execute("SELECT max(until) FROM past WHERE series = ?", [series]).fetchone()
        (until,) = db.execute(_LAST_DUE, [series]).fetchone()
        if now is not None and (now != until or first < now):
            _make(db, series, until)


def _make(db: sqlite3.Connection, series: int, until: int | None) -> None:
    """Makes the past of a series anew, up to a week; of none there is none."""
    (asked,) = db.execute("SELECT max(asked) FROM week WHERE series = ? AND week < ?", [series, until]).fetchone()
    if until is None or asked is None:
        db.execute("DELETE FROM past WHERE series = ?", [series])
        return
    whole = week_of(start_of(until) - WHOLE)
    points = _read(db, series, (whole, start_of(until) - 1), asked)
    packed = _little(array("q", points)) + _little(array("d", points.values()))
    db.execute("INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?, ?)", [series, whole, until, asked, packed])


def told(db: sqlite3.Connection, series: int, span: tuple[int, int], asked: int) -> Series:
    """A series up to a time, as answers up to `asked` told it. span: the week from which on it is told value by value,
    and that time."""
    whole, last = span
    row = db.execute("SELECT whole, until, asked, points FROM past WHERE series = ?", [series]).fetchone()
    if row is None or row[2] > asked or row[0] > whole or row[1] > week_of(last):
        return Series.of(_read(db, series, span, asked))
    times, values = _unpacked(row[3])
    first, end = bisect_left(times, start_of(row[0])), bisect_left(times, start_of(whole))
    between = weeks.before(db, series, whole, asked, row[0]) if row[0] < whole else {}
    tail = weeks.observed(db, series, max(start_of(row[1]), start_of(whole)), last, asked)
    return Series(
        times[:first] + array("q", between) + times[end:] + array("q", tail),
        values[:first] + array("d", between.values()) + values[end:] + array("d", tail.values()),
    )


def _read(db: sqlite3.Connection, series: int, span: tuple[int, int], asked: int) -> dict[int, float]:
    """The same, values by their times, from weeks and observations."""
    whole, last = span
    found = weeks.before(db, series, whole, asked)
    found.update(weeks.observed(db, series, start_of(whole), last, asked))
    return found


def _little(numbers: array[int] | array[float]) -> bytes:
    """Numbers as they are kept, whatever machine the database is taken to."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpacked(points: bytes) -> tuple[array[int], array[float]]:
    """Times and values of what was kept."""
    half = len(points) // 2
    times, values = array("q", points[:half]), array("d", points[half:])
    if sys.byteorder == "big":
        times.byteswap()
        values.byteswap()
    return times, values

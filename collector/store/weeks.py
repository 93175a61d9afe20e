"""The lowest and the highest observation of each week of a series, so that a long past is read by a few true values.

A week begins on Monday, UTC. What is kept of it is always what its observations say: each change writes it anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

DAY = 86400
WEEK = 7 * DAY
_MONDAY = 3 * DAY
"""1970-01-01 was a Thursday: so much of its week had passed."""

IS_LATE = f"asked - week * {WEEK} > {360 * DAY}"
"""A week of which something was told so much later, as whatever is told of the year before the last one. It stands in
the index of a migration, without which the weeks are not found: another one takes another migration."""
LATE = f"CREATE INDEX week_told_late ON week (asked) WHERE {IS_LATE}"
EVER = -(2**40)
"""Before all weeks."""
Point = tuple[int, float]
"""Time and value."""


def week_of(time: int) -> int:
    """The number of the week that a time is in."""
    return (time + _MONDAY) // WEEK


def start_of(week: int) -> int:
    """When a week begins, UTC seconds."""
    return week * WEEK - _MONDAY


def refresh(db: sqlite3.Connection, changed: Iterable[tuple[int, int]]) -> None:
    """Writes weeks (series, week) anew, in which an observation has changed, or has gone."""
    kept, gone = [], []
    for series, week in sorted(set(changed)):
        rows = db.execute(
            "SELECT time, value, asked FROM observation WHERE series = ? AND time >= ? AND time < ?"
            " ORDER BY time, asked",
            [series, start_of(week), start_of(week + 1)],
        ).fetchall()
        if rows:
            low, high = _extremes({time: value for time, value, _ in rows})
            kept.append((series, week, max(asked for *_, asked in rows), *low, *high))
        else:
            gone.append((series, week))
    db.executemany("DELETE FROM week WHERE series = ? AND week = ?", gone)
    db.executemany("INSERT OR REPLACE INTO week VALUES (?, ?, ?, ?, ?, ?, ?)", kept)


def observed(db: sqlite3.Connection, series: int, first: int, last: int, asked: int) -> dict[int, float]:
    """Values by their times from `first` to `last`, ascending, as answers up to `asked` told them."""
    return dict(
        db.execute(
            "SELECT time, value FROM observation WHERE series = ? AND time >= ? AND time <= ? AND asked <= ?"
            " ORDER BY time, asked",
            [series, first, last, asked],
        )
    )


def before(db: sqlite3.Connection, series: int, week: int, asked: int, first: int = EVER) -> dict[int, float]:
    """The extremes of all weeks from `first` to before `week`, values by their times, ascending, as answers up to
    `asked` told them."""
    rows = db.execute(
        "SELECT asked, low_time, low, high_time, high FROM week WHERE series = ? AND week >= ? AND week < ?"
        " ORDER BY week",
        [series, first, week],
    )
    found: dict[int, float] = {}
    for changed, low_time, low, high_time, high in rows.fetchall():
        if changed > asked:
            found.update(_then(db, series, week_of(low_time), asked))
        elif low_time < high_time:
            found[low_time], found[high_time] = low, high
        else:
            found[high_time], found[low_time] = high, low
    return found


def _then(db: sqlite3.Connection, series: int, week: int, asked: int) -> list[Point]:
    """The extremes of a week as it was before it was changed after `asked`."""
    values = observed(db, series, start_of(week), start_of(week + 1) - 1, asked)
    return sorted(_extremes(values)) if values else []


def _extremes(values: dict[int, float]) -> tuple[Point, Point]:
    """The lowest and the highest of some values, by ascending times; of equals the earliest."""
    low, high = (choose(values, key=values.__getitem__) for choose in (min, max))
    return (low, values[low]), (high, values[high])

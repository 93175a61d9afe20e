"""A span of a subject's past, value by value: what is not read every night, where only each week's extremes are."""

from __future__ import annotations

import sqlite3

from collector.store import weeks
from collector.store.records import Series


def told(
    db: sqlite3.Connection, node: str, subject: str, span: tuple[int, int], until: int
) -> dict[str, tuple[str, Series]]:
    """Unit and values by metric, of the times from the first to the last second of a span (UTC), as answers up to
    `until` told them."""
    rows = db.execute(
        "SELECT series.id, metric, unit FROM series JOIN subject ON subject.id = subject WHERE node = ? AND name = ?",
        [node, subject],
    )
    return {metric: (unit, Series.of(weeks.observed(db, key, *span, until))) for key, metric, unit in rows.fetchall()}


def late(db: sqlite3.Connection, since: int) -> list[tuple[str, str, tuple[int, int]]]:
    """Node and subject, and the first and the last second (UTC) of each week of which answers after `since` told about
    a year later or more: one look at an index of such weeks alone."""
    rows = db.execute(
        "SELECT DISTINCT node, name, week FROM week CROSS JOIN series ON series.id = series"
        f" CROSS JOIN subject ON subject.id = subject WHERE asked > ? AND {weeks.IS_LATE}",
        [since],
    )
    return [(node, subject, (weeks.start_of(week), weeks.start_of(week + 1) - 1)) for node, subject, week in rows]

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
    values = {metric: (unit, weeks.observed(db, key, *span, until)) for key, metric, unit in rows.fetchall()}
    return {metric: (unit, Series.of(of)) for metric, (unit, of) in values.items() if of}

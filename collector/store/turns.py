"""When words of a node's subjects changed, for the ticks of charts. One range scan a word, nothing is written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

_CHANGES = (
    "SELECT subject.name, min(state.time, state.asked) FROM subject JOIN word ON word.subject = subject.id"
    " JOIN state ON state.word = word.id AND state.asked > ? AND state.asked <= ?"
    " WHERE subject.node = ? AND word.metric NOT IN (SELECT value FROM json_each(?))"
    " AND EXISTS (SELECT 1 FROM state AS earlier WHERE earlier.word = word.id AND earlier.asked < state.asked)"
)


def turns(
    db: sqlite3.Connection, node: str, span: tuple[int, int], usual: Collection[str]
) -> dict[str, tuple[int, ...]]:
    """By subject, ascending, the times at which one of its words became another, as answers within the span (UTC
    seconds, the first one excluded) told it. `usual`: words that change whenever all is well. A first word is no
    change."""
    found: dict[str, set[int]] = {}
    for name, time in db.execute(_CHANGES, [*span, node, json.dumps(sorted(usual))]):
        found.setdefault(name, set()).add(time)
    return {name: tuple(sorted(times)) for name, times in found.items()}

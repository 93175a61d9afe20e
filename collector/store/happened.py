"""What people had happen on a node, as events of it: of no pass, so no pass that is forgotten takes it along."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from collector.model import Event, Outcome


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. kind: what was done, as `run`.   status: exit status, None if there is none."""

    node: str
    kind: str
    outcome: Outcome
    status: int | None
    event: Event


def add(db: sqlite3.Connection, one: Happening) -> None:
    """Adds it, within the transaction that is open. Raises sqlite3.Error."""
    event = one.event
    done = db.execute(
        "INSERT INTO answer (node, source, kind, asked, outcome, reason, status) VALUES (?, '', ?, ?, ?, '', ?)",
        [one.node, one.kind, event.time, one.outcome, one.status],
    )
    db.execute(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [one.node, event.time, event.subject, event.level, event.text, event.time, done.lastrowid],
    )

"""Problems as passes left them: a row where one changed, none where it did not.

What was as of a pass is the last row up to it. Only the last pass can be judged anew: its own rows are then replaced,
those of earlier ones never change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from collector.model import Level
from collector.store.records import PassRecord, ProblemRecord

_VALUES = "stage, known, found, level, text, since, runbook, streak, opened, confirmed, closed, openings"
_AS_OF = (
    f"SELECT node, subject, rule, {_VALUES} FROM problem JOIN turn ON problem.id = turn.problem"
    " AND started = (SELECT max(started) FROM turn AS up WHERE up.problem = problem.id AND up.started <= ?)"
)


ONE_OUTAGE = (
    """
UPDATE problem SET rule = 'silent' WHERE id IN (SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY node ORDER BY stage = 'closed', started DESC) AS place
    FROM problem JOIN turn ON problem = id AND started = (SELECT max(started) FROM turn WHERE problem = id)
    WHERE subject = '' AND rule IN ('unreachable', 'refused', 'timed out', 'too long', 'failed', 'cut off')
) WHERE place = 1)""",
    """
UPDATE ack SET rule = 'silent'
    WHERE subject = '' AND rule IN ('unreachable', 'refused', 'timed out', 'too long', 'failed', 'cut off')""",
)
"""Of the problems that an outage was, one for each reason, the one that lives, or did last, is what it is known by."""


def is_judged(db: sqlite3.Connection, of: PassRecord) -> bool:
    """Whether a pass was judged; none was before problems were kept."""
    return _number(db, of) is not None


def number_of(db: sqlite3.Connection, of: PassRecord) -> int:
    """The number of a pass among those judged, in their order; of one that was not, what it would be."""
    before = db.execute(
        "SELECT number FROM pass CROSS JOIN judged ON judged.pass = id WHERE started < ? ORDER BY started DESC LIMIT 1",
        [of.started],
    ).fetchone()
    return _number(db, of) or (int(before[0]) if before else 0) + 1


def _number(db: sqlite3.Connection, of: PassRecord) -> int | None:
    row = db.execute("SELECT number FROM judged WHERE pass = ?", [of.id]).fetchone()
    return int(row[0]) if row else None


def of_node(db: sqlite3.Connection, node: str, until: int) -> tuple[ProblemRecord, ...]:
    """The problems that a node ever had, as of a time (UTC seconds): closed ones too."""
    rows = db.execute(f"{_AS_OF} WHERE node = ? ORDER BY subject, rule", [until, node])
    return tuple(_record(row) for row in rows.fetchall())


def nodes(db: sqlite3.Connection) -> list[str]:
    """The nodes that ever had a problem."""
    return [node for (node,) in db.execute("SELECT DISTINCT node FROM problem ORDER BY node").fetchall()]


def closed_since(db: sqlite3.Connection, node: str, span: tuple[int, int]) -> tuple[ProblemRecord, ...]:
    """Each end of a confirmed problem of a node that passes within a span found, the newest first."""
    rows = db.execute(
        f"SELECT node, subject, rule, {_VALUES} FROM problem JOIN turn ON problem.id = turn.problem"
        " WHERE node = ? AND closed = started AND confirmed IS NOT NULL AND closed > ? AND closed <= ?"
        " ORDER BY closed DESC, subject, rule",
        [node, *span],
    )
    return tuple(_record(row) for row in rows.fetchall())


def _record(row: tuple[Any, ...]) -> ProblemRecord:
    node, subject, rule, stage, known, found, level, *rest = row
    values: list[Any] = [node, subject or None, rule, stage, bool(known), bool(found), Level(level), *rest]
    values[-1] = tuple(map(int, values[-1].split()))
    return ProblemRecord(*values)


def keep(db: sqlite3.Connection, of: PassRecord, number: int, changed: Iterable[ProblemRecord]) -> None:
    """Notes what a pass changed, instead of what it was said to have changed before."""
    db.execute("DELETE FROM turn WHERE started = ?", [of.started])
    for one in changed:
        place = [one.node, one.subject or "", one.rule]
        db.execute("INSERT INTO problem (node, subject, rule) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", place)
        values = [one.stage, one.known, one.found, one.level, one.text, one.since, one.runbook, one.streak, one.opened,
                  one.confirmed, one.closed, " ".join(map(str, one.openings))]  # fmt: skip
        db.execute(
            f"INSERT INTO turn (problem, started, {_VALUES}) SELECT id, ?, {', '.join('?' * len(values))}"
            " FROM problem WHERE node = ? AND subject = ? AND rule = ?",
            [of.started, *values, *place],
        )
    db.execute("INSERT INTO judged VALUES (?, ?) ON CONFLICT DO NOTHING", [of.id, number])

"""What is on record, read back as frozen values. Every read is a range scan; nothing here writes.

A node is told as of one pass: what was asked after it is not seen, so that an older pass tells what it told then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from collector.config import OWN
from collector.store.asof import AsOf
from collector.store.records import NodeRecord, PassRecord

_PASSES = (
    f"SELECT id, started, finished, (SELECT count(*) FROM attempt WHERE pass = id AND node NOT IN {OWN}),"
    f" (SELECT count(*) FROM attempt WHERE pass = id AND node NOT IN {OWN} AND outcome = 'ok') FROM pass"
)
_ASKED = "EXISTS (SELECT 1 FROM attempt WHERE attempt.pass = pass.id)"


def is_pass(db: sqlite3.Connection, started: int) -> bool:
    """Whether a pass on record began in that second (UTC seconds)."""
    return db.execute("SELECT 1 FROM pass WHERE started = ?", [started]).fetchone() is not None


def first_recorded_after(db: sqlite3.Connection, started: int) -> int | None:
    """When the earliest of those passes began (UTC seconds) that were recorded after another; None if none was."""
    later = "SELECT min(started) FROM pass WHERE id > (SELECT id FROM pass WHERE started = ?)"
    found: int | None = db.execute(later, [started]).fetchone()[0]
    return found


def last_pass(db: sqlite3.Connection) -> PassRecord | None:
    """The latest pass that asked anything, also if it was killed: what it recorded counts. None: there was none."""
    row = db.execute(f"{_PASSES} WHERE {_ASKED} ORDER BY started DESC LIMIT 1").fetchone()
    return PassRecord(*row) if row else None


def pass_before(db: sqlite3.Connection, time: int) -> PassRecord | None:
    """The last pass that began before a time (UTC seconds), of those that asked anything."""
    row = db.execute(f"{_PASSES} WHERE started < ? AND {_ASKED} ORDER BY started DESC LIMIT 1", [time]).fetchone()
    return PassRecord(*row) if row else None


def pass_from(db: sqlite3.Connection, time: int) -> PassRecord | None:
    """The first pass that began at a time (UTC seconds) or later, of those that asked anything."""
    row = db.execute(f"{_PASSES} WHERE started >= ? AND {_ASKED} ORDER BY started LIMIT 1", [time]).fetchone()
    return PassRecord(*row) if row else None


def left(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Since when each name that a configuration ever had was in none, by kind: the start of the first pass without it,
    or of the last one with it if there was none since."""
    found: dict[str, dict[str, int]] = {}
    since = "ifnull((SELECT min(started) FROM pass WHERE started > last), last)"
    for kind, name, time in db.execute(f"SELECT kind, name, {since} FROM named ORDER BY kind, name").fetchall():
        found.setdefault(kind, {})[name] = time
    return found


def outcomes(db: sqlite3.Connection, of: PassRecord) -> dict[tuple[str, str], str]:
    """How each node, and each of its sources, fared in a pass, by node and source; the node itself as the source ""."""
    nodes = db.execute("SELECT node, '', outcome FROM attempt WHERE pass = ?", [of.id])
    sources = db.execute("SELECT node, source, outcome FROM answer WHERE pass = ?", [of.id])
    return {(node, source): outcome for rows in (nodes, sources) for node, source, outcome in rows.fetchall()}


def silent(db: sqlite3.Connection, until: int) -> frozenset[str]:
    """The nodes that did not answer when they were last asked, as of a time (UTC seconds)."""
    rows = db.execute(
        "WITH RECURSIVE one (name) AS (SELECT min(node) FROM attempt UNION ALL"
        " SELECT (SELECT min(node) FROM attempt WHERE node > name) FROM one WHERE name IS NOT NULL)"
        " SELECT name FROM one WHERE"
        " (SELECT outcome FROM attempt WHERE node = name AND asked <= ? ORDER BY asked DESC LIMIT 1) <> 'ok'",
        [until],
    )
    return frozenset(node for (node,) in rows.fetchall())


def node_record(db: sqlite3.Connection, node: str, last: PassRecord, window: int) -> NodeRecord:
    """All that is known of a node as of the pass `last`.

    Of a series the last `window` seconds up to its last value are told whole, of the time before the lowest and the
    highest value of each week. All of it is of one moment: who writes meanwhile waits the milliseconds that it takes.
    """
    with _at_once(db):
        return AsOf(db, node, last.started, window).record()


@contextmanager
def _at_once(db: sqlite3.Connection) -> Iterator[None]:
    """Has many reads share one transaction: each by itself would lock and unlock the file, and look for a journal."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:  # SQLite ends it by itself when the disk fails
            db.execute("COMMIT")

"""The lines of logs by node and day of the site's zone: a file for each, and a page made of it.

A file is named after what it holds, so one that is there is right and is not written again: of a day that is over it
stays. What is left out of a day with very many lines is told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import accumulate
from zoneinfo import ZoneInfo

from collector.export.documents import VERSION, LogDay, LogDocument, LogLine
from collector.export.slug import page_slug, slug
from collector.export.subjects import exact
from collector.model import Event
from collector.store import lines
from collector.store.lines import Lot

FOLDER = "logs"
MOST_LINES = 2_000
"""So many lines of a day stand on its page."""
MOST_TEXT = 400_000
"""So many characters they have together."""


def span(zone: ZoneInfo, time: int) -> tuple[int, int]:
    """The day that holds a time, and the one after it: when they begin, UTC seconds."""
    day = datetime.fromtimestamp(time, zone).date()
    first, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return int(first.timestamp()), int(end.timestamp())


def lots(db: sqlite3.Connection, node: str, zone: ZoneInfo, until: int | None) -> Iterator[Lot]:
    """The lines of a node by day. until: see `lines.lots`."""
    return lines.lots(db, node, partial(span, zone), until)


def log_day(lot: Lot, zone: ZoneInfo) -> LogDay:
    """A day as the node's document tells it."""
    day = datetime.fromtimestamp(lot.first, zone).date().isoformat()
    seen = sha256(repr((VERSION, str(zone), MOST_LINES, MOST_TEXT, lot)).encode()).hexdigest()[:12]
    page = f"{FOLDER}/{page_slug(lot.node, day)}"
    return LogDay(day, lot.lines, lot.grave, f"{FOLDER}/{slug(lot.node)}/{day}.{seen}.json", page)


def log_document(db: sqlite3.Connection, lot: Lot, day: LogDay, until: int | None) -> LogDocument:
    """The file of a day: as many of its lines as may stand there, by time."""
    told = lines.telling(db, lot, until, MOST_LINES)
    room = sum(size <= MOST_TEXT for size in accumulate(len(one.text) for _, one in told))
    shown = sorted(told[:room], key=lambda one: (one[1].time, one[0]))
    return LogDocument(VERSION, lot.node, day.day, day.lines, day.grave, tuple(_line(one) for _, one in shown))


def _line(one: Event) -> LogLine:
    return LogLine(exact(one.time), one.level, one.subject.removeprefix("log:"), one.text)

"""The lines of logs by node and day of the site's zone: a file for each, and a page made of it.

A file is named after what it holds, so one that is there is right and is not written again: of a day that is over it
stays. What is left out of a day with very many lines is told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

from collector import files
from collector.days import day_of, midnight
from collector.export.adapters import LOG
from collector.export.documents import VERSION, LogDay, LogDocument, LogLine, NodeDocument
from collector.export.slug import page_slug, slug
from collector.export.subjects import exact
from collector.model import Event
from collector.store import lines
from collector.store.lines import NOTICE, Lot, gravity

FOLDER = "logs"
MOST_LINES = 2_000
"""So many lines of a day stand on its page."""
MOST_TEXT = 400_000
"""So many characters they have together."""


def span(zone: ZoneInfo, time: int) -> tuple[int, int]:
    """The day that holds a time, and the one after it: when they begin, UTC seconds."""
    day = day_of(time, zone)
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def lots(db: sqlite3.Connection, node: str, zone: ZoneInfo, until: int | None) -> Iterator[Lot]:
    """The lines of a node by day. until: see `lines.lots`."""
    return lines.lots(db, node, partial(span, zone), until)


def log_day(lot: Lot, zone: ZoneInfo) -> LogDay:
    """A day as the node's document tells it."""
    day = day_of(lot.first, zone).isoformat()
    seen = sha256(repr((VERSION, str(zone), MOST_LINES, MOST_TEXT, lot)).encode()).hexdigest()[:12]
    page = f"{FOLDER}/{page_slug(lot.node, day)}"
    return LogDay(day, lot.lines, lot.grave, f"{FOLDER}/{slug(lot.node)}/{day}.{seen}.json", page)


def log_document(db: sqlite3.Connection, lot: Lot, day: LogDay, until: int | None) -> LogDocument:
    """The file of a day: as many of its lines as may stand there, by time."""
    told = lines.telling(db, lot, until, MOST_LINES)
    shown = sorted(told[: _room(one.text for _, one in told)], key=lambda one: (one[1].time, one[0]))
    return LogDocument(VERSION, lot.node, day.day, day.lines, day.grave, tuple(_line(one) for _, one in shown))


def days_of_all(documents: Iterable[NodeDocument]) -> tuple[LogDay, ...]:
    """The days of which more than one node has lines, the newest first."""
    by_day: dict[str, list[LogDay]] = {}
    for document in documents:
        for one in document.logs:
            by_day.setdefault(one.day, []).append(one)
    return tuple(_of_all(day, some) for day, some in sorted(by_day.items(), reverse=True) if len(some) > 1)


def _of_all(day: str, some: Sequence[LogDay]) -> LogDay:
    seen = sha256(repr([one.file for one in some]).encode()).hexdigest()[:12]
    lines, grave = sum(one.lines for one in some), sum(one.grave for one in some)
    return LogDay(day, lines, grave, f"{FOLDER}/{day}.{seen}.json", f"{FOLDER}/{page_slug('', day)}")


def of_all(day: LogDay, each: Iterable[LogDocument]) -> LogDocument:
    """The file of a day of all nodes, made of those of each: what tells most of all is among what tells most of one."""
    lines = [replace(line, node=one.node or "") for one in each for line in one.lines]
    lines.sort(key=lambda one: one.time, reverse=True)
    lines.sort(key=lambda one: min(gravity(one.level), NOTICE))
    chosen = lines[: _room(one.text for one in lines[:MOST_LINES])]
    return LogDocument(VERSION, None, day.day, day.lines, day.grave, tuple(sorted(chosen, key=lambda one: one.time)))


def write_days_of_all(
    folder: Path, changes: files.Together, days: Iterable[LogDay], documents: Sequence[NodeDocument]
) -> None:
    """Files the lines of several nodes by day, where that is not done, from the files of each. Raises OSError."""
    for day in days:
        if not (folder / day.file).exists():
            some = [one.file for document in documents for one in document.logs if one.day == day.day]
            each = [LOG.validate_json(changes.content(folder / file)) for file in some]
            changes.add(folder / day.file, LOG.dump_json(of_all(day, each)))


def _room(texts: Iterable[str]) -> int:
    """So many of some texts may stand on a page."""
    return sum(size <= MOST_TEXT for size in accumulate(map(len, texts)))


def _line(one: Event) -> LogLine:
    return LogLine(exact(one.time), one.level, one.subject.removeprefix("log:"), one.text)

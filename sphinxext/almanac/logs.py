"""Which days of which nodes have lines of logs, for a page that lists them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sphinxext.almanac.export import Export, Record

MOST_ROWS = 1_000
"""So many rows the list has; older days are on the pages of the nodes."""


@dataclass(frozen=True, slots=True)
class LogDays:
    """rows: name of a node and a day of it, the newest days first.   left_out: how many more there are.
    lines, grave: how many lines there are on all of them, and how many of those are warnings or worse."""

    rows: tuple[tuple[str, Record], ...]
    left_out: int
    lines: int
    grave: int


def log_days(export: Export, entries: Iterable[Record]) -> LogDays:
    """The days of some nodes, named by their entries in the manifest."""
    rows = [(entry.name, day) for entry in entries for day in export.log_days(entry.name)]
    rows.sort(key=lambda row: row[1].day, reverse=True)
    lines, grave = (sum(day[count] for _, day in rows) for count in ("lines", "grave"))
    return LogDays(tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS), lines, grave)

"""Which days of which nodes have lines of logs, for a page that lists them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sphinxext.almanac.export import Export, Record

MOST_ROWS = 1_000
"""So many rows the list has; older days are on the pages of the nodes."""


@dataclass(frozen=True, slots=True)
class LogDays:
    """rows: name of a node and a day of it, the newest days first, each day led by all nodes together, named by None.
    left_out: how many more there are.
    lines, grave: how many lines there are on all of them, and how many of those are warnings or worse."""

    rows: tuple[tuple[str | None, Record], ...]
    left_out: int
    lines: int
    grave: int


def log_days(export: Export, entries: Iterable[Record]) -> LogDays:
    """The days of some nodes, named by their entries in the manifest."""
    named = list(entries)
    rows: list[tuple[str | None, Record]] = [(one.name, day) for one in named for day in export.log_days(one.name)]
    lines, grave = (sum(day[count] for _, day in rows) for count in ("lines", "grave"))
    if len(named) == len(export.manifest.nodes):
        rows = [*((None, day) for day in export.days_of_all), *rows]
    rows.sort(key=lambda row: row[1].day, reverse=True)
    return LogDays(tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS), lines, grave)

"""Which files of years long past, as they stand in an export folder, tell what the record does: they are left alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from collector import files
from collector.export import years
from collector.export.read import told_of
from collector.export.years import Years
from collector.store import query, whole


class KeptYears:
    """The files of an export, as they are before it is made anew for the pass that began at `started` (UTC seconds).

    What is there is trusted as far as it is whole and tells of a pass that is on record: one that was forgotten took
    away what it had told, and nothing says of which years that was.
    """

    def __init__(self, folder: Path, db: sqlite3.Connection, started: int) -> None:
        self._files, self._settled = frozenset[str](), 0
        before = told_of(folder)
        if before is not None and query.is_pass(db, before) and files.is_whole(folder):
            later = query.first_recorded_after(db, before)  # by a clock that was ahead it may have begun earlier
            since = min(before, started, before if later is None else later - 1)
            there = {f"{years.FOLDER}/{path}" for path in files.paths(folder / years.FOLDER)}
            self._files = frozenset(there - _late(db, since, years.whole_since(started)))
            self._settled = years.whole_since(since)

    def may_stay(self, file: str, told: Years) -> bool:
        """Whether a file, named from the export folder, is there and tells of those years as the record does. They must
        be past, and no longer compared with it value by value."""
        return told.last < self._settled and file in self._files


def _late(db: sqlite3.Connection, since: int, compared: int) -> set[str]:
    """The files of which something was told after `since`. compared: the first year that is compared every night."""
    return {
        years.file_of(node, subject, years.told_with(year, compared))
        for node, subject, week in whole.late(db, since)
        for year in map(years.year_of, week)
    }

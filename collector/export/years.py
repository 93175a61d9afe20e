"""The numbers behind charts: one file for each subject and calendar year, for zoom and for whoever wants to read on.

The files of this year and the last are compared with the record every night. One of an older year stays as it was
written in its time, so that a night costs the same however long the past is; one that is lost is made again from the
database, the same byte for byte.
"""

from __future__ import annotations

import shutil
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from collector.export.documents import VERSION, MetricSeries, SeriesDocument
from collector.export.slug import slug
from collector.store.records import Series, SubjectRecord

FOLDER = "series"
Measured = Mapping[str, tuple[str, Series]]
"""Unit and series by metric."""


def file_of(node: str, subject: str, year: int) -> str:
    """Where a year of a subject lies, relative to the export folder."""
    return f"{FOLDER}/{slug(node)}/{slug(subject)}.{year}.json"


def years_of(subject: SubjectRecord) -> list[int]:
    """The years (UTC) of which anything is known, ascending."""
    found: set[int] = set()
    for metric in subject.metrics.values():
        times = metric.series.times
        first, last = _year(times[0]), _year(times[-1])
        found.update(year for year in range(first, last + 1) if _within(times, year))
    return sorted(found)


def whole_since(now: int) -> int:
    """The first year that a record made at `now` (UTC seconds) holds value by value."""
    return _year(now) - 1


def measured(subject: SubjectRecord) -> Measured:
    """What a record holds of a subject."""
    return {metric.name: (metric.unit, metric.series) for metric in subject.metrics.values()}


def document(node: str, subject: str, year: int, told: Measured) -> SeriesDocument:
    """The file of one year: those metrics that have a value in it, by name."""
    metrics = {}
    for name, (unit, series) in sorted(told.items()):
        if within := _within(series.times, year):
            part = slice(within.start, within.stop)
            metrics[name] = MetricSeries(unit, tuple(series.times[part]), tuple(series.values[part]))
    return SeriesDocument(VERSION, node, subject, year, metrics)


@cache
def span(year: int) -> tuple[int, int]:
    """The first and the last second of a year (UTC)."""
    first, after = (int(datetime(one, 1, 1, tzinfo=UTC).timestamp()) for one in (year, year + 1))
    return first, after - 1


def forget(export: Path) -> None:
    """Takes all files of an export away, so that the next one makes them anew: older history has come in."""
    shutil.rmtree(export / FOLDER, ignore_errors=True)


def _year(time: int) -> int:
    return datetime.fromtimestamp(time, UTC).year


def _within(times: Sequence[int], year: int) -> range:
    """The places of those times that are of a year."""
    first, last = span(year)
    return range(bisect_left(times, first), bisect_left(times, last + 1))

"""The numbers behind charts: files of each subject by calendar years, for zoom and for whoever wants to read on.

The files of this year and the last are compared with the record every night. One of older years stays as it was
written, so that a night costs the same however long the past is; one that is lost is made again from the database, the
same byte for byte, and so is one of which something was told since. Once in five years several become one.
"""

from __future__ import annotations

import shutil
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from collector.export.documents import VERSION, MetricSeries, SeriesDocument
from collector.export.slug import slug
from collector.store.records import Series, SubjectRecord

FOLDER = "series"
TOGETHER = 5
"""So many years are told in one file once all of them lie before the last: each night's site names every file."""
Measured = Mapping[str, tuple[str, Series]]
"""Unit and series by metric."""


class Years(NamedTuple):
    """The first and the last of those calendar years (UTC) that one file tells."""

    first: int
    last: int

    def __str__(self) -> str:
        """`2026`, or `2020-2024`."""
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


def year_of(time: int) -> int:
    """The year (UTC) that a time is in, UTC seconds."""
    return datetime.fromtimestamp(time, UTC).year


def file_of(node: str, subject: str, years: Years) -> str:
    """Where some years of a subject lie, relative to the export folder."""
    return f"{FOLDER}/{slug(node)}/{slug(subject)}.{years}.json"


def years_of(subject: SubjectRecord, since: int) -> list[Years]:
    """The years of which anything is known, ascending, as they are told. `since`: the first that are compared."""
    found: set[Years] = set()
    for metric in subject.metrics.values():
        times = metric.series.times
        year, last = year_of(times[0]), year_of(times[-1])
        while year <= last:
            years = told_with(year, since)
            if _within(times, years):
                found.add(years)
            year = years.last + 1
    return sorted(found)


def told_with(year: int, since: int) -> Years:
    """The years that are told with one, itself among them. `since`: the first that are compared."""
    first = year - year % TOGETHER
    last = first + TOGETHER - 1
    return Years(first, last) if last < since else Years(year, year)


def whole_since(now: int) -> int:
    """The first year that a record made at `now` (UTC seconds) holds value by value."""
    return year_of(now) - 1


def measured(subject: SubjectRecord) -> Measured:
    """What a record holds of a subject."""
    return {metric.name: (metric.unit, metric.series) for metric in subject.metrics.values()}


def document(node: str, subject: str, years: Years, told: Measured) -> SeriesDocument:
    """The file of some years: those metrics that have a value in them, by name."""
    metrics = {}
    for name, (unit, series) in sorted(told.items()):
        if within := _within(series.times, years):
            part = slice(within.start, within.stop)
            metrics[name] = MetricSeries(unit, tuple(series.times[part]), tuple(series.values[part]))
    first = None if years.first == years.last else years.first
    return SeriesDocument(VERSION, node, subject, years.last, metrics, first)


@cache
def span(years: Years) -> tuple[int, int]:
    """The first and the last second of some years (UTC)."""
    first, after = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (years.first, years.last + 1))
    return first, after - 1


def forget(export: Path) -> None:
    """Takes all files of an export away, so that the next one makes them anew: what they tell may no longer be so."""
    shutil.rmtree(export / FOLDER, ignore_errors=True)


def _within(times: Sequence[int], years: Years) -> range:
    """The places of those times that are of some years."""
    first, last = span(years)
    return range(bisect_left(times, first), bisect_left(times, last + 1))

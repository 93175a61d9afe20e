"""Backups that are empty, shrank or grew beyond what the ones before let expect."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from statistics import median

from collector.judge.case import Case
from collector.model import Level, Problem
from collector.store.records import Series, SubjectRecord
from collector.wording import size

BASELINE, LEAST_BASELINE = 14, 4
SMALL, VERY_SMALL, LARGE = 0.7, 0.6, 3.0
"""Of the median of the newest's BASELINE predecessors; with fewer than LEAST_BASELINE nothing is concluded."""


def problems(case: Case, subject: SubjectRecord, series: Series) -> Iterator[Problem]:
    """The newest is empty, or of another size than those before it."""
    newest = series.values[-1]
    if newest == 0:
        text = "The newest backup is empty, 0 B."
        yield Problem(case.record.node, subject.name, "empty", Level.CRITICAL, text, series.times[-1])
        return
    first = _first_unlike(series)
    if first is None:
        return
    before = series.values[max(0, first - BASELINE) : first]
    usual = f"the {len(before)} before were {_range(before)}"
    ratio = _ratio(newest, before)
    if ratio < SMALL:
        level = Level.CRITICAL if ratio < VERY_SMALL else Level.WARNING
        text = f"Shrank to {size(newest)}; {usual}."
        yield Problem(case.record.node, subject.name, "shrunk", level, text, series.times[first])
    elif ratio > LARGE:
        text = f"Grew to {size(newest)}; {usual}."
        yield Problem(case.record.node, subject.name, "grown", Level.WARNING, text, series.times[first])


def _first_unlike(series: Series) -> int | None:
    """Where the newest values begin that are all unlike their predecessors, None if the newest is like them."""
    found = None
    for place in range(len(series.values) - 1, LEAST_BASELINE - 1, -1):
        before = series.values[max(0, place - BASELINE) : place]
        if SMALL <= _ratio(series.values[place], before) <= LARGE:
            break
        found = place
    return found


def _ratio(value: float, before: tuple[float, ...]) -> float:
    """A size in the usual ones; after nothing but empty backups an empty one is as usual, any other is beyond it."""
    usual = median(before)
    return value / usual if usual else inf if value else 1.0


def _range(values: tuple[float, ...]) -> str:
    smallest, largest = size(min(values)), size(max(values))
    return smallest if smallest == largest else f"{smallest} to {largest}"

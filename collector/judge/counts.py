"""Backups of which far fewer are kept than before: somebody, or a purge, took away the past."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.case import Case
from collector.judge.course import course
from collector.judge.falls import falls_often
from collector.judge.night import nights
from collector.model import Level, Problem
from collector.store.records import SubjectRecord

FEW, VERY_FEW = 0.75, 0.5
"""Of the number that was kept before."""
LEAST_LOST = 2
"""One fewer is the night that did not come yet."""


def problems(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    """Fewer are kept than before. That none is kept is another problem."""
    if not case.value(subject, "count"):
        return
    series = subject.metrics["count"].series
    if series.values[-1] >= max(series.values):  # of most items no night has to be looked at
        return
    found = nights(series, case.zone)
    followed = course(found)
    if followed is None or not followed.away:
        return
    lost = followed.level - found[-1].size
    if followed.ratio > FEW or lost < LEAST_LOST or falls_often(found[:-1], followed.ratio):
        return
    level = Level.CRITICAL if followed.ratio < VERY_FEW else Level.WARNING
    before = f"on the {len(followed.before)} nights before there were {followed.level:.0f}"
    text = f"Keeps {found[-1].size:.0f} backups; {before}."
    yield Problem(case.record.node, subject.name, "count", level, text, followed.away[0].time)

"""The pass itself, by what it told of itself and of the pass before it: whether that ended, how long it took, and how
many nodes were reached. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from collector.judge.case import Case
from collector.model import Level, Problem
from collector.store.records import Series, SubjectRecord
from collector.wording import amount, sentence

WINDOW = 30
"""So many passes before tell what is usual."""
LEAST = 5
"""With fewer of them nothing is concluded."""
SLOW, DEVIATIONS, SECONDS = 2.0, 6.0, 60.0
"""Slow is what took SLOW times as long as usual, SECONDS longer, and more than the passes before it vary."""
FEW, MISSED = 0.5, 3
"""Few is less than FEW of what is usual, where MISSED nodes or more were not reached: one node that is down is its own
problem, not that of the pass."""


def problems(case: Case) -> Iterator[Problem]:
    """What is wrong with the pass."""
    for subject in case.of_kind("pass"):
        yield from _ended(case, subject)
        yield from _slow(case, subject)
        yield from _few(case, subject)


def _ended(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    end = case.state(subject, "end")
    if end is not None and end.value != "whole":
        text = sentence(end.detail or f"The pass before is {end.value}")
        yield Problem(case.record.node, subject.name, "unfinished", Level.WARNING, text, end.since)


def _slow(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    duration = case.value(subject, "duration")
    before = _before(subject, "duration")
    if duration is None or len(before) < LEAST:
        return
    usual = median(before)
    noise = median(abs(one - usual) for one in before)
    if duration < max(SLOW * usual, usual + DEVIATIONS * noise, usual + SECONDS):
        return
    text = f"The pass before took {amount(duration, 'seconds')}; the {len(before)} before it took {_span(before)}."
    since = subject.metrics["duration"].series.times[-1]
    yield Problem(case.record.node, subject.name, "slow", Level.WARNING, text, since)


def _span(values: Sequence[float]) -> str:
    """From the least to the most of some durations."""
    least, most = (amount(value, "seconds") for value in (min(values), max(values)))
    return least if least == most else f"{least} to {most}"


def _few(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    asked, reached = case.value(subject, "asked"), case.value(subject, "reached")
    usual = _usual_share(subject)
    if not asked or reached is None or usual is None or asked - reached < MISSED:
        return
    if reached / asked < FEW * usual:
        text = (
            f"Reached {reached:.0f} of {asked:.0f} nodes; the passes before reached {amount(usual, 'ratio')}."
            " Where so many fail at once, look first at this machine and its network."
        )
        since = subject.metrics["reached"].series.times[-1]
        yield Problem(case.record.node, subject.name, "few", Level.CRITICAL, text, since)


def _usual_share(subject: SubjectRecord) -> float | None:
    """Which part of the nodes that they asked the passes before have reached; None if too few are known."""
    asked, reached = (subject.metrics[name].series for name in ("asked", "reached"))
    every = dict(zip(asked.times[:-1], asked.values[:-1], strict=True))
    shares = [value / every[time] for time, value in _pairs(reached)[:-1] if every.get(time)]
    return median(shares[-WINDOW:]) if len(shares) >= LEAST else None


def _pairs(series: Series) -> list[tuple[int, float]]:
    return list(zip(series.times, series.values, strict=True))


def _before(subject: SubjectRecord, metric: str) -> Sequence[float]:
    """The values before the last one, as many as tell what is usual."""
    return subject.metrics[metric].series.values[-WINDOW - 1 : -1] if metric in subject.metrics else ()

"""Disks that fill up, memory that runs out, too much to do."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.case import Case, Threshold
from collector.model import Level, Problem
from collector.store.records import SubjectRecord
from collector.wording import amount

DISK_LEVELS = ((0.97, Level.CRITICAL), (0.90, Level.WARNING))
"""Share of a disk's room, or of its inodes, that is used."""
LEAST_MEMORY = 0.05
"""Share of memory that should stay available: below it a machine begins to swap or kill."""
MOST_LOAD = 4.0
"""Load over 15 minutes for each processor."""


def thresholds(subject: SubjectRecord, metric: str) -> tuple[Threshold, ...]:
    """From where on, or below where, a number of the machine is a problem; ascending."""
    match subject.name.partition(":")[0], metric:
        case "disk", ("used_ratio" | "inodes_ratio"):
            return tuple(Threshold(*limit) for limit in reversed(DISK_LEVELS))
        case "host", "memory_available" if total := _last(subject, "memory_total"):
            return (Threshold(LEAST_MEMORY * total, Level.WARNING, below=True),)
        case "host", "load15" if cpus := _last(subject, "cpus"):
            return (Threshold(MOST_LOAD * cpus, Level.WARNING),)
    return ()


def _last(subject: SubjectRecord, metric: str) -> float | None:
    return subject.metrics[metric].series.values[-1] if metric in subject.metrics else None


def problems(case: Case) -> Iterator[Problem]:
    """What the machine itself lacks."""
    for subject in case.of_kind("disk"):
        yield from _disk(case, subject)
    for subject in case.of_kind("host"):
        yield from _memory(case, subject)
        yield from _load(case, subject)


def _disk(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    for metric, what in (("used_ratio", "full"), ("inodes_ratio", "of its inodes used")):
        used = case.value(subject, metric)
        level = next((level for limit, level in DISK_LEVELS if used is not None and used >= limit), None)
        if used is not None and level is not None:
            free = case.value(subject, "free")
            left = f"; {amount(free, 'bytes')} left" if free is not None and metric == "used_ratio" else ""
            text = f"{amount(used, 'ratio')} {what}{left}."
            yield Problem(case.record.node, subject.name, metric, level, text, case.since(subject, metric, _is_full))


def _is_full(used: float) -> bool:
    return used >= DISK_LEVELS[-1][0]


def _memory(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    available, total = case.value(subject, "memory_available"), case.value(subject, "memory_total")
    if available is not None and total and available / total < LEAST_MEMORY:
        text = f"{amount(available, 'bytes')} of {amount(total, 'bytes')} memory left."
        since = case.since(subject, "memory_available", lambda left: left / total < LEAST_MEMORY)
        yield Problem(case.record.node, subject.name, "memory", Level.WARNING, text, since)


def _load(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    load, cpus = case.value(subject, "load15"), case.value(subject, "cpus")
    if load is not None and cpus and load / cpus > MOST_LOAD:
        text = f"Load is {amount(load, 'load')} over 15 minutes on {cpus:.0f} processors."
        since = case.since(subject, "load15", lambda load: load / cpus > MOST_LOAD)
        yield Problem(case.record.node, subject.name, "load", Level.WARNING, text, since)

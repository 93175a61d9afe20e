"""Backups that are late, missing, damaged or held up; `sizes` looks at how large they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from collector.judge import counts, sizes
from collector.judge.case import DAY, Case, is_closed, is_retired, is_told, listings
from collector.judge.rhythm import rhythm
from collector.model import Level, Problem
from collector.store.records import Series, StateRecord, SubjectRecord
from collector.wording import moment, sentence, size, span

MOST_NAMED = 3
STALE = DAY
"""No transfer takes so long: a lock or a half-written file that old was left behind."""


def problems(case: Case, selected: frozenset[str] | None) -> Iterator[Problem]:
    """All that is wrong with the backups of a node. `selected`: the subjects that are judged, None = every one."""
    for subject in case.record.subjects.values():
        if subject.name.startswith("tarball:"):
            if selected is None or subject.name in selected:
                yield from _item(case, subject)
        elif subject.name.partition(":")[0] == "lock":
            yield from _lock(case, subject)
    for folder, listing in listings(case.record):
        yield _closed(case, folder, listing)


def _item(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    if is_retired(case.config, case.record, subject):
        return
    if not subject.present:
        if case.answered_well(subject.source) and not is_closed(case.record, subject.source, subject.name):
            yield _missing(case, subject)
        return
    listing = case.state(subject, "listing")
    if listing and listing.value == "partial":
        yield _closed(case, subject, listing)
    if not is_told(case.record, subject):
        return
    series = kept(case, subject)
    if series.times:
        yield from _late(case, subject, series)
        yield from sizes.problems(case, subject, _measured(subject, series))
        yield from counts.problems(case, subject)
    else:
        yield from _none(case, subject)
    yield from _words(case, subject)


def _closed(case: Case, subject: SubjectRecord, listing: StateRecord) -> Problem:
    """What lies in these folders is not known, and nothing of it is said to be missing."""
    paths = listing.detail.split(" // ")
    more = " and more" if len(paths) > MOST_NAMED else ""
    text = f"Can't be read: {', '.join(paths[:MOST_NAMED])}{more}; what lies there is not known."
    return Problem(case.record.node, subject.name, "closed", Level.WARNING, text, listing.since)


def _missing(case: Case, subject: SubjectRecord) -> Problem:
    text = f"Is no longer there; last seen {moment(subject.last_seen, case.zone)}."
    if not subject.last_seen:
        text = "Is not there; it is known from imported history only."
    since = subject.last_seen or case.first_answer(subject.source)
    return Problem(case.record.node, subject.name, "missing", Level.CRITICAL, text, since)


def kept(case: Case, subject: SubjectRecord) -> Series:
    """The sizes on record up to the newest backup that is there now: a newer one that was taken away counts no more."""
    if "size" not in subject.metrics or case.value(subject, "count") == 0:
        return Series()
    series, age = subject.metrics["size"].series, case.value(subject, "age")
    if age is None:
        return series
    last = bisect_right(series.times, subject.metrics["age"].series.times[-1] - age)
    return Series(series.times[:last], series.values[:last])


def _measured(subject: SubjectRecord, series: Series) -> Series:
    """Without what was imported: those sizes may be rounded up, to whole MiB by env's scm-backup-monitor. The newest
    is there now, so it was read here, and found equal if it was imported too."""
    imported = subject.metrics["size"].imported
    if not imported:
        return series
    pairs = zip(series.times, series.values, strict=True)
    read = [(time, value) for time, value in pairs if time not in imported or time == series.times[-1]]
    return Series(tuple(time for time, _ in read), tuple(value for _, value in read))


def _none(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    """Not one backup is there, though there is a place for it. What could not be counted is not known, and not said."""
    if case.value(subject, "count") != 0:
        return
    if "size" in subject.metrics:
        series = subject.metrics["size"].series
        text = f"No backup is left; the last on record is of {moment(series.times[-1], case.zone)}."
        level, since = Level.CRITICAL, subject.metrics["size"].read or case.first_answer(subject.source)
    else:
        level, text, since = Level.WARNING, "Has no backup yet.", subject.first_seen
    if held_up := _held_up(case, subject):
        level, text = Level.WARNING, f"{text} {held_up}"
    yield Problem(case.record.node, subject.name, "none", level, text, since)


def _late(case: Case, subject: SubjectRecord, series: Series) -> Iterator[Problem]:
    newest, usual = series.times[-1], rhythm(series.times, case.zone)
    age = case.asked(subject) - newest
    if age <= usual.late:
        return
    level = Level.CRITICAL if age > usual.very_late else Level.WARNING
    reason = f"; before that one {usual.words}" if len(series.times) > 1 else ""
    text = f"No new backup for {span(age)}{reason}."
    text += f" Last: {moment(newest, case.zone)}, {size(series.values[-1])}."
    if held_up := _held_up(case, subject):
        level, text = Level.WARNING, f"{text} {held_up}"
    yield Problem(case.record.node, subject.name, "late", level, text, int(newest + usual.due))


def under_way(case: Case, subject: SubjectRecord) -> StateRecord | None:
    """The transfer of a backup that was not finished when it was read, if that has not stood for long."""
    transfer = case.state(subject, "transfer")
    if transfer is None or transfer.value != "unfinished" or _left_behind(case, subject, transfer.since):
        return None
    return transfer


def _held_up(case: Case, subject: SubjectRecord) -> str | None:
    """A lock or a transfer young enough to explain a late backup; an old one is a problem of its own."""
    if transfer := under_way(case, subject):
        return sentence(f"A transfer is under way: {transfer.detail}")
    for other in case.of_kind("lock"):
        lock = case.state(other, "lock")
        if other.source == subject.source and lock and lock.value == "held" and (case.value(other, "age") or 0) < STALE:
            return sentence(f"A lock is held: {lock.detail}")
    return None


WORDS = {
    ("digest", "differs"): (Level.CRITICAL, "Differs from its sidecar: {}"),
    ("digest", "unreadable"): (Level.WARNING, "Can't be compared with its sidecar: {}"),
    ("digest", "untested"): (Level.WARNING, "The newest could not be verified: {}"),
    ("archive", "untested"): (Level.WARNING, "The newest archive could not be tested: {}"),
    ("archive", "broken"): (Level.CRITICAL, "The newest archive is broken: {}"),
    ("last", "dangling"): (Level.WARNING, "Its link `last` leads nowhere: {}"),
    ("last", "a folder"): (Level.WARNING, "Its link `last` was replaced: {}"),
}


def _words(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    for state in subject.states.values():
        if case.state(subject, state.name) and (state.name, state.value) in WORDS:
            level, text = WORDS[state.name, state.value]
            said = sentence(text.format(state.detail))
            yield Problem(case.record.node, subject.name, state.name, level, said, state.since)
    transfer = case.state(subject, "transfer")
    if transfer and transfer.value == "unfinished" and _left_behind(case, subject, transfer.since):
        text = sentence(f"A transfer was left unfinished: {transfer.detail}")
        yield Problem(case.record.node, subject.name, "transfer", Level.WARNING, text, transfer.since)
    if differing := case.value(subject, "differing"):
        text = f"{differing:.0f} of the tarballs kept are not as long as their sidecars say."
        digest = case.state(subject, "digest")
        if digest is None or digest.value != "differs":
            since = case.since(subject, "differing", lambda count: count > 0)
            yield Problem(case.record.node, subject.name, "differing", Level.WARNING, text, since)


def _left_behind(case: Case, subject: SubjectRecord, since: int) -> bool:
    """Whether a transfer has stood for long with nothing new since. Where each pass meets the night's transfer under
    way, backups come in meanwhile."""
    series = kept(case, subject)
    return case.asked(subject) - since >= STALE and not (series.times and series.times[-1] > since)


def _lock(case: Case, subject: SubjectRecord) -> Iterator[Problem]:
    lock, age = case.state(subject, "lock"), case.value(subject, "age")
    if lock and lock.value == "held" and age is not None and age >= STALE:
        text = sentence(f"A lock held for {span(age)} stops every transfer: {lock.detail}")
        yield Problem(case.record.node, subject.name, "lock", Level.WARNING, text, int(case.asked(subject) - age))

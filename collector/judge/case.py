"""What rules are given, and what they share: one node's record, when it is judged, and the words for times. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan
from zoneinfo import ZoneInfo

from collector.config import Config
from collector.model import Level
from collector.store.records import NodeRecord, Series, StateRecord, SubjectRecord

DAY = 86400
HOUR = 3600
RecordOf = Callable[[str], NodeRecord]
"""Gives the record of a node, by its name."""
RETIRED = 30 * DAY
"""What has been gone for so long, and no `select` names, was given up by somebody's will."""


def is_retired(config: Config, record: NodeRecord, subject: SubjectRecord) -> bool:
    """Whether a subject is neither judged nor told any longer. While its source does not answer, nothing retires."""
    source = record.sources.get(subject.source)
    if subject.present or source is None or source.last_ok is None:
        return False
    if is_closed(record, subject.source, subject.name):
        return False
    select = config.hubs[subject.hub].select if subject.hub in config.hubs else ()
    gone = subject.last_seen or source.first_ok or source.last_ok
    return source.last_ok - gone >= RETIRED and subject.name.removeprefix(f"tarball:{subject.hub}/") not in select


def listings(record: NodeRecord) -> Iterator[tuple[SubjectRecord, StateRecord]]:
    """The backup folders of the node that were not listed whole, each with the word that says so."""
    for subject in record.subjects.values():
        listing = subject.states.get("listing")
        if subject.name.partition(":")[0] != "backups" or listing is None or listing.value == "whole":
            continue
        if record.is_known(subject.source, listing.read):
            yield subject, listing


def is_closed(record: NodeRecord, source: str, name: str) -> bool:
    """Whether an item that a source did not see may lie in a folder that is closed to it."""
    for subject, listing in listings(record):
        if subject.source == source:
            owner = subject.name.partition(":")[2]
            item = name.removeprefix("tarball:").removeprefix(f"{owner}/" if owner else "")
            folders = listing.detail.split(" // ")
            return listing.value == "in doubt" or any(item.startswith(f"{folder}/") for folder in folders)
    return False


def is_told(record: NodeRecord, subject: SubjectRecord) -> bool:
    """Whether a subject was told whole when it was last asked for. Of backups a cut answer lists some; that it lists
    all of an item is known by its count."""
    if not subject.name.startswith("tarball:"):
        return record.is_known(subject.source, subject.last_seen)
    count = subject.metrics.get("count")
    return count is not None and record.is_known(subject.source, count.read)


def began(series: Series, wrong: Callable[[float], bool]) -> int:
    """When the unbroken row of wrong values began that a series ends with."""
    since = series.times[-1]
    for time, value in zip(reversed(series.times), reversed(series.values), strict=True):
        if not wrong(value):
            break
        since = time
    return since


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a rule begins to find a number amiss: from `value` on, or below it where `below`."""

    value: float
    level: Level
    below: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One node to be judged as of `now` (UTC seconds, the start of the pass)."""

    config: Config
    record: NodeRecord
    now: int

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which problems name times."""
        return self.config.site.time_zone

    def asked(self, subject: SubjectRecord) -> int:
        """As of when a subject is judged: when its source was last asked. Later than that nothing is known of it."""
        return self.record.sources[subject.source].last.asked

    def answered_well(self, source: str) -> bool:
        """Whether a source ended well when it was last asked, and its node did."""
        known = self.record.sources.get(source)
        return known is not None and known.last_ok is not None and self.record.is_known(source, known.last_ok)

    def first_answer(self, source: str) -> int:
        """When a source first ended well: what it never had is missed since then."""
        known = self.record.sources[source]
        return known.last.asked if known.first_ok is None else known.first_ok

    def of_kind(self, kind: str) -> Iterator[SubjectRecord]:
        """The subjects of a kind that were there when their source was last asked."""
        for name, subject in self.record.subjects.items():
            if name.partition(":")[0] == kind and subject.present and self._is_known(subject, subject.last_seen):
                yield subject

    def state(self, subject: SubjectRecord, name: str) -> StateRecord | None:
        """A word of a subject, if it is known. Anything older is not judged anew."""
        found = subject.states.get(name)
        return found if found and self._is_known(subject, found.read) else None

    def _is_known(self, subject: SubjectRecord, read: int) -> bool:
        return self.record.is_known(subject.source, read)

    def since(self, subject: SubjectRecord, name: str, wrong: Callable[[float], bool]) -> int:
        """When the unbroken row of wrong values began that a number's last one ends."""
        return began(subject.metrics[name].series, wrong)

    def value(self, subject: SubjectRecord, name: str) -> float | None:
        """A number of a subject, if it is known and is one."""
        found = subject.metrics.get(name)
        if found is None or not self._is_known(subject, found.read):
            return None
        last = found.series.values[-1]
        return None if isnan(last) else last

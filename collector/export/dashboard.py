"""The dashboard of clusters, made of the documents of the nodes by which they are asked. Pure.

Whatever source tells of subjects of the kind `cluster` is one: which those are, the file beside its module says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from collector.config import Config
from collector.export.cluster_subjects import owner_of, source_of, sources_of, word
from collector.export.clusters import (
    ClusterEntry,
    Clusters,
    HostEntry,
    JobEntry,
    OwnerEntry,
    RoomEntry,
    UseEntry,
    VmEntry,
)
from collector.export.documents import VERSION, NodeDocument, SourceDocument
from collector.export.readings import Standing, Subject, Time
from collector.export.subjects import Edition, moment
from collector.model import Level, LevelWord, Outcome, worst_word

ADAPTER = TypeAdapter(Clusters)
DAY = 86400
USED: tuple[str, ...] = ("memory", "disk", "vcpus")
KINDS = ("vm", "clusternode", "cluster", "owner")
WISHED = frozenset({"running", "stopped", "set aside", "online"})
NO_ROOM = RoomEntry(None, None, None)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a cluster is called, and when it was first told of; of one that has never answered neither is known."""

    name: str = ""
    since: Time | None = None


Identities = Mapping[tuple[str, str], Identity]
"""Those of clusters by node and source."""


def identities(documents: Iterable[NodeDocument]) -> dict[tuple[str, str], Identity]:
    """Those of the clusters that have ever answered."""
    return {
        (document.name, source.name): Identity(whole.label, whole.first_seen)
        for document in documents
        for source in sources_of(document)
        if (whole := _whole(document, source))
    }


def dashboard(edition: Edition, documents: Sequence[NodeDocument], known: Identities) -> Clusters:
    """The whole of clusters.json."""
    previous = moment(edition.previous.started) if edition.previous else None
    entries = (
        _Teller(edition.config, document, source, previous, known.get((document.name, source.name), Identity())).entry()
        for document in documents
        for source in sources_of(document)
    )
    return Clusters(VERSION, edition.config.consoles is not None, tuple(entries))


def _whole(document: NodeDocument, source: SourceDocument) -> Subject | None:
    """What is told of the cluster as a whole; of one that was given another name, by the newer."""
    own = [one for one in document.subjects if one.kind == "cluster" and source_of(one) == source.name]
    return max(own, key=lambda one: (one.present, one.last_seen or ""), default=None)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells one cluster."""

    config: Config
    document: NodeDocument
    source: SourceDocument
    previous: Time | None
    identity: Identity

    def entry(self) -> ClusterEntry:
        """All of it."""
        whole = _whole(self.document, self.source)
        vms, hosts, owners = (list(self._of(kind)) for kind in ("vm", "clusternode", "owner"))
        return ClusterEntry(
            name=self.identity.name,
            node=self.document.name,
            source=self.source.name,
            page=whole.page if whole else None,
            level=self._level([*vms, *hosts, *owners, *([whole] if whole else [])]),
            outcome=self.source.outcome if self.document.reached else self.document.outcome,
            reason=self.source.reason if self.document.reached else self.document.reason,
            asked=self.source.asked,
            answered=self.source.last_ok,
            version=_told(whole, "version"),
            master=_told(whole, "master"),
            counts=_counts(whole) if whole else {},
            memory=_room(whole, "memory") if whole else NO_ROOM,
            disk=_room(whole, "disk") if whole else NO_ROOM,
            vms=tuple(sorted(map(self._vm, vms), key=_foremost)),
            hosts=tuple(sorted(map(_host, hosts), key=_foremost)),
            owners=tuple(sorted(map(self._owner, owners), key=_fullest)),
            failed=tuple(self._failed()),
        )

    def _of(self, kind: str) -> Iterator[Subject]:
        """The subjects of a kind; of what is gone VMs only."""
        for subject in self.document.subjects:
            if subject.kind == kind and (subject.present or kind == "vm") and source_of(subject) == self.source.name:
                yield subject

    def _level(self, subjects: Iterable[Subject]) -> LevelWord:
        answered = self.document.reached and self.source.outcome == Outcome.OK
        words = [subject.level for subject in subjects if subject.present]
        return worst_word([*words, "ok"] if answered else [*words, "unknown"])

    def _vm(self, subject: Subject) -> VmEntry:
        state = word(subject, "state")
        return VmEntry(
            name=subject.label,
            page=subject.page,
            level=subject.level,
            state=(state.value if state else None) or "unknown",
            detail=state.detail if state else "",
            since=state.since if state else None,
            standing=state.standing if state else "unknown",
            host=_told(subject, "host"),
            size=_told(subject, "size"),
            owner=owner_of(subject),
            seen=subject.last_seen,
            news="gone" if not subject.present else "new" if self._is_new(subject) else "",
        )

    def _is_new(self, subject: Subject) -> bool:
        """Whether the pass before did not have it. When a cluster answers for the first time, nothing of it is new."""
        before, first = self.previous, self.identity.since
        return before is not None and first is not None and first <= before < (subject.first_seen or "")

    def _owner(self, subject: Subject) -> OwnerEntry:
        quotas = getattr(self._settings(), "quotas", {})
        limits = quotas[subject.label].limits if subject.label in quotas else {}
        values = _values(subject)
        uses = {
            name: UseEntry(values[name], float(limits[name]) if name in limits else None)
            for name in USED
            if name in values
        }
        running = _count(values, "vms_running")
        standing: Standing = subject.metrics[0].standing if subject.metrics else "unknown"
        return OwnerEntry(subject.label, subject.page, subject.level, standing, _count(values, "vms"), running, uses)

    def _settings(self) -> object:
        sources = self.config.sources_of(self.document.name)
        return next((one for one in sources if one.label == self.source.name), None)

    def _failed(self) -> Iterator[JobEntry]:
        pages = {one.name: one for one in self.document.subjects if one.kind in KINDS}
        for event in self.document.events:
            about = pages.get(event.subject)
            if about and event.level == "error" and source_of(about) == self.source.name and self._is_late(event.time):
                yield JobEntry(about.label, about.page, event.time, event.text)

    def _is_late(self, time: Time) -> bool:
        """Whether it is of the last day before the cluster last answered."""
        return self.source.last_ok is not None and _seconds(self.source.last_ok) - _seconds(time) < DAY


def _seconds(time: Time) -> float:
    return datetime.fromisoformat(time).timestamp()


def _host(subject: Subject) -> HostEntry:
    state, redundancy = word(subject, "state"), word(subject, "redundancy")
    told = redundancy if redundancy and redundancy.standing in ("known", "stale") else None
    return HostEntry(
        name=subject.label,
        page=subject.page,
        level=subject.level,
        state=(state.value if state else None) or "unknown",
        since=state.since if state else None,
        standing=state.standing if state else "unknown",
        role=_told(subject, "role"),
        holds=told.value == "held" if told else None,
        detail=told.detail if told else "",
        vms=_count(_values(subject), "vms"),
        memory=_room(subject, "memory"),
        disk=_room(subject, "disk"),
    )


def _told(subject: Subject | None, name: str) -> str:
    state = word(subject, name) if subject else None
    return (state.value if state else None) or ""


def _values(subject: Subject) -> dict[str, float]:
    """The numbers of a subject that are known, or were when it was last read."""
    return {
        metric.name: metric.value
        for metric in subject.metrics
        if metric.value is not None and metric.standing in ("known", "stale")
    }


def _count(values: Mapping[str, float], name: str) -> int | None:
    return int(values[name]) if name in values else None


def _counts(whole: Subject) -> dict[str, int]:
    values = _values(whole)
    return {one.name: int(values[one.name]) for one in whole.metrics if one.unit == "count" and one.name in values}


def _room(subject: Subject, what: str) -> RoomEntry:
    values = _values(subject)
    return RoomEntry(*(values.get(f"{what}_{part}") for part in ("total", "used", "allocated")))


def _foremost(entry: VmEntry | HostEntry) -> tuple[bool, bool, int, tuple[str | int, ...]]:
    """What is gone last, else what stands as nobody wishes first, the worst of it first, then by name with the numbers
    in it by size."""
    is_gone = isinstance(entry, VmEntry) and entry.news == "gone"
    return is_gone, entry.state in WISHED, -Level.of(entry.level), _natural(entry.name)


def _natural(name: str) -> tuple[str | int, ...]:
    """Texts and numbers by turns, a text first."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(re.split("([0-9]+)", name)))


def _fullest(owner: OwnerEntry) -> tuple[int, float, tuple[str | int, ...]]:
    shares = [use.used / use.limit for use in owner.uses.values() if use.limit]
    return -Level.of(owner.level), -max(shares, default=0.0), _natural(owner.name)

"""What clusters, their VMs and hosts are told as: subjects of the node by which they are asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from collector.config.catalogue import tells_of
from collector.export.documents import NodeDocument, SourceDocument
from collector.export.readings import Metric, StateValue, Subject


def sources_of(document: NodeDocument) -> list[SourceDocument]:
    """The sources of a node that tell of clusters."""
    return [source for source in document.sources if tells_of(source.kind, "cluster")]


def source_of(subject: Subject) -> str:
    """The source that tells of a subject."""
    told: Iterable[StateValue | Metric] = chain(subject.states, subject.metrics)
    return next((one.provenance.source for one in told if one.provenance), "")


def word(subject: Subject, name: str) -> StateValue | None:
    """A state of a subject."""
    return next((state for state in subject.states if state.name == name), None)


def owner_of(subject: Subject) -> str | None:
    """Who owns a VM, by what was told of it last; None if it was not told, or is not told any more."""
    owner = word(subject, "owner")
    return owner.value if owner and owner.standing in ("known", "stale") else None

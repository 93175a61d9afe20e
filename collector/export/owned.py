"""What the owners of VMs are shown of a node by which a cluster is asked: their VMs, and what they use. Pure.

All else of it is left out, the cluster's sums too unless an audience is shown these: what others use follows from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from collector.config import Config
from collector.export.cluster_subjects import owner_of, sources_of
from collector.export.documents import NodeDocument, SourceDocument
from collector.export.narrow import Hidden
from collector.export.readings import Subject
from collector.model import Outcome, worst_word
from collector.people.audiences import View, nodes_of, shared_nodes

if TYPE_CHECKING:
    from collector.export.clusters import Clusters

UNTOLD = "did not answer"
"""All that is said of why: the reason may name places."""


@dataclass(frozen=True, slots=True)
class Share:
    """The owners whose VMs are shown, and whether sums of their clusters are."""

    owners: frozenset[str]
    sums: bool

    def holds(self, subject: Subject) -> bool:
        """Whether something is shown."""
        if subject.kind == "owner":
            return subject.label in self.owners
        if subject.kind == "vm":
            return owner_of(subject) in self.owners
        return subject.kind == "cluster" and self.sums


def share_of(config: Config, view: View) -> Share:
    """What an audience is shown of nodes that it is not shown whole."""
    audience = config.audiences[view.audience]
    return Share(frozenset(audience.owners), audience.cluster_sums)


def hidden(
    config: Config, view: View, former: Iterable[str], clusters: Clusters | None, shown: Collection[str] = ()
) -> Hidden:
    """What an audience is not to know: nodes that it is not shown whole, `former` ones, and VMs of others on nodes that
    it is shown in part. `shown`: of such nodes those whose names it may know."""
    audience = config.audiences[view.audience]
    shared, owners = shared_nodes(config, audience), audience.owners
    words = Hidden.of(config, nodes_of(config, audience), former)
    if not shared:
        return words
    vms = [vm for one in (clusters.clusters if clusters else ()) if one.node in shared for vm in one.vms]
    own = {vm.name for vm in vms if vm.owner in owners}
    return words.also({vm.name for vm in vms} - own, own.union(shown))


def owned(document: NodeDocument, share: Share) -> NodeDocument:
    """The share of a node's document, without anything that is not of a subject of it."""
    subjects = tuple(subject for subject in document.subjects if share.holds(subject))
    shown = {subject.name for subject in subjects}
    own = {subject.name for subject in subjects if subject.kind == "vm"}  # a cluster's events are of anybody's VMs
    sources = tuple(map(_source, sources_of(document)))
    well = document.reached and all(source.outcome == Outcome.OK for source in sources)
    return replace(
        document,
        title=document.name,
        address="",
        hubs=(),
        environments=(),
        groups=(),
        level=worst_word([*(one.level for one in subjects if one.present), "ok" if well else "unknown"]),
        reason="" if document.reached else UNTOLD,
        skew=None,
        sources=sources,
        subjects=subjects,
        problems=tuple(one for one in document.problems if one.subject in shown),
        events=tuple(one for one in document.events if one.subject in own),
        pending=tuple(one for one in document.pending if one.subject in shown),
        hidden=tuple(one for one in document.hidden if one.subject in shown),
        closed=tuple(one for one in document.closed if one.subject in shown),
        uptime=(),
        activity=(),
        logs=(),
        excerpts=(),
    )


def _source(source: SourceDocument) -> SourceDocument:
    return replace(source, hub=None, reason="" if source.outcome == Outcome.OK else UNTOLD, status=None, faults=())

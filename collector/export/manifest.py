"""The manifest: hubs, environments, all problems, the figures of the overview and what changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from collector.config import Config
from collector.export.acts import activity_documents
from collector.export.calendar import calendar
from collector.export.counts import counts
from collector.export.documents import (
    VERSION,
    Change,
    CompatEntry,
    EnvironmentEntry,
    GroupEntry,
    HubEntry,
    Manifest,
    NodeDocument,
    NodeEntry,
    PassDocument,
)
from collector.export.items import items
from collector.export.logdays import days_of_all
from collector.export.readings import ProblemDocument, Subject
from collector.export.slug import slug
from collector.export.subjects import Edition, exact, moment
from collector.export.uptimes import of_environment
from collector.model import Level, Outcome, worst_word
from collector.store.records import PassRecord

MOST_CHANGES = 50
MOST_CLOSED = 200
USUAL = frozenset({"newest", "fingerprint", "started", "stopped", "pid", "spawn_error", "stdout", "stderr"})
"""Words that change whenever all is well, or with the state that they belong to."""


def manifest(
    edition: Edition,
    documents: Sequence[NodeDocument],
    entries: Mapping[str, NodeEntry],
    compat: Mapping[str, CompatEntry],
) -> Manifest:
    """The whole of manifest.json."""
    config = edition.config
    problems = sorted((p for document in documents for p in document.problems), key=_gravest_first)
    return Manifest(
        version=VERSION,
        title=config.site.title,
        time_zone=str(config.site.time_zone),
        url=config.site.url,
        last_pass=_pass(config, edition.last_pass, edition.previous),
        level=worst_word(document.level for document in documents),
        hubs={name: hub_entry(config, name, entries) for name in config.hubs},
        environments={name: environment_entry(config, name, entries, documents) for name in config.environments},
        nodes=dict(entries),
        problems=tuple(problems),
        counts=tuple(counts(documents)),
        changes=(*answering(documents, edition.outcomes), *changes(documents, edition.previous))[:MOST_CHANGES],
        compat=dict(compat),
        groups={name: group_entry(config, name, entries) for name in config.groups},
        items=items(config, documents),
        closed=tuple(_lately_closed(documents)),
        calendar=calendar(edition, documents),
        activity=activity_documents(edition.acts),
        logs=days_of_all(documents),
    )


def with_own(
    made: Manifest, place: Literal["keeper", "instances"], document: NodeDocument, entry: NodeEntry
) -> Manifest:
    """The same with the pass itself, or with all instances, which are in no list of nodes: what is wrong with them is
    among the problems."""
    closed = sorted((*made.closed, *document.closed), key=_latest, reverse=True)
    kept = replace(made, keeper=entry) if place == "keeper" else replace(made, instances=entry)
    return replace(
        kept,
        level=worst_word([made.level, *([document.level] if document.problems else [])]),
        problems=tuple(sorted((*made.problems, *document.problems), key=_gravest_first)),
        closed=tuple(closed[:MOST_CLOSED]),
    )


def _latest(problem: ProblemDocument) -> str:
    return problem.closed or ""


def _lately_closed(documents: Sequence[NodeDocument]) -> Sequence[ProblemDocument]:
    closed = (problem for document in documents for problem in document.closed)
    return sorted(closed, key=_latest, reverse=True)[:MOST_CLOSED]


def _gravest_first(problem: ProblemDocument) -> tuple[int, str, str, str]:
    """Most serious first; of these the newest first would hide the old, so by node and subject, which stays stable."""
    return -Level.of(problem.level), problem.node, problem.subject or "", problem.rule


def _pass(config: Config, last_pass: PassRecord, previous: PassRecord | None) -> PassDocument:
    return PassDocument(
        id=last_pass.id,
        started=exact(last_pass.started),
        finished=moment(last_pass.finished),
        due=exact(last_pass.started + int(config.site.every)),
        asked=last_pass.asked,
        reached=last_pass.reached,
        previous=exact(previous.started) if previous else None,
    )


def hub_entry(config: Config, name: str, entries: Mapping[str, NodeEntry]) -> HubEntry:
    """A hub's line in the manifest, with the worst level of its nodes."""
    hub = config.hubs[name]
    members = [*hub.nodes, *([hub.node] if hub.node else [])]
    return HubEntry(
        name=name,
        server=hub.server,
        page=f"hubs/{slug(name)}",
        node=hub.node,
        nodes=hub.nodes,
        select=hub.select,
        level=worst_word(entries[node].level for node in members),
        message=hub.message,
        report_url=hub.report_url,
    )


def environment_entry(
    config: Config, name: str, entries: Mapping[str, NodeEntry], documents: Sequence[NodeDocument]
) -> EnvironmentEntry:
    """An environment's, likewise, with the uptimes that the documents of its nodes tell."""
    nodes = config.environments[name].nodes
    level = worst_word(entries[node].level for node in nodes)
    return EnvironmentEntry(name, f"environments/{slug(name)}", nodes, level, of_environment(documents, nodes))


def group_entry(config: Config, name: str, entries: Mapping[str, NodeEntry]) -> GroupEntry:
    """A group's, likewise."""
    nodes = config.groups[name].nodes
    return GroupEntry(name, f"groups/{slug(name)}", nodes, worst_word(entries[node].level for node in nodes))


def changes(documents: Sequence[NodeDocument], previous: PassRecord | None) -> Iterable[Change]:
    """What this pass found that the one before had not. On the very first pass everything is new, so nothing is."""
    if previous is None:
        return
    before = exact(previous.started)
    for document in documents:
        for subject in document.subjects:
            for sentence in _changes_of(subject, before):
                yield Change(document.name, sentence)


def answering(documents: Sequence[NodeDocument], before: Mapping[tuple[str, str], str]) -> Iterable[Change]:
    """Nodes, and of nodes that answer the sources, that stopped or began to answer since the pass before, of which
    `before` tells how they fared."""
    for document in documents:
        was = before.get((document.name, ""), document.outcome)
        if was == document.outcome == Outcome.OK:
            yield from (Change(document.name, sentence) for sentence in _sources(document, before))
        elif was == Outcome.OK:
            yield Change(document.name, f"stopped answering: {document.reason}")
        elif document.outcome == Outcome.OK:
            yield Change(document.name, "answers again")


def _sources(document: NodeDocument, before: Mapping[tuple[str, str], str]) -> Iterable[str]:
    for source in document.sources:
        was = before.get((document.name, source.name), source.outcome)
        if was == Outcome.OK != source.outcome:
            yield f"{source.name} could not be read: {source.reason}"
        elif was != Outcome.OK == source.outcome:
            yield f"{source.name} is read again"


def _changes_of(subject: Subject, before: str) -> Iterable[str]:
    if subject.first_seen is not None and subject.first_seen > before:
        yield f"{subject.label} is new"
        return
    if subject.last_seen == before and not subject.present:
        yield f"{subject.label} is gone"
    for state in subject.states:
        if state.since is not None and state.since > before and state.standing == "known" and state.name not in USUAL:
            yield f"{subject.label}: {state.name} is now {state.value}"

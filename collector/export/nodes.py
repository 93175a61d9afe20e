"""One node's document. Pure: a record and its problems in, `NodeDocument` and its manifest entry out."""

from __future__ import annotations

from collections.abc import Mapping

from collector.config import Config
from collector.export.documents import VERSION, EventDocument, FaultDocument, NodeDocument, NodeEntry, SourceDocument
from collector.export.life import Lives, problem_document
from collector.export.slug import slug
from collector.export.subjects import Edition, exact, moment, subjects
from collector.model import Level, Outcome
from collector.store.records import NodeRecord, SourceRecord


def page_of(node: str) -> str:
    """The document name of a node's page, relative to the site's root."""
    return f"nodes/{slug(node)}"


def file_of(node: str) -> str:
    """Where a node's document lies, relative to the export folder."""
    return f"nodes/{slug(node)}.json"


def node_document(
    edition: Edition, record: NodeRecord, lives: Lives, levels: Mapping[str | None, Level]
) -> NodeDocument:
    """Everything a page about the node needs. `levels` holds each subject's level, and the node's under None."""
    config, name = edition.config, record.node
    told = subjects(edition, record, {key: level for key, level in levels.items() if key is not None})
    return NodeDocument(
        version=VERSION,
        name=name,
        title=config.nodes[name].title or name,
        page=page_of(name),
        reach=config.nodes[name].reach,
        address=address_of(config, name),
        hubs=tuple(config.hubs_of(name)),
        environments=tuple(config.environments_of(name)),
        groups=tuple(config.groups_of(name)),
        level=(levels[None] if config.sources_of(name) else max(levels[None], Level.UNKNOWN)).word,
        reached=record.outcome == Outcome.OK,
        outcome=record.outcome,
        reason=record.reason,
        asked=moment(record.asked),
        answered=moment(record.answered),
        took=record.took,
        skew=record.skew,
        sources=tuple(_source(config, record, source.label) for source in config.sources_of(name)),
        subjects=told,
        problems=tuple(problem_document(problem, told, lives.held.get(problem.key)) for problem in lives.wrong),
        events=tuple(EventDocument(e.subject, exact(e.time), e.level, e.text) for e in record.events),
        pending=tuple(problem_document(problem, told, lives.held.get(problem.key)) for problem in lives.pending),
        hidden=tuple(problem_document(problem, told, lives.held.get(problem.key)) for problem in lives.hidden),
        closed=tuple(problem_document(problem, told) for problem in lives.closed),
    )


def node_entry(document: NodeDocument, digest: str) -> NodeEntry:
    """The node's line in the manifest."""
    return NodeEntry(
        name=document.name,
        title=document.title,
        page=document.page,
        file=file_of(document.name),
        digest=digest,
        level=document.level,
        reached=document.reached,
        reason=document.reason,
        answered=document.answered,
        hubs=document.hubs,
        environments=document.environments,
        groups=document.groups,
        problems=len(document.problems),
        behind=next((one.held.node for one in document.hidden if one.held and one.subject is None), None),
        logs=len(document.logs),
    )


def address_of(config: Config, name: str) -> str:
    """Where a node is asked, for people: `almanac@backup.example.org:229`, or `this machine`."""
    node = config.nodes[name]
    if node.reach == "local":
        return "this machine"
    return (f"{node.user}@" if node.user else "") + (node.address or name) + (f":{node.port}" if node.port else "")


def _source(config: Config, record: NodeRecord, label: str) -> SourceDocument:
    settings = next(source for source in config.sources_of(record.node) if source.label == label)
    known = record.sources.get(label)
    if known is None:
        return SourceDocument(label, settings.kind, settings.hub, "never asked", "", None, None, None, None)
    return _asked_source(known)


def _asked_source(source: SourceRecord) -> SourceDocument:
    last = source.last
    return SourceDocument(
        name=last.source,
        kind=last.kind,
        hub=last.hub,
        outcome=last.outcome,
        reason=last.reason,
        asked=moment(last.asked),
        took=last.took,
        status=last.status,
        last_ok=moment(source.last_ok),
        faults=tuple(FaultDocument(fault.line, fault.text, fault.reason) for fault in source.faults),
    )

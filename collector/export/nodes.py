"""One node's document. Pure: a record and its problems in, `NodeDocument` and its manifest entry out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.config import Config
from collector.export.documents import (
    VERSION,
    EventDocument,
    FaultDocument,
    Metric,
    NodeDocument,
    NodeEntry,
    ProblemDocument,
    SourceDocument,
    Subject,
)
from collector.export.slug import page_slug, slug
from collector.export.subjects import Edition, exact, label_of, moment, subjects
from collector.model import Level, Outcome, Problem
from collector.store.records import NodeRecord, SourceRecord


def page_of(node: str) -> str:
    """The document name of a node's page, relative to the site's root."""
    return f"nodes/{slug(node)}"


def file_of(node: str) -> str:
    """Where a node's document lies, relative to the export folder."""
    return f"nodes/{slug(node)}.json"


def node_document(
    edition: Edition, record: NodeRecord, problems: Sequence[Problem], levels: Mapping[str | None, Level]
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
        problems=tuple(problem_document(problem, told) for problem in problems),
        events=tuple(EventDocument(e.subject, exact(e.time), e.level, e.text) for e in record.events),
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
    )


def address_of(config: Config, name: str) -> str:
    """Where a node is asked, for people: `almanac@backup.example.org:229`, or `this machine`."""
    node = config.nodes[name]
    if node.reach == "local":
        return "this machine"
    return (f"{node.user}@" if node.user else "") + (node.address or name) + (f":{node.port}" if node.port else "")


def problem_document(problem: Problem, told: Sequence[Subject]) -> ProblemDocument:
    """A problem as pages show it, with the small chart of what it is about."""
    subject = next((one for one in told if one.name == problem.subject), None)
    metrics = subject.metrics if subject else ()
    return ProblemDocument(
        node=problem.node,
        subject=problem.subject,
        label=subject.label if subject else problem.subject and label_of(problem.subject, None),
        rule=problem.rule,
        level=problem.level.word,
        text=problem.text,
        since=exact(problem.since),
        spark=max(metrics, key=_telling).spark if metrics else (),
        page=f"problems/{page_slug(problem.node, problem.subject or '', problem.rule)}",
    )


def _telling(metric: Metric) -> tuple[bool, int]:
    """What a problem's small chart shows: a size rather than anything else, and what has most nights."""
    return metric.unit == "bytes", len(metric.spark) - metric.spark.count(None)


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

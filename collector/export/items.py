"""Backup items across the fleet: what a hub has of each, and each of its backup nodes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collector.config import Config
from collector.export.documents import CopyEntry, ItemEntry, NodeDocument
from collector.export.readings import Subject
from collector.export.slug import page_slug
from collector.model import worst_word

Found = tuple[NodeDocument, Subject]


def items(config: Config, documents: Sequence[NodeDocument]) -> dict[str, ItemEntry]:
    """Every item by its page: hub by hub in the order of the configuration, then those of no hub."""
    together: dict[tuple[str, str], list[Found]] = {}
    alone: list[Found] = []
    for document in documents:
        for subject in document.subjects:
            if subject.kind == "tarball" and subject.hub in config.hubs:
                together.setdefault((subject.hub, subject.label), []).append((document, subject))
            elif subject.kind == "tarball":
                alone.append((document, subject))
    return {entry.page: entry for entry in [*_of_hubs(config, together), *map(_of_none, alone)]}


def _of_hubs(config: Config, together: dict[tuple[str, str], list[Found]]) -> Iterator[ItemEntry]:
    order = {name: place for place, name in enumerate(config.hubs)}
    for hub, label in sorted(together, key=lambda one: (order[one[0]], one[1])):
        asked = [*filter(None, [config.hubs[hub].node]), *config.hubs[hub].nodes]
        by_node = {document.name: subject for document, subject in together[hub, label]}
        there = sorted(by_node, key=lambda node: asked.index(node) if node in asked else len(asked))
        copies = tuple(CopyEntry(node, by_node[node].name, by_node[node].level) for node in there)
        missing = tuple(node for node in asked if node not in by_node)
        yield _entry(label, hub, f"items/{page_slug(hub, label)}", copies, missing)


def _of_none(found: Found) -> ItemEntry:
    document, subject = found
    copy = CopyEntry(document.name, subject.name, subject.level)
    return _entry(subject.label, None, f"items/{page_slug(document.name, subject.name)}", (copy,), ())


def _entry(
    label: str, hub: str | None, page: str, copies: tuple[CopyEntry, ...], missing: tuple[str, ...]
) -> ItemEntry:
    return ItemEntry(label, hub, page, worst_word(copy.level for copy in copies), copies, missing)

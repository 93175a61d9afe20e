"""Nodes as of one pass: the record, what is wrong, and the document that tells both. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from collector.config import Config
from collector.export import pictures
from collector.export.documents import NodeDocument
from collector.export.manifest import USUAL
from collector.export.nodes import node_document
from collector.export.subjects import Drawn, Edition, Filed
from collector.judge import judge, levels
from collector.store import query
from collector.store.records import NodeRecord, PassRecord
from collector.store.store import Store
from collector.store.turns import turns

Happened = Mapping[str, tuple[int, ...]]
"""UTC seconds by subject."""
HUBS_AT_HAND = 8
"""Records of hubs kept in memory, for the nodes that are compared with them."""


class Telling:
    """The fleet of a configuration as of the pass `last`, as it was known then."""

    def __init__(self, config: Config, store: Store, last: PassRecord) -> None:
        self.config, self.last = config, last
        self.db = store.db
        self._previous = query.previous_pass(store.db, last)
        self._outcomes = query.outcomes(store.db, self._previous) if self._previous else {}
        self._hub_record: Callable[[str], NodeRecord] = lru_cache(HUBS_AT_HAND)(self.record)

    def record(self, node: str) -> NodeRecord:
        """What is known of a node by the sources that it still has."""
        sources = {source.label for source in self.config.sources_of(node)}
        return query.node_record(self.db, node, self.last, pictures.WHOLE).watched_by(sources)

    def edition(self, drawn: Drawn = lambda *_: (), filed: Filed = lambda _: {}) -> Edition:
        """The circumstances of an export of this pass, by default one without charts and files of numbers."""
        return Edition(self.config, self.last, self._previous, drawn, filed, self._outcomes)

    def happened(self, record: NodeRecord) -> Happened:
        """By subject, when something happened within the last year: its events, and changes of its words."""
        until = self.last.started
        found = dict(turns(self.db, record.node, (until - pictures.YEAR, until), USUAL))
        for event in record.events:
            found[event.subject] = (*found.get(event.subject, ()), event.time)
        return {subject: tuple(sorted(set(times))) for subject, times in found.items()}

    def document(self, record: NodeRecord, drawn: Drawn = lambda *_: (), filed: Filed = lambda _: {}) -> NodeDocument:
        """A node judged and told."""
        problems = judge(self.config, record, self.last.started, self._hub_record)
        return node_document(self.edition(drawn, filed), record, problems, levels(record, problems))

    def documents(self) -> Iterator[NodeDocument]:
        """All nodes, without charts."""
        return (self.document(self.record(node)) for node in self.config.nodes)

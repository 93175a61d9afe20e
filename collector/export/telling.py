"""Nodes as of one pass: the record, what is wrong, and the document that tells both. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from collector.config import INSTANCES, KEEPER, OWN, Config
from collector.export import pictures
from collector.export.acts import SHOWN, activity_documents
from collector.export.documents import ExcerptDocument, NodeDocument
from collector.export.life import CLOSED_DAYS, lives
from collector.export.nodes import node_document
from collector.export.subjects import Drawn, Edition, Filed, exact
from collector.export.uptimes import with_uptimes
from collector.judge import levels
from collector.life.holds import hold, on_host
from collector.life.stage import Fleet, Records, registered
from collector.model import Level
from collector.store import activity, excerpts, instances, problems, query
from collector.store.activity import Activity, Wanted
from collector.store.past import WHOLE
from collector.store.records import NodeRecord, PassRecord
from collector.store.store import Store

if TYPE_CHECKING:
    from collector.export.instances import Draw, Followed


class Telling:
    """The fleet of a configuration as of the pass `last`, as it was known then. `moment`: as of when it is told what
    people said of problems (UTC seconds), and then all that they did is told; by default as of the beginning of the
    pass."""

    def __init__(
        self,
        config: Config,
        store: Store,
        last: PassRecord,
        moment: int | None = None,
        records: Records | None = None,
    ) -> None:
        self.config, self.last = registered(config, store), last
        self.db = store.db
        self._previous = query.pass_before(store.db, last.started)
        self._outcomes = query.outcomes(store.db, self._previous) if self._previous else {}
        self._fleet = Fleet(config, store, last, records)
        self._said = self._fleet.said(moment or last.started)
        self.until = last.started if moment is None else None
        """Told is what was on record then (UTC seconds); all that is, if None."""

    def record(self, node: str) -> NodeRecord:
        """What is known of a node by the sources that it still has."""
        return self._fleet.record(node)

    def keeper(self) -> NodeRecord | None:
        """What the pass told of itself; None if none did up to this one."""
        record = self.record(KEEPER)
        return None if record.asked is None else record

    def instances(self) -> NodeRecord | None:
        """What instances told; None if none is configured to be asked, or none was up to this pass."""
        record = self.record(INSTANCES) if self.config.instances else None
        return None if record is None or record.asked is None else record

    def followed(self, document: NodeDocument, drawn: Draw) -> Followed | None:
        """All instances that are registered now, without those that wait for approval; None if none is configured to be
        asked. `document`: of those that are. `drawn`: has pictures drawn."""
        settings = self.config.instances
        if settings is None:
            return None
        # Loaded here, for most passes ask no instances.
        from collector.export.instances import Followed  # noqa: PLC0415
        from collector.geography.atlas import opened  # noqa: PLC0415
        from collector.instances.known import Known  # noqa: PLC0415

        everyone = [one for one in instances.everyone(self.db) if not one.held]
        record = self.record(INSTANCES)
        if not all(one.enabled for one in everyone):
            record = query.node_record(self.db, INSTANCES, self.last, WHOLE)
        return Followed(everyone, Known(record, settings, opened(settings.locations)), document, drawn)

    def edition(self, drawn: Drawn = lambda *_: (), filed: Filed = lambda _: {}, node: str = "") -> Edition:
        """The circumstances of an export of this pass, by default one without charts and files of numbers. `node`: of
        which it is to be told."""
        config, silences, acts = self.config.of(node), self._said.silences, self._acts(None)
        return Edition(config, self.last, self._previous, drawn, filed, self._outcomes, silences, acts)

    def document(self, record: NodeRecord, drawn: Drawn = lambda *_: (), filed: Filed = lambda _: {}) -> NodeDocument:
        """A node judged and told."""
        lately = (self.last.started - CLOSED_DAYS * pictures.DAY, self.last.started)
        known = self._fleet.problems(record)
        closed = problems.closed_since(self.db, record.node, lately)
        found = lives(known, closed, lambda one: on_host(record, one, known) or hold(self.config, self._said, one))
        shown = levels(record, [*found.wrong, *(replace(one, level=Level.UNKNOWN) for one in found.hidden)])
        document = node_document(self.edition(drawn, filed, record.node), record, found, shown)
        document = replace(
            document, activity=activity_documents(self._acts(record.node)), excerpts=tuple(self._excerpts(record))
        )
        if record.node in OWN:
            return document
        return with_uptimes(self.config, self.db, self.last.started, document)

    def _excerpts(self, record: NodeRecord) -> Iterator[ExcerptDocument]:
        """What those have said that were found failed when they were last read."""
        for said in excerpts.of_node(self.db, record.node, self.last.started):
            one = said.excerpt
            subject = record.subjects.get(one.subject)
            if subject and said.asked in {state.read for state in subject.states.values() if state.name == "state"}:
                yield ExcerptDocument(one.subject, one.stream, exact(said.asked), one.text)

    def _acts(self, node: str | None) -> tuple[Activity, ...]:
        """The last things that people did, of all or to a node."""
        until = None if self.until is None else self.until + 1
        return activity.found(self.db, Wanted(node=node, until=until), SHOWN)

    def documents(self) -> Iterator[NodeDocument]:
        """All nodes, without charts."""
        return (self.document(self.record(node)) for node in self.config.nodes)

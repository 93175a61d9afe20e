"""The export on disk: charts that are not there yet, a document a node, then the manifest, which makes it whole.

Charts have names of their own for each content. All else is written aside and put in its place at once when all is
told, while the last charts are still being drawn; what it replaces is kept until they are: an export that breaks leaves
the one before as it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from collector import files
from collector.chart.workshop import Workshop
from collector.config import Config
from collector.config.catalogue import tells_of
from collector.export import logdays, pictures, years
from collector.export.adapters import LOG, MANIFEST, NODE, SERIES
from collector.export.documents import (
    CLUSTERS,
    REGISTRY,
    CompatEntry,
    LogDay,
    Manifest,
    NodeDocument,
    NodeEntry,
)
from collector.export.drawings import Drawings
from collector.export.gone import gone
from collector.export.kept_years import KeptYears
from collector.export.manifest import manifest, with_own
from collector.export.nodes import file_of, node_entry
from collector.export.old_series import series_files
from collector.export.subjects import Edition, Filed
from collector.export.telling import Telling
from collector.life import stage
from collector.model import AlmanacError
from collector.store import holds, query, whole
from collector.store.past import WHOLE
from collector.store.records import NodeRecord, PassRecord, SubjectRecord
from collector.store.store import Store

if TYPE_CHECKING:
    from collector.export.clusters import Clusters


class ExportError(AlmanacError):
    """The export could not be written; the one before stays."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class Exported:
    """The manifest, how many documents and charts were written because they changed, and what they were made of."""

    manifest: Manifest
    documents: int
    charts: int
    nodes: tuple[NodeDocument, ...]
    edition: Edition
    clusters: Clusters | None = None


def export(config: Config, store: Store) -> Exported:
    """Tells the last pass in `config.export`. Raises NothingRecorded, ExportError, StoreError.

    The same record gives the same bytes, and files that hold them already are not touched.
    """
    with begun(config, store, stage.Records(config, store, stage.last_pass(store))) as pressing:
        return pressing.finish()


def export_night(config: Config, store: Store, night: PassRecord, folder: Path) -> Exported:
    """Tells any pass in a folder, as it would have been told then. Raises ExportError, StoreError."""
    telling = Telling(config, store, night)
    with _begun(telling, Drawings(telling.config, store, night, folder, Workshop())) as pressing:
        return pressing.finish()


@contextmanager
def begun(config: Config, store: Store, records: stage.Records, drawings: Drawings | None = None) -> Iterator[Pressing]:
    """As `export`, of the pass of the records, while its charts are still being drawn: the documents are in their
    places, so that pages can be made of them meanwhile. It is finished in the end also where that fails; where itself
    it fails, the export before is back. `drawings`: those of the export, which may have been ordered already."""
    moment = max(records.last.started, holds.last_said(store.db))
    drawings = drawings or Drawings(records.config, store, records.last, config.export, Workshop())
    with _begun(Telling(config, store, records.last, moment, records), drawings) as pressing:
        yield pressing


@contextmanager
def _begun(telling: Telling, drawings: Drawings) -> Iterator[Pressing]:
    refused: AlmanacError | None = None
    with drawings.workshop, files.Together(drawings.folder) as changes:
        press = _Press(telling, drawings, changes)
        with faults_told(drawings.folder):
            pressing = Pressing(press, press.print())
        try:
            yield pressing
        except AlmanacError as error:
            if pressing.is_broken:
                raise
            refused = error
        pressing.finish()
    if stopped := refused or pressing.untidy:
        raise stopped


@contextmanager
def faults_told(folder: Path) -> Iterator[None]:
    """Turns what the disk says within the block into an ExportError."""
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"{error.filename or folder}: {error.strerror}; the export before stays; mend that and run: almanac export"
        ) from error


class _Press:
    """One export in the making, a node at a time, so that memory does not grow with the fleet."""

    def __init__(self, telling: Telling, drawings: Drawings, changes: files.Together) -> None:
        self._telling, self._config, self.folder = telling, telling.config, drawings.folder
        self._drawings, self._workshop, self._changes = drawings, drawings.workshop, changes
        self._started = telling.last.started
        self._whole_since = years.whole_since(self._started)
        self._filed: set[str] = set()
        self._kept_years = KeptYears(self.folder, telling.db, self._started)

    def print(self) -> Exported:
        """All but the charts, the manifest last."""
        entries: dict[str, NodeEntry] = {}
        documents: list[NodeDocument] = []
        compat: dict[str, CompatEntry] = {}
        for node in self._config.nodes:
            record = self._telling.record(node)
            document, entries[node] = self._told(record)
            documents.append(document)
            compat |= self._compat(record)
        itself = self._telling.keeper()
        keeper = self._told(itself) if itself else None
        told = self._telling.instances()
        instances = self._told(told) if told else None
        self._workshop.hasten()
        edition = self._telling.edition()
        made = manifest(edition, documents, entries, compat)
        made = replace(made, gone=gone(query.left(self._telling.db), made))
        made = with_own(made, "keeper", *keeper) if keeper else made
        made = self._with_instances(made, *instances) if instances else made
        clusters = self._clusters(edition, documents)
        made = replace(made, clusters=CLUSTERS) if clusters else made
        self._filed.update(day.file for day in made.logs)
        logdays.write_days_of_all(self.folder, self._changes, made.logs, documents)
        self._changes.add(self.folder / "manifest.json", MANIFEST.dump_json(made))
        return Exported(made, self._changes.settle(), 0, tuple(documents), edition, clusters)

    def _with_instances(self, made: Manifest, document: NodeDocument, entry: NodeEntry) -> Manifest:
        """The same with what instances told, and the registry of them, which is on disk once the export is."""
        made = with_own(made, "instances", document, entry)
        followed = self._telling.followed(document, self._drawings.figure)
        if followed is None:
            return made
        self._changes.add(self.folder / REGISTRY, followed.content())
        return replace(made, registry=REGISTRY)

    def _clusters(self, edition: Edition, documents: list[NodeDocument]) -> Clusters | None:
        """What the dashboard of clusters tells, None where nothing tells of any."""
        if not any(tells_of(source.kind, "cluster") for document in documents for source in document.sources):
            return None
        # Loaded here, for most passes ask no clusters.
        from collector.export import dashboard  # noqa: PLC0415

        made = dashboard.dashboard(edition, documents, dashboard.identities(documents))
        self._changes.add(self.folder / CLUSTERS, dashboard.ADAPTER.dump_json(made))
        return made

    def finish(self) -> int:
        """Waits for the charts: how many were drawn."""
        self._workshop.finish()
        self._changes.keep()
        return self._workshop.drawn

    def _told(self, record: NodeRecord) -> tuple[NodeDocument, NodeEntry]:
        """A node's document, which is on disk once the export is, and its line in the manifest."""
        document = self._document(record)
        content = NODE.dump_json(document)
        self._changes.add(self.folder / file_of(record.node), content)
        return document, node_entry(document, sha256(content).hexdigest())

    def _document(self, record: NodeRecord) -> NodeDocument:
        document = self._telling.document(record, self._drawings.of(record), self._years(record.node))
        return replace(document, logs=tuple(self._log_days(record.node))[::-1])

    def _log_days(self, node: str) -> Iterator[LogDay]:
        """Files the lines of a node's logs by day; what is there already is as it should be."""
        db, zone, until = self._telling.db, self._config.site.time_zone, self._telling.until
        for lot in logdays.lots(db, node, zone, until):
            day = logdays.log_day(lot, zone)
            self._filed.add(day.file)
            if not (self.folder / day.file).exists():
                content = LOG.dump_json(logdays.log_document(db, lot, day, until))
                self._changes.add(self.folder / day.file, content)
            yield day

    def _years(self, node: str) -> Filed:
        """Files the numbers of a node's subjects; files of years long past are left as they are."""

        def filed(subject: SubjectRecord) -> dict[str, str]:
            found = {}
            for some in years.years_of(subject, self._whole_since):
                found[str(some)] = file = years.file_of(node, subject.name, some)
                if some.last >= self._whole_since:
                    told = years.measured(subject)
                elif self._kept_years.may_stay(file, some):
                    continue
                else:
                    told = whole.told(self._telling.db, node, subject.name, years.span(some), self._started)
                self._changes.add(self.folder / file, SERIES.dump_json(years.document(node, subject.name, some, told)))
            self._filed.update(found.values())
            return found

        return filed

    def _compat(self, record: NodeRecord) -> Mapping[str, CompatEntry]:
        """The files of env's scm-backup-monitor, where a hub asks for them, and the picture of each."""
        found = {}
        for old in series_files(self._config, record, self._started, WHOLE):
            self._changes.add(self.folder / old.file, old.text.encode())
            window = pictures.year(self._started, old.zone)
            picture = pictures.stack(old.title, old.shown, window, old.zone, old.counted)
            chart = self._drawings.chart(pictures.stem(record.node, "compat", old.hub), window.name, picture)
            found[old.name] = CompatEntry(record.node, old.hub, old.file, (chart,))
        return found

    def tidy(self, made: Manifest) -> None:
        """Takes away what the manifest no longer names; now, as before it nothing of the old export may be missed."""
        kept = (
            self._drawings.named
            | self._filed
            | {entry.file for entry in made.every.values()}
            | {one.file for one in made.compat.values()}
            | {made.registry, made.clusters}
        )
        own = (file.partition("/")[0] for file in (REGISTRY, CLUSTERS))
        for folder in ("charts", "nodes", "compat", *own, years.FOLDER, logdays.FOLDER):
            for path in files.paths(self.folder / folder):
                if f"{folder}/{path}" not in kept:
                    os.unlink(f"{self.folder}/{folder}/{path}")  # noqa: PTH108 - of thousands, Path takes half the time


class Pressing:
    """An export of which all is told but for its charts, some of which are still being drawn.

    is_broken: whether it could not be finished.   untidy: what of the export before could not be taken away.
    """

    def __init__(self, press: _Press, told: Exported) -> None:
        self._press, self._told = press, told
        self._is_finished = self.is_broken = False
        self.untidy: ExportError | None = None

    @property
    def manifest(self) -> Manifest:
        """What it tells of the fleet."""
        return self._told.manifest

    def finish(self) -> Exported:
        """Waits until it is whole. Raises ExportError, DrawingError."""
        if not self._is_finished:
            self.is_broken = True
            with faults_told(self._press.folder):
                self._told = replace(self._told, charts=self._press.finish())
            self._is_finished, self.is_broken = True, False
            self._tidy()
        return self._told

    def _tidy(self) -> None:
        try:
            with faults_told(self._press.folder):
                self._press.tidy(self.manifest)
        except ExportError as error:
            self.untidy = error

"""The export of each view of an audience: the documents of its nodes as they were just made, and a manifest of its own.

What is the same byte for byte, charts and years of numbers above all, is a hard link to the whole export, where files
are only ever replaced. Nothing is drawn and nothing is read from the record a second time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from collector import files
from collector.config import Config
from collector.export.acts import SHOWN
from collector.export.adapters import LOG, MANIFEST, NODE
from collector.export.cluster_subjects import sources_of
from collector.export.documents import (
    CLUSTERS,
    ActivityDocument,
    CompatEntry,
    LogDay,
    NodeDocument,
    NodeEntry,
)
from collector.export.logdays import write_days_of_all
from collector.export.manifest import manifest
from collector.export.narrow import narrowed
from collector.export.nodes import file_of, node_entry
from collector.export.owned import hidden, owned, share_of
from collector.export.readings import Chart
from collector.export.subjects import Edition
from collector.export.write import Exported, faults_told
from collector.life import selector
from collector.people import audiences
from collector.people.audiences import View
from collector.store import persons, query
from collector.store.records import Silence
from collector.store.store import Store

SHOWN_NODES = "nodes"
"""Beside a view's export, the nodes that it was made for, a line each: pages of others must not be served."""


def export_views(config: Config, store: Store, exported: Exported) -> None:
    """Tells each audience what was just exported, as far as it is shown it; views of nobody are taken away. Raises
    ExportError."""
    there = [view for view in audiences.views(config, persons.everyone(store.db)) if view.people]
    asked = query.outcomes(store.db, exported.edition.last_pass)
    with faults_told(config.export):
        _tidy(config.site.data / "audiences", {view.name for view in there})
        for view in there:
            _View(config, view, exported, asked).export()


def _tidy(folder: Path, names: set[str]) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in names:
            shutil.rmtree(path)


def shown_nodes(config: Config, view: View) -> bytes:
    """What `SHOWN_NODES` of a view holds: of nodes that are shown in part, what part."""
    audience = config.audiences[view.audience]
    shared = audiences.shared_nodes(config, audience)
    nodes = audiences.narrowed(config, view).nodes
    whole = "".join(f"{node}\n" for node in nodes if node not in shared)
    part = f"{sorted(audience.owners)}{' and sums' * audience.cluster_sums}"
    return (whole + "".join(f"{node}: {part}\n" for node in shared)).encode()


class _View:
    """One view in the making."""

    def __init__(self, config: Config, view: View, exported: Exported, asked: Mapping[tuple[str, str], str]) -> None:
        self._whole, self._config = config, audiences.narrowed(config, view)
        self._view, self._logs, self._exported, self._asked = view, view.logs, exported, asked
        self._share, self._shared = (
            share_of(config, view),
            audiences.shared_nodes(config, config.audiences[view.audience]),
        )
        owning = [one.name for one in exported.nodes if any(map(self._share.holds, one.subjects))]
        former, shown = exported.manifest.gone.get("nodes", ()), [one for one in self._shared if one in owning]
        self._nodes = {*self._config.nodes} - ({*self._shared} - {*shown})
        self._hidden = hidden(config, view, former, exported.clusters, shown)
        self._kept: set[str] = {"manifest.json"}

    def export(self) -> None:
        """All of it, the manifest last."""
        folder = self._config.export
        with files.Together(folder) as changes, files.changing(folder):
            documents, entries = self._documents(changes)
            edition = self._edition(documents)
            made = manifest(edition, documents, entries, self._compat())
            made = self._hidden.cut(replace(made, activity=_latest(documents)))
            made = replace(made, clusters=self._clusters(edition, documents, changes))
            self._kept.update(day.file for day in made.logs)
            write_days_of_all(folder, changes, made.logs, documents)
            changes.add(folder / "manifest.json", MANIFEST.dump_json(made))
            changes.settle()
            changes.keep()
            self._tidy()
        files.replace(folder.with_name(SHOWN_NODES), shown_nodes(self._whole, self._view))

    def _documents(self, changes: files.Together) -> tuple[list[NodeDocument], dict[str, NodeEntry]]:
        """The documents and entries of the nodes; of one that is shown as it is the file is linked."""
        documents, entries = [], {}
        for whole in self._exported.nodes:
            if whole.name not in self._nodes:
                continue
            part = owned(whole, self._share) if whole.name in self._shared else whole
            document, entry = narrowed(part, self._hidden, self._logs), self._exported.manifest.nodes[whole.name]
            if document.logs:
                document = replace(document, logs=tuple(self._log(day, changes) for day in document.logs))
            if document is whole:
                self._bring([file_of(whole.name)])
            else:
                content = NODE.dump_json(document)
                changes.add(self._config.export / file_of(whole.name), content)
                self._kept.add(file_of(whole.name))
                entry = node_entry(document, sha256(content).hexdigest())
            self._bring(_files(document))
            documents.append(document)
            entries[whole.name] = entry
        return documents, entries

    def _log(self, day: LogDay, changes: files.Together) -> LogDay:
        """A day with the file that tells of it here: that of the whole, or one whose lines name nothing hidden."""
        own = replace(day, file=self._hidden.renamed(day.file))
        self._kept.add(own.file)
        if not (self._config.export / own.file).exists():
            whole = LOG.validate_json((self._whole.export / day.file).read_bytes())
            if (cut := self._hidden.cut(whole)) is whole:
                _link(self._whole.export / day.file, self._config.export / own.file)
            else:
                changes.add(self._config.export / own.file, LOG.dump_json(cut))
        return own

    def _clusters(self, edition: Edition, documents: Sequence[NodeDocument], changes: files.Together) -> str | None:
        """Where the dashboard of clusters is told, None where none of these nodes tells of any."""
        asking = [one for one in documents if sources_of(one)]
        if not asking:
            return None
        # Loaded here, for most passes ask no clusters.
        from collector.export import dashboard  # noqa: PLC0415

        known = dashboard.identities(self._exported.nodes)
        made = dashboard.dashboard(replace(edition, config=self._whole), asking, known)
        if all(one.name in self._shared for one in asking):
            made = replace(made, owners=tuple(sorted(self._share.owners)))
        changes.add(self._config.export / CLUSTERS, dashboard.ADAPTER.dump_json(made))
        self._kept.add(CLUSTERS)
        return CLUSTERS

    def _edition(self, documents: Sequence[NodeDocument]) -> Edition:
        """The circumstances: how many of these nodes were asked, and maintenance of theirs."""
        whole = self._exported.edition
        asked = [one for one in documents if (one.name, "") in self._asked]
        reached = sum(one.reached for one in asked)
        last = replace(whole.last_pass, asked=len(asked), reached=reached)
        silences = tuple(one for one in whole.silences if self._concerns(one))
        return replace(whole, config=self._config, last_pass=last, silences=silences, acts=())

    def _concerns(self, silence: Silence) -> bool:
        """Whether maintenance can be of a node that is shown whole."""
        whole = {name: node for name, node in self._config.nodes.items() if name not in self._shared}
        config = self._config.model_copy(update={"nodes": whole})
        return selector.concerns(config, selector.read(silence.selector))

    def _compat(self) -> Mapping[str, CompatEntry]:
        found = {
            name: entry
            for name, entry in self._exported.manifest.compat.items()
            if entry.node in self._config.nodes and entry.hub in self._config.hubs
        }
        self._bring([name for one in found.values() for name in (one.file, *_pictures(one.charts))])
        return found

    def _bring(self, names: Iterable[str]) -> None:
        """Links files of the whole export."""
        for name in names:
            self._kept.add(name)
            _link(self._whole.export / name, self._config.export / name)

    def _tidy(self) -> None:
        folder = self._config.export
        for place, _, names in os.walk(folder):
            for name in names:
                file = Path(place, name)
                if str(file.relative_to(folder)) not in self._kept:
                    file.unlink()


def _link(source: Path, target: Path) -> None:
    """The same file by a hard link, or a copy on another disk; put in place whole."""
    if target.exists() and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name[-200:]}.aside")
    aside.unlink(missing_ok=True)
    try:
        os.link(source, aside)
    except OSError:
        shutil.copyfile(source, aside)
    aside.rename(target)


def _pictures(charts: Iterable[Chart]) -> Iterator[str]:
    return (name for chart in charts for name in (chart.light, chart.dark))


def _files(document: NodeDocument) -> Iterator[str]:
    """The pictures and the years of numbers that a document names."""
    for subject in document.subjects:
        yield from subject.series.values()
        for metric in subject.metrics:
            yield from _pictures(metric.charts)


def _latest(documents: Iterable[NodeDocument]) -> tuple[ActivityDocument, ...]:
    """The last things that people did to some nodes."""
    every = [one for document in documents for one in document.activity]
    return tuple(sorted(every, key=lambda one: one.time, reverse=True)[:SHOWN])

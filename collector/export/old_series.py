"""Which of env's scm-backup-monitor's files a node gets: one for each hub of it that names a `series_file`.

Each is part of the export; `deliver` then puts a copy where the configuration wants it, outside of the program's own
folders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.config import Config
from collector.export import compat
from collector.export.compat import NodeSizes, SeriesFileError
from collector.export.documents import Manifest
from collector.export.subjects import is_selected, label_of
from collector.store.records import NodeRecord, Series


@dataclass(frozen=True, slots=True)
class OldSeries:
    """One file: `name` is how a `stockchart` calls it.

    shown: the sizes of the selected items.   counted: since when every backup is told.
    """

    hub: str
    title: str
    text: str
    name: str
    zone: ZoneInfo
    shown: Mapping[str, Series]
    counted: int

    @property
    def file(self) -> str:
        """Its place in the export folder."""
        return f"compat/{self.name}"


def series_files(config: Config, record: NodeRecord, now: int, window: int) -> Iterator[OldSeries]:
    """The node's files as of `now` (UTC seconds), also if it did not answer: then of what was known before. The last
    `window` seconds of each series are told whole."""
    for hub in config.hubs_of(record.node):
        path, folder = config.series_path(hub, record.node), _folder(config, record.node, hub)
        if path is None or folder is None:
            continue
        zone = config.hubs[hub].time_zone or config.site.time_zone
        items = {
            label_of(name, hub): subject.metrics["size"].series
            for name, subject in record.subjects.items()
            if subject.hub == hub and name.startswith("tarball:") and "size" in subject.metrics
        }
        sizes = NodeSizes(record.node, folder, items, config.hubs[hub].select, zone, now - window)
        shown = {name: series for name, series in items.items() if is_selected(config, hub, name)}
        yield OldSeries(
            hub, f"{record.node} {folder}", compat.render(sizes, now), path.name, zone, shown, sizes.counted
        )


def _folder(config: Config, node: str, hub: str) -> str | None:
    folders = (getattr(source, "folder", None) for source in config.sources_of(node) if source.hub == hub)
    return next((str(folder) for folder in folders if folder), None)


def undeliverable(config: Config) -> Iterator[SeriesFileError]:
    """What would keep a series file from its place, as far as can be told beforehand."""
    for node in config.nodes:
        for path in (config.series_path(hub, node) for hub in config.hubs_of(node)):
            try:
                if path:
                    compat.target(path)
            except SeriesFileError as error:
                yield error


def deliver(config: Config, exported: Manifest) -> tuple[SeriesFileError, ...]:
    """Puts each file of an export where `series_file` says. What could not be put there is returned, and stops nothing:
    pages have their own copy."""
    failed = []
    for entry in exported.compat.values():
        if path := config.series_path(entry.hub, entry.node):
            try:
                compat.write(path, (config.export / entry.file).read_bytes())
            except SeriesFileError as error:
                failed.append(error)
    return tuple(failed)

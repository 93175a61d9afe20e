"""Which of env's scm-backup-monitor's files a node gets: one for each hub of it that names a `series_file`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from collector import files
from collector.config import Config
from collector.export import compat
from collector.export.compat import NodeSizes
from collector.export.subjects import is_selected, label_of
from collector.store.records import NodeRecord, Series


@dataclass(frozen=True, slots=True)
class OldSeries:
    """One file: `path` is where the configuration wants it, `file` its copy within the export.

    shown: the sizes of the selected items.   counted: since when every backup is told.
    """

    hub: str
    title: str
    text: str
    path: Path
    zone: ZoneInfo
    shown: Mapping[str, Series]
    counted: int

    @property
    def name(self) -> str:
        """By which a `stockchart` names it."""
        return self.path.name

    @property
    def file(self) -> str:
        """Its place in the export folder."""
        return f"compat/{self.path.name}"

    def write(self, export: Path) -> int:
        """Writes both files; how many of them changed. Raises SeriesFileError, OSError."""
        return compat.write(self.path, self.text) + files.replace(export / self.file, self.text.encode())


def series_files(config: Config, record: NodeRecord, now: int, window: int) -> Iterator[OldSeries]:
    """The node's files as of `now` (UTC seconds), also if it did not answer: then of what was known before. The last
    `window` seconds of each series are told whole."""
    for hub in config.hubs_of(record.node):
        place, folder = config.hubs[hub].series_file, _folder(config, record.node, hub)
        if place is None or folder is None:
            continue
        zone = config.hubs[hub].time_zone or config.site.time_zone
        items = {
            label_of(name, hub): subject.metrics["size"].series
            for name, subject in record.subjects.items()
            if subject.hub == hub and name.startswith("tarball:") and "size" in subject.metrics
        }
        sizes = NodeSizes(record.node, folder, items, config.hubs[hub].select, zone, now - window)
        path = compat.place(place, record.node, config.file.absolute().parent)
        shown = {name: series for name, series in items.items() if is_selected(config, hub, name)}
        yield OldSeries(hub, f"{record.node} {folder}", compat.render(sizes, now), path, zone, shown, sizes.counted)


def _folder(config: Config, node: str, hub: str) -> str | None:
    folders = (getattr(source, "folder", None) for source in config.sources_of(node) if source.hub == hub)
    return next((str(folder) for folder in folders if folder), None)

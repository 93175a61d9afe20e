"""The charts of an export: each is drawn where no file of that name is there yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os.path import exists
from pathlib import Path
from typing import TYPE_CHECKING

from collector.chart import curve
from collector.chart.alt import alt
from collector.chart.digest import digest
from collector.chart.job import HEIGHT, WIDTH, Job
from collector.chart.picture import Picture
from collector.chart.workshop import Workshop
from collector.config import Config
from collector.export import pictures
from collector.export.manifest import USUAL
from collector.export.readings import Chart
from collector.export.subjects import Drawn, label_of
from collector.judge import in_force, thresholds
from collector.judge.case import is_retired
from collector.life.stage import Records
from collector.store.records import MetricRecord, NodeRecord, PassRecord, SubjectRecord
from collector.store.store import Store
from collector.store.turns import turns

if TYPE_CHECKING:
    from collector.chart.figure import Figure

Happened = Mapping[str, tuple[int, ...]]
"""UTC seconds by subject."""
_Charts = Mapping[tuple[str, str], tuple[Chart, ...]]
"""By subject and metric."""


class Drawings:
    """The charts of an export into `folder` of the pass `last`; `config` knows which instances are enabled.

    They need nothing of what is judged, so they may be ordered before.

    named: the files of all charts that were asked for.
    """

    def __init__(self, config: Config, store: Store, last: PassRecord, folder: Path, workshop: Workshop) -> None:
        self._config, self._db, self._started = config, store.db, last.started
        self.folder, self.workshop = folder, workshop
        self._ahead: dict[str, _Charts] = {}
        self.named: set[str] = set()

    def order(self, records: Records) -> None:
        """Has the charts of as many nodes drawn as those records keep."""
        for node in self._config.nodes:
            self._ahead[node] = self._charts(records.of(node))
            if not records.keeps(node):
                break

    def of(self, record: NodeRecord) -> Drawn:
        """Names the charts of a node, and has them drawn if they were not ordered."""
        found = self._ahead.pop(record.node, None) or self._charts(record)
        return lambda subject, metric: found[subject.name, metric.name]

    def _charts(self, record: NodeRecord) -> _Charts:
        happened, config = self._happened(record), self._config.of(record.node)
        return {
            (subject.name, metric.name): tuple(self._drawn(record, subject, metric, happened.get(subject.name, ())))
            for subject in record.subjects.values()
            if not is_retired(config, record, subject)
            for metric in subject.metrics.values()
        }

    def _happened(self, record: NodeRecord) -> Happened:
        """By subject, when something happened within the last year: its events, and changes of its words."""
        until = self._started
        found = dict(turns(self._db, record.node, (until - pictures.YEAR, until), USUAL))
        for event in record.events:
            found[event.subject] = (*found.get(event.subject, ()), event.time)
        return {subject: tuple(sorted(set(times))) for subject, times in found.items()}

    def _drawn(
        self, record: NodeRecord, subject: SubjectRecord, metric: MetricRecord, happened: tuple[int, ...]
    ) -> Iterator[Chart]:
        """Each window of a metric."""
        if not pictures.is_drawn(subject.name, metric):
            return
        zone, every = self._config.site.time_zone, int(self._config.site.every)
        limits = thresholds(in_force(self._config.of(record.node), record, subject), subject, metric.name)
        shown = pictures.shown(
            f"{label_of(subject.name, subject.hub)} {metric.name.replace('_', ' ')}", metric, limits, happened
        )
        first = min(of.series.times[0] for of in subject.metrics.values())
        stem = pictures.stem(record.node, subject.name, metric.name)
        windows = tuple(pictures.windows(first, self._started, zone, every))
        for window, picture in zip(windows, pictures.of_windows(shown, windows, zone), strict=True):
            yield self.chart(stem, window.name, picture)

    def figure(self, name: str, figure: Figure, alt: str) -> Chart:
        """The chart of a picture that is not over time, likewise. `name`: what it is called below charts/."""
        stem = f"charts/{name}.{digest(figure, WIDTH, HEIGHT)[:16]}"
        chart = Chart("", f"{stem}.light.png", f"{stem}.dark.png", round(figure.width), round(figure.height), alt)
        self._order(chart, figure)
        return chart

    def chart(self, stem: str, window: str, picture: Picture) -> Chart:
        """The chart of a picture, which is on disk once the workshop has finished."""
        found = curve.found(picture)
        named = digest(picture, WIDTH, HEIGHT, found=found)
        chart = pictures.chart(stem, window, named, alt(picture, found))
        self._order(chart, picture)
        return chart

    def _order(self, chart: Chart, picture: Picture | Figure) -> None:
        if chart.light in self.named:
            return
        light, dark = f"{self.folder}/{chart.light}", f"{self.folder}/{chart.dark}"
        if not (exists(light) and exists(dark)):  # noqa: PTH110 - of hundreds, Path takes most of the time
            self.workshop.order(Job(picture, light, dark))
        self.named |= {chart.light, chart.dark}

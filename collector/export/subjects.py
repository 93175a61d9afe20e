"""What the record knows of a node's subjects, as the export tells it. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.config import Config, Rule
from collector.days import day_of, midnight
from collector.export.readings import (
    Chart,
    ForecastDocument,
    Metric,
    Provenance,
    Standing,
    StateValue,
    Subject,
    ThresholdDocument,
    Time,
)
from collector.export.slug import page_slug, slug
from collector.instances import BASE
from collector.judge import forecast, in_force, thresholds
from collector.judge.case import Threshold, is_retired
from collector.judge.rhythm import rhythm
from collector.model import Level
from collector.store.activity import Activity
from collector.store.records import (
    AnswerRecord,
    MetricRecord,
    NodeRecord,
    PassRecord,
    Series,
    Silence,
    StateRecord,
    SubjectRecord,
)
from collector.wording import utc

NIGHTS = 60
"""How many nights a small chart shows."""


Drawn = Callable[[SubjectRecord, MetricRecord], tuple[Chart, ...]]
"""Names the pictures of a metric; who gives it decides whether and where they are drawn."""
Filed = Callable[[SubjectRecord], dict[str, str]]
"""Names the files of a subject's numbers, by year."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One export in the making: the configuration, the pass it tells of, the one before, how charts are named, and how
    nodes and sources fared in the pass before (see `query.outcomes`), what is silenced, and what people did lately."""

    config: Config
    last_pass: PassRecord
    previous: PassRecord | None
    drawn: Drawn = lambda *_: ()
    filed: Filed = lambda _: {}
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    silences: Sequence[Silence] = ()
    acts: Sequence[Activity] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which nights are counted and times are shown."""
        return self.config.site.time_zone


def moment(time: int | None) -> Time | None:
    """UTC seconds as the export writes them: `2026-11-24T02:10:00Z`."""
    return None if time is None else utc(time)


def exact(time: int) -> Time:
    """As `moment`, where there always is a time."""
    return utc(time)


def spark(series: Series, until: int, zone: ZoneInfo) -> tuple[float | None, ...]:
    """The last value of each of the last NIGHTS calendar days up to `until`, oldest first, None where there is none;
    empty if fewer than two of them have one."""
    ends = [bisect_left(series.times, begin) for begin in _midnights(until, zone)]
    nights = [series.values[end - 1] if end > start else None for start, end in pairwise(ends)]
    return tuple(nights) if len(nights) - nights.count(None) > 1 else ()


@lru_cache(4)
def _midnights(until: int, zone: ZoneInfo) -> list[int]:
    """When each of those days began, and when the last one ends: UTC seconds."""
    last = day_of(until, zone)
    return [midnight(last + timedelta(days=shift), zone) for shift in range(1 - NIGHTS, 2)]


def provenance(answer: AnswerRecord) -> Provenance:
    """Where a value comes from."""
    return Provenance(
        answer.pass_id, answer.source, exact(answer.asked), answer.took, answer.outcome, answer.status, answer.reason
    )


def standing(record: NodeRecord, subject: SubjectRecord, read: int) -> Standing:
    """Known if its source's last answer told it, unknown if that answer was sound and did not, else stale."""
    if record.is_known(subject.source, read):
        return "known"
    source = record.sources.get(subject.source)
    answered_well = source is not None and record.is_known(subject.source, source.last_ok or 0) and subject.present
    return "unknown" if answered_well else "stale"


def label_of(name: str, hub: str | None) -> str:
    """A subject's name for people: `tarball:ZZ/svn/dybsvn` of hub ZZ is `svn/dybsvn`."""
    rest = name.partition(":")[2] or name
    return rest.removeprefix(f"{hub}/") if hub else rest


def group_of(label: str) -> str:
    """What a label is grouped by: the repository kind of `svn/dybsvn`, the process group of `web:gunicorn`."""
    head, sign, _ = label.replace(":", "/").partition("/")
    return head if sign else ""


def subjects(edition: Edition, record: NodeRecord, levels: Mapping[str, Level]) -> tuple[Subject, ...]:
    """All subjects of a node, worst first within each kind, with those that are declared and were never seen, without
    those that have been gone for long."""
    found = [
        _subject(edition, record, subject, levels.get(name, Level.UNKNOWN))
        for name, subject in record.subjects.items()
        if not is_retired(edition.config, record, subject)
    ]
    found += [
        _never_seen(record.node, hub, item, levels.get(name, Level.UNKNOWN))
        for name, hub, item in declared(edition.config, record.node)
        if name not in record.subjects
    ]
    return tuple(sorted(found, key=lambda one: (one.kind, -Level.of(one.level), one.label)))


def is_selected(config: Config, hub: str | None, item: str) -> bool:
    """Whether a hub's `select` names the item; where there is no hub or an empty `select`, everything is selected."""
    select = config.hubs[hub].select if hub in config.hubs else ()
    return not select or item in select


def declared(config: Config, node: str) -> Iterable[tuple[str, str, str]]:
    """Subject name, hub and item of every backup that the configuration says this node keeps."""
    for source in config.sources_of(node):
        if source.hub is not None and source.kind == "tarballs":
            for item in config.hubs[source.hub].select:
                yield f"tarball:{source.hub}/{item}", source.hub, item


def page_of(node: str, subject: str) -> str:
    """The document name of a subject's page, relative to the site's root."""
    return f"subjects/{page_slug(node, subject)}"


def instance_page(uuid: str) -> str:
    """The document name of the page of an instance of an application, relative to the site's root."""
    return f"instances/{page_slug('instance', uuid)}"


def _never_seen(node: str, hub: str, item: str, level: Level) -> Subject:
    name = f"tarball:{hub}/{item}"
    return Subject(
        name=name,
        kind="tarball",
        label=item,
        anchor=slug(name),
        group=group_of(item),
        hub=hub,
        level=level.word,
        selected=True,
        present=False,
        first_seen=None,
        last_seen=None,
        metrics=(Metric("size", "never", "bytes", None, None, None, None),),
        page=page_of(node, name),
    )


def _address_of(instance: SubjectRecord) -> str:
    """Where an instance of an application is served, which says more than its UUID: `app.example.org/base`."""
    told = instance.states.get(BASE)
    return told.value.partition("://")[2] if told else label_of(instance.name, None)


def _subject(edition: Edition, record: NodeRecord, subject: SubjectRecord, level: Level) -> Subject:
    kind = subject.name.partition(":")[0]
    label = _address_of(subject) if kind == "instance" else label_of(subject.name, subject.hub)
    rules = in_force(edition.config, record, subject)
    return Subject(
        name=subject.name,
        kind=kind,
        label=label,
        anchor=slug(subject.name),
        group="" if kind == "instance" else group_of(label),
        hub=subject.hub,
        level=level.word,
        selected=is_selected(edition.config, subject.hub, label),
        present=subject.present,
        first_seen=moment(subject.first_seen or None),
        last_seen=moment(subject.last_seen or None),
        metrics=tuple(_metric(edition, record, subject, metric, rules) for metric in subject.metrics.values()),
        states=tuple(_state(record, subject, state) for state in subject.states.values()),
        series=edition.filed(subject),
        page=instance_page(label_of(subject.name, None)) if kind == "instance" else page_of(record.node, subject.name),
        due=_due(edition, subject),
    )


def _due(edition: Edition, subject: SubjectRecord) -> Time | None:
    """When the next backup of an item is due, by the rhythm of those before."""
    size = subject.metrics.get("size")
    if not subject.name.startswith("tarball:") or not subject.present or size is None:
        return None
    return exact(int(size.series.times[-1] + rhythm(size.series.times, edition.zone).due))


def _metric(
    edition: Edition, record: NodeRecord, subject: SubjectRecord, metric: MetricRecord, rules: Sequence[Rule]
) -> Metric:
    stands = standing(record, subject, metric.read)
    times, values = metric.series.times, metric.series.values
    return Metric(
        name=metric.name,
        standing=stands,
        unit=metric.unit,
        value=values[-1],
        time=moment(times[-1]),
        previous=values[-2] if len(values) > 1 else None,
        provenance=provenance(metric.answer),
        spark=spark(metric.series, edition.last_pass.started, edition.zone),
        charts=edition.drawn(subject, metric),
        read=moment(metric.read or None),
        confirmed=provenance(metric.confirmed) if metric.read else None,
        thresholds=tuple(_threshold(one) for one in thresholds(rules, subject, metric.name)),
        forecast=_forecast(edition.zone, rules, subject, metric) if stands == "known" else None,
    )


def _forecast(
    zone: ZoneInfo, rules: Sequence[Rule], subject: SubjectRecord, metric: MetricRecord
) -> ForecastDocument | None:
    """What is foreseen of a number that is known now; of an older one nothing is."""
    if (found := forecast(rules, subject, metric.name)) is None:
        return None
    limit, when = found
    low, likely, high = (day_of(time, zone).isoformat() for time in (when.first, when.likely, when.last))
    return ForecastDocument(limit, low, likely, high, when.rate)


def _threshold(threshold: Threshold) -> ThresholdDocument:
    return ThresholdDocument(threshold.value, threshold.level.word, "below" if threshold.below else "above")


def _state(record: NodeRecord, subject: SubjectRecord, state: StateRecord) -> StateValue:
    return StateValue(
        name=state.name,
        standing=standing(record, subject, state.read),
        value=state.value,
        detail=state.detail,
        since=moment(state.since),
        time=moment(state.read),
        provenance=provenance(state.answer),
    )

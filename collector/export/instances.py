"""The registry of instances with what they told, as the export tells it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from collector.chart.figure import Figure
from collector.export import figures
from collector.export.documents import VERSION, NodeDocument
from collector.export.figures import Drawn
from collector.export.readings import Chart
from collector.export.registry import (
    DistributionEntry,
    FieldEntry,
    InstanceEntry,
    PlaceEntry,
    Registry,
    ShareEntry,
    ToldEntry,
)
from collector.export.slug import slug
from collector.export.subjects import exact, instance_page, moment, standing
from collector.geography.names import country_name
from collector.instances import ADDRESS, BASE
from collector.instances.known import Known
from collector.instances.locally import Locally
from collector.instances.register import subject_of
from collector.instances.statistics import Distribution, label_of
from collector.store.instances import Instance
from collector.store.records import SubjectRecord

Draw = Callable[[str, Figure, str], Chart]
"""Names a picture by what it is called and shows, and has it drawn."""
OURS = (BASE, ADDRESS)
"""Words of an instance that are told beside its values."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Everybody in the registry, what they told, disabled ones too, and the document of those that are asked."""

    everyone: Sequence[Instance]
    known: Known
    document: NodeDocument
    drawn: Draw

    def registry(self) -> Registry:
        """The whole of instances.json."""
        enabled = tuple(one.uuid for one in self.everyone if one.is_asked)
        atlas, settings = self.known.atlas, self.known.settings
        entries = tuple(map(self._entry, self.everyone))
        asked = [one for one in entries if one.enabled]
        return Registry(
            version=VERSION,
            node=self.document.name,
            locale=settings.locale,
            located=atlas.source,
            fault=str(atlas.fault or ""),
            fields=tuple(self._fields(entries)),
            instances=entries,
            countries=tuple(_shares(asked)),
            world=self._drawn("world", figures.world(asked)),
            distributions=tuple(map(self._distribution, self.known.charts(enabled))),
        )

    def content(self) -> bytes:
        """The same as it is written."""
        return TypeAdapter(Registry).dump_json(self.registry())

    def _entry(self, one: Instance) -> InstanceEntry:
        source = self.known.record.sources.get(one.uuid)
        name = subject_of(one.uuid)
        of_it = [problem.level for problem in self.document.problems if _is_of(problem.subject, problem.rule, one)]
        told = next((subject for subject in self.document.subjects if subject.name == name), None)
        asked = source and one.enabled
        place = self._place(one.uuid)
        return InstanceEntry(
            uuid=one.uuid,
            url=one.url,
            organisation=one.organisation,
            contact=one.contact,
            email=one.email if self.known.settings.publish_email else None,
            enabled=one.enabled,
            added=exact(one.added),
            page=instance_page(one.uuid),
            level=of_it[0] if of_it else told.level if told else "unknown",
            subject=told.name if told else None,
            answered=moment(source.last_ok) if source else None,
            outcome=source.last.outcome if source and asked else "",
            reason=source.last.reason if source and asked else "",
            address=self.known.address(one.uuid),
            place=place,
            chart=self._drawn("places", figures.around(place) if place else None),
            told=dict(self._told(one, self.known.record.subjects.get(name))),
        )

    def _place(self, uuid: str) -> PlaceEntry | None:
        found = self.known.place(uuid)
        if found is None:
            return None
        name = country_name(found.country, self.known.settings.locale)
        return PlaceEntry(found.country, name, found.latitude, found.longitude, found.is_exact, found.is_approximate)

    def _told(self, one: Instance, subject: SubjectRecord | None) -> Iterator[tuple[str, ToldEntry]]:
        """The last values of an instance, numbers first. Of one that is not asked any more all are old."""
        if subject is None:
            return
        record = self.known.record
        for metric in subject.metrics.values():
            read = max(metric.read, metric.series.times[-1])
            known = standing(record, subject, metric.read) if one.enabled else "stale"
            yield metric.name, ToldEntry(metric.series.values[-1], metric.unit, exact(int(read)), known)
        for state in subject.states.values():
            if state.name not in OURS and state.value is not None:
                known = standing(record, subject, state.read) if one.enabled else "stale"
                yield state.name, ToldEntry(state.value, "", exact(state.read), known)

    def _fields(self, entries: Sequence[InstanceEntry]) -> Iterator[FieldEntry]:
        """What some instance tells: configured fields in their order, then the others by name."""
        told = Counter(name for entry in entries for name in entry.told)
        words = {name for entry in entries for name, one in entry.told.items() if isinstance(one.value, str)}
        configured = self.known.settings.fields_
        for name in [*filter(told.__contains__, configured), *sorted(set(told) - set(configured))]:
            field = configured.get(name)
            made = (field and field.aggregation) or ""
            yield FieldEntry(name, label_of(name, field), made, field is not None, told[name], name not in words)

    def _distribution(self, found: Distribution) -> DistributionEntry:
        field, locally = self.known.settings.fields_[found.field], Locally(self.known.settings.locale)
        unit = "count" if field.chart_aggregation == "count" else field.unit
        figure, alt = figures.chart(found, unit, locally)
        return DistributionEntry(
            found.field,
            found.label,
            found.chart_type,
            found.of_groups,
            figures.made(found),
            unit,
            found.rows,
            found.left_out,
            self.drawn(f"instances/{slug(found.field)}", figure, alt),
        )

    def _drawn(self, name: str, found: Drawn | None) -> Chart | None:
        return self.drawn(f"instances/{name}", *found) if found else None


def _is_of(subject: str | None, rule: str, one: Instance) -> bool:
    """Whether a problem is an instance's: of what it tells, or that it does not answer."""
    return subject == subject_of(one.uuid) or rule == f"source {one.uuid}"


def _shares(entries: Sequence[InstanceEntry]) -> Iterator[ShareEntry]:
    """Countries, those with the most instances first; those whose country is not known last."""
    counted = Counter((one.place.country, one.place.name) if one.place else ("", "") for one in entries)
    for (country, name), count in sorted(counted.items(), key=lambda item: (not item[0][0], -item[1], item[0][1])):
        yield ShareEntry(country, name, count, count / len(entries))

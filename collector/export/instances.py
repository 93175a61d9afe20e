"""The registry of instances with what they told, as the export tells it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from collector.export.documents import VERSION, NodeDocument
from collector.export.registry import (
    DistributionEntry,
    FieldEntry,
    InstanceEntry,
    PlaceEntry,
    Registry,
    ShareEntry,
    ToldEntry,
)
from collector.export.subjects import exact, instance_page, moment, standing
from collector.geography.names import country_name
from collector.instances.known import Known
from collector.instances.reading import ADDRESS, BASE
from collector.instances.register import subject_of
from collector.instances.statistics import Distribution, label_of
from collector.store.instances import Instance
from collector.store.records import SubjectRecord

OURS = (BASE, ADDRESS)
"""Words of an instance that are told beside its values."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Everybody in the registry, what they told, disabled ones too, and the document of those that are asked."""

    everyone: Sequence[Instance]
    known: Known
    document: NodeDocument

    def registry(self) -> Registry:
        """The whole of instances.json."""
        enabled = tuple(one.uuid for one in self.everyone if one.is_asked)
        atlas, settings = self.known.atlas, self.known.settings
        entries = tuple(map(self._entry, self.everyone))
        return Registry(
            version=VERSION,
            node=self.document.name,
            locale=settings.locale,
            located=atlas.source,
            fault=str(atlas.fault or ""),
            fields=tuple(self._fields(entries)),
            instances=entries,
            countries=tuple(_shares([one for one in entries if one.enabled])),
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
            place=self._place(one.uuid),
            told=dict(self._told(self.known.record.subjects.get(name))),
        )

    def _place(self, uuid: str) -> PlaceEntry | None:
        found = self.known.place(uuid)
        if found is None:
            return None
        name = country_name(found.country, self.known.settings.locale)
        return PlaceEntry(found.country, name, found.latitude, found.longitude, found.is_exact, found.is_approximate)

    def _told(self, subject: SubjectRecord | None) -> Iterator[tuple[str, ToldEntry]]:
        """The last values of an instance, numbers first."""
        if subject is None:
            return
        record = self.known.record
        for metric in subject.metrics.values():
            read = max(metric.read, metric.series.times[-1])
            known = standing(record, subject, metric.read)
            yield metric.name, ToldEntry(metric.series.values[-1], metric.unit, exact(int(read)), known)
        for state in subject.states.values():
            if state.name not in OURS and state.value is not None:
                known = standing(record, subject, state.read)
                yield state.name, ToldEntry(state.value, "", exact(state.read), known)

    def _fields(self, entries: Sequence[InstanceEntry]) -> Iterator[FieldEntry]:
        """What some instance tells: configured fields in their order, then the others by name."""
        told = Counter(name for entry in entries for name in entry.told)
        configured = self.known.settings.fields_
        for name in [*filter(told.__contains__, configured), *sorted(set(told) - set(configured))]:
            field = configured.get(name)
            made = (field and field.aggregation) or ""
            yield FieldEntry(name, label_of(name, field), made, field is not None, told[name])

    def _distribution(self, found: Distribution) -> DistributionEntry:
        field = self.known.settings.fields_[found.field]
        return DistributionEntry(
            found.field,
            found.label,
            found.chart_type,
            found.of_groups,
            found.of_numbers,
            "count" if field.chart_aggregation == "count" else field.unit,
            found.rows,
            found.left_out,
        )


def _is_of(subject: str | None, rule: str, one: Instance) -> bool:
    """Whether a problem is an instance's: of what it tells, or that it does not answer."""
    return subject == subject_of(one.uuid) or rule == f"source {one.uuid}"


def _shares(entries: Sequence[InstanceEntry]) -> Iterator[ShareEntry]:
    """Countries, those with the most instances first; those whose country is not known last."""
    counted = Counter((one.place.country, one.place.name) if one.place else ("", "") for one in entries)
    for (country, name), count in sorted(counted.items(), key=lambda item: (not item[0][0], -item[1], item[0][1])):
        yield ShareEntry(country, name, count, count / len(entries))

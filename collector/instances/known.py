"""What is known of all enabled instances, and the charts over them. Nothing is asked of anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.config.instances import Instances
from collector.geography.atlas import Atlas
from collector.geography.names import country_name
from collector.geography.place import Place
from collector.instances import ADDRESS
from collector.instances.register import subject_of
from collector.instances.statistics import PLACE, Distribution, Value, Values, distributions
from collector.store.records import NodeRecord


@dataclass(frozen=True, slots=True)
class Known:
    """What instances told up to a pass, and what says where they are."""

    record: NodeRecord
    settings: Instances
    atlas: Atlas

    def charts(self, enabled: Sequence[str]) -> tuple[Distribution, ...]:
        """Over the enabled instances, by UUID, by what each told when it was last asked; who did not answer is
        unknown."""
        return distributions(self.settings.fields_, [self.values(uuid) for uuid in enabled])

    def values(self, uuid: str) -> Values:
        """What an instance told when it was last asked, by field, and the name of its country under PLACE."""
        return dict(self._values(uuid))

    def address(self, uuid: str) -> str | None:
        """Where an instance was when it last answered; None if it never did."""
        subject = self.record.subjects.get(subject_of(uuid))
        told = subject.states.get(ADDRESS) if subject else None
        return told.value if told else None

    def place(self, uuid: str) -> Place | None:
        """Where that is on the earth."""
        address = self.address(uuid)
        return self.atlas.place(address) if address else None

    def _values(self, uuid: str) -> Iterator[tuple[str, Value]]:
        subject = self.record.subjects.get(subject_of(uuid))
        if subject is None:
            return
        for metric in subject.metrics.values():
            if self.record.is_known(subject.source, metric.read):
                yield metric.name, metric.series.values[-1]
        for state in subject.states.values():
            if self.record.is_known(subject.source, state.read):
                yield state.name, state.value
        if place := self.place(uuid):
            yield PLACE, country_name(place.country, self.settings.locale)

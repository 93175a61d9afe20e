"""What is known of all enabled instances, and the charts over them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config.instances import Instances
from collector.instances.register import subject_of
from collector.instances.statistics import Distribution, Value, Values, distributions
from collector.store.records import NodeRecord


def charts(record: NodeRecord, enabled: tuple[str, ...], settings: Instances) -> tuple[Distribution, ...]:
    """Over the enabled instances, by UUID, by what each told when it was last asked; who did not answer is unknown."""
    return distributions(settings.fields_, [values(record, uuid) for uuid in enabled])


def values(record: NodeRecord, uuid: str) -> Values:
    """What an instance told when it was last asked, by field."""
    return dict(_values(record, uuid))


def _values(record: NodeRecord, uuid: str) -> Iterator[tuple[str, Value]]:
    subject = record.subjects.get(subject_of(uuid))
    if subject is None:
        return
    for metric in subject.metrics.values():
        if record.is_known(subject.source, metric.read):
            yield metric.name, metric.series.values[-1]
    for state in subject.states.values():
        if record.is_known(subject.source, state.read):
            yield state.name, state.value

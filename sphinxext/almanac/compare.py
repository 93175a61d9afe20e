"""The same metric of many subjects, side by side on one scale. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sphinxext.almanac.arrange import named
from sphinxext.almanac.export import Record

Reading = tuple[Record, Record, Record]
"""A node's document, a subject of it, and its metric."""


@dataclass(frozen=True, slots=True)
class Multiples:
    """All that is compared in one unit. scale: the common one, None if no value is known."""

    unit: str
    readings: tuple[Reading, ...]
    scale: tuple[float, float] | None


def drawn(metric: Record) -> Sequence[float | None]:
    """What is drawn of a metric: its last nights, or its one value."""
    return metric["spark"] or [metric["value"]]


def scale_of(metrics: Iterable[Record]) -> tuple[float, float] | None:
    """The least and the largest of all values drawn, None if none is known."""
    known = [value for metric in metrics for value in drawn(metric) if value is not None]
    return (min(known), max(known)) if known else None


def compared(
    nodes: Iterable[Record], metric: str, hub: str | None = None, kind: str | None = None, subject: str | None = None
) -> list[Multiples]:
    """Every subject of some nodes that has the metric, by unit; of a hub only what is not another hub's. `subject` is
    a name or a label."""
    units: dict[str, list[Reading]] = {}
    for node in nodes:
        for one in node["subjects"]:
            found = named(one["metrics"], metric)
            fits = kind in (None, one["kind"]) and subject in (None, one["name"], one["label"])
            if found is not None and fits and (hub is None or one["hub"] in (None, hub)):
                units.setdefault(found["unit"], []).append((node, one, found))
    return [
        Multiples(unit, tuple(readings), scale_of(metric for *_, metric in readings))
        for unit, readings in units.items()
    ]

"""What is made of values: of several that one instance tells, and of those of all instances. Pure; nothing raises.

Source: the README of Instance Tracker (`aggregation`, `chart_aggregation`, `chart_aggregate_by`). What is not known is
never a number: an average of nothing, or of what holds a null, is no value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from collector.config.instances import COUNTRY, Crawled

Value = float | str
Values = Mapping[str, Value]
"""What is known of one instance, by field."""
UNKNOWN = "Unknown"
PLACE = "server country"
"""By which values are grouped for `country`; it holds a space, so no field can be it."""

_MADE: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": fsum,
    "avg": lambda numbers: fsum(numbers) / len(numbers),
    "min": min,
    "max": max,
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A chart over all instances. rows: each group with its number, the label of those that are not in any: Unknown.

    left_out: instances that tell no number where numbers are summed.
    """

    field: str
    label: str
    chart_type: str
    of_groups: str
    of_numbers: str
    rows: tuple[tuple[str, float], ...]
    left_out: int = 0


def label_of(name: str, field: Crawled | None) -> str:
    """What a field is called: as configured, else its name with a capital and spaces."""
    if field and field.label:
        return field.label
    plain = name.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def made(numbers: Sequence[float], how: str) -> float | None:
    """Sum, average, least or largest; None of nothing, but the sum of nothing is 0."""
    if how == "sum" and not numbers:
        return 0.0
    if not numbers:
        return None
    try:
        found = float(_MADE[how](numbers))
    except OverflowError:
        return None
    return found if isfinite(found) else None


def aggregated(value: object, how: str) -> float | None:
    """One number made of what an instance tells under a field; a plain number stands for itself. None if there is
    something in it that is no number."""
    elements = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    if how == "count":
        return float(len(elements)) if isinstance(value, dict | list) else None
    numbers = [number for one in elements if (number := _number(one)) is not None]
    return made(numbers, how) if len(numbers) == len(elements) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def distributions(fields: Mapping[str, Crawled], instances: Sequence[Values]) -> tuple[Distribution, ...]:
    """The charts of all fields that have one and that some instance tells, in the order of the configuration."""
    charted = ((name, field) for name, field in fields.items() if field.chart)
    return tuple(
        _distribution(name, fields, instances) for name, _ in charted if any(name in values for values in instances)
    )


def _distribution(name: str, fields: Mapping[str, Crawled], instances: Sequence[Values]) -> Distribution:
    field, label = fields[name], label_of(name, fields[name])
    if field.chart_aggregation == "count":
        counted = Counter(word(values.get(name)) for values in instances)
        rows = sorted(((group, float(count)) for group, count in counted.items()), key=lambda row: (-row[1], row[0]))
        return Distribution(name, label, field.chart_type, label, "Number of instances", tuple(rows))
    by = PLACE if field.chart_aggregate_by == COUNTRY else field.chart_aggregate_by
    groups: dict[str, list[float]] = defaultdict(list)
    for values in instances:
        number = values.get(name)
        if isinstance(number, float):
            groups[word(values.get(by))].append(number)
    found = {group: made(numbers, field.chart_aggregation) for group, numbers in sorted(groups.items())}
    rows = [(group, number) for group, number in found.items() if number is not None]
    called = "Country" if by == PLACE else label_of(by, fields.get(by))
    left_out = len(instances) - sum(map(len, groups.values()))
    return Distribution(name, label, field.chart_type, called, field.chart_aggregation, tuple(rows), left_out)


def word(value: Value | None) -> str:
    """A value as the name of a group: numbers as short as they can be told apart."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)

"""Where the value axis begins and ends, and its ticks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from collector.amounts import measure, written

_ROUND = (1.0, 2.0, 2.5, 5.0)
_WHOLE = ("count", "bytes")
"""Units of which there is no half one."""
_CLOCK = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAY = 86400.0
_FLATTEST = 1e-2
"""The least share of its values that an axis spans: flatter, its labels would all read the same."""
_SMALLEST = 1e-200
"""Spans below are nothing: floats run out of digits there."""


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """From `low` to `high` in base units, with a tick at each end and between: (value, label), ascending."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def value_axis(values: Sequence[float], unit: str, floor_at: float | None, most: int) -> ValueAxis:
    """An axis round all of `values` and `floor_at`, which may be None.

    It has at most `most` intervals, but two if it has to show both signs. Values must lie within +-1e300; with none at
    all the axis goes from the floor to one unit above it.
    """
    low, high = _span(values, floor_at)
    most = max(most, 2 if low < 0 < high else 1)
    step, first, count = min(_choices(low, high, unit, most), key=lambda choice: (choice[0] * choice[2], choice[2]))
    places = [step * (first + i) for i in range(count + 1)]
    return ValueAxis(places[0], places[-1], tuple(zip(places, _labels(places, step, unit), strict=True)))


def _span(values: Sequence[float], floor_at: float | None) -> tuple[float, float]:
    shown = [*values] if floor_at is None else [*values, floor_at]
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    least = max(abs(low), abs(high)) * _FLATTEST
    if least <= _SMALLEST:
        return (low, low + 1.0) if floor_at is not None else (low - 0.5, low + 0.5)
    if high - low >= least:
        return low, high
    middle = low + (high - low) / 2
    return middle - least / 2, middle + least / 2


def _choices(low: float, high: float, unit: str, most: int) -> Iterator[tuple[float, int, int]]:
    """Steps that fit, as (step, first tick in steps, intervals): three intervals or more, else what there is."""
    fitting = []
    for step in _steps((high - low) / most, unit):
        first = floor(low / step + 1e-9)
        count = max(ceil(high / step - 1e-9) - first, 1)
        if count <= most:
            fitting.append((step, first, count))
        if count == 1:  # nor has a greater step three intervals
            break
    spacious = [choice for choice in fitting if choice[2] >= 3]
    yield from spacious or fitting[:1]


def _steps(least: float, unit: str) -> Iterator[float]:
    """Round steps from about `least` upwards, a few of them."""
    if unit == "seconds" and 0.5 < least <= _DAY:
        yield from (float(step) for step in _CLOCK if step >= least * 0.999)
        least = _DAY
    scale = _DAY if unit == "seconds" and least >= _DAY else 1.0
    if unit in _WHOLE and least < 1.0:
        yield 1.0
        least = 1.0
    power = floor(log10(least / scale))
    for exponent in range(power, power + 4):
        for digit in _ROUND:
            step = digit * 10.0**exponent * scale
            if step >= least * 0.999 and (unit not in _WHOLE or step.is_integer()):
                yield step


def _labels(places: Sequence[float], step: float, unit: str) -> list[str]:
    """The ticks in one unit and with the same decimals, zero bare."""
    length, sign = measure(2 * step if unit == "seconds" else max(map(abs, places)), unit)
    decimals = next(d for d in range(10) if d == 9 or abs(round(step / length, d) * length - step) < step * 1e-6)
    return [written(place / length, decimals, sign) if place else "0" for place in places]


def near_thresholds(values: Sequence[float], thresholds: Sequence[float]) -> list[float]:
    """The thresholds that are worth their room on the axis: those up to twice as far out as the values."""
    reach = 2 * max((abs(value) for value in values), default=0.0)
    return [value for value in thresholds if isfinite(value) and abs(value) <= reach]

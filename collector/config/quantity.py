"""Numbers of rules as people write them, each with what it is a number of: `90 %`, `5 GB`, `2d`, `60 °C`, 4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from collector.config.values import BYTES, SECONDS
from collector.model import Unit

_UNITS: dict[str, tuple[float, Unit]] = {
    **{sign: (float(length), "seconds") for sign, length in SECONDS.items() if sign},
    **{sign: (float(length), "bytes") for sign, length in BYTES.items() if sign},
    "%": (0.01, "ratio"),
    "°C": (1.0, "celsius"),
    "C": (1.0, "celsius"),
}
EXAMPLES: dict[Unit, str] = {
    "bytes": '"5 GB"',
    "seconds": '"2d"',
    "ratio": '"90 %"',
    "celsius": '"60 °C"',
    "count": "4",
    "load": "4",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in base units, and of what it is; None where it was written without a unit, which fits all."""

    value: float
    unit: Unit | None = None


def quantity(written: object, unit: Unit | None) -> Quantity:
    """What is written as a number of `unit`, None if any will do. Raises ValueError that says how to write it."""
    example = EXAMPLES[unit] if unit else '"90 %", "5 GB", "2d" or 4'
    found = _read(written)
    if found is None or not isfinite(found.value):
        raise ValueError(f"expected a number, with its unit if it has one, but got {_shown(written)}; write {example}")
    if unit and found.unit not in (None, unit):
        raise ValueError(f"expected a number of {_WORDS[unit]} but got {_shown(written)}; write {example}")
    return found


_WORDS: dict[Unit, str] = {
    "bytes": "bytes",
    "seconds": "seconds",
    "ratio": "hundredths",
    "celsius": "degrees",
    "count": "things",
    "load": "load",
}


def _read(written: object) -> Quantity | None:
    if isinstance(written, int | float) and not isinstance(written, bool):
        return Quantity(float(written))
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(\S*)\s*", written) if isinstance(written, str) else None
    if match is None or (match[2] and match[2] not in _UNITS):
        return None
    factor, unit = _UNITS[match[2]] if match[2] else (1.0, None)
    return Quantity(float(match[1]) * factor, unit)


def _shown(written: object) -> str:
    if isinstance(written, list):
        return "a list"
    return f'"{written}"' if isinstance(written, str) else str(written).lower()

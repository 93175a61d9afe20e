"""Numbers with their units, short enough for a picture. Pure.

Sizes are decimal (SI), durations are in their own largest unit, thousands stand apart by a narrow space.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor, log10

MINUS = "\u2212"
NARROW = "\u202f"
LEAST_SHARE, LESS = 0.0005, "<0.1 %"
"""A share below the least would round to zero: it is told to be less than a tenth of a percent."""
_PREFIXES = ("", "k", "M", "G", "T", "P", "E")
_SPANS = ((86400.0, "d", 2.0), (3600.0, "h", 1.0), (60.0, "min", 1.0))
"""Length of a unit of time, its sign, and from how many of them on it is used: `36 h`, but `2 d`."""
_SIGNS = {"celsius": "°C", "count": "", "load": "", "ratio": "%"}
_PLAIN_COUNT = 1e6


def measure(value: float, unit: str) -> tuple[float, str]:
    """In what to write a value: the length of one in base units and its sign: 1,900,000,000 bytes in (1e9, "GB")."""
    size = abs(value)
    match unit:
        case "bytes":
            return _prefixed(size, "B")
        case "count" if size >= _PLAIN_COUNT:
            return _prefixed(size, "")
        case "seconds":
            return next(((length, sign) for length, sign, least in _SPANS if size >= least * length), (1.0, "s"))
        case "ratio":
            return 0.01, _SIGNS[unit]
        case _:
            return 1.0, _SIGNS.get(unit, unit)


def _prefixed(size: float, sign: str) -> tuple[float, str]:
    power = min(max(floor(log10(size) / 3 + 1e-12), 0), len(_PREFIXES) - 1) if size > 0 else 0
    return 1000.0**power, _PREFIXES[power] + sign


@lru_cache(maxsize=4096)
def amount(value: float, unit: str) -> str:
    """A value for people: `1.9 GB`, `36 h`, `61.5 %`, `1 284`, `−3 °C`, `0.42` as a load."""
    if unit == "ratio" and 0 < value < LEAST_SHARE:
        return LESS
    length, sign = measure(value, unit)
    if unit in ("bytes", "count") and length > 1 and abs(value) / length >= 999.5:  # 999.7 MB is said as 1 GB
        length, sign = measure(value * 1.001, unit)
    shown = value / length
    return written(shown, _decimals(shown, unit, sign), sign)


def _decimals(shown: float, unit: str, sign: str) -> int:
    """One decimal below 100 where it is not a zero; what is whole by nature has none. What would round to zero, and is
    none, has its first digit."""
    if unit == "load":
        return 2
    if unit == "celsius" or sign == "B":
        return 0
    most = 1 if unit in ("bytes", "ratio", "seconds") or sign else 2
    if 0 < abs(shown) < 0.5 * 10**-most:
        return -floor(log10(abs(shown)))
    return 0 if abs(shown) >= 99.95 else len(f"{shown:.{most}f}".rstrip("0").partition(".")[2])


def written(number: float, decimals: int, sign: str) -> str:
    """A number with its sign behind it; as a power of ten where it would not fit otherwise."""
    if number == 0 or 1e-4 <= abs(number) < 1e9:
        text = f"{round(number, decimals) + 0.0:,.{decimals}f}"  # adding zero takes the sign off a zero
    else:
        text = f"{number:.3g}"
    text = text.replace(",", NARROW).replace("-", MINUS)
    return f"{text} {sign}" if sign else text

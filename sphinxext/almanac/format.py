"""How numbers, times and levels are written for people: pure functions, used by templates as filters and globals.

Values come as in the export: numbers in base units, times in ISO 8601 with `Z`, zones by their IANA name. What is not
known never comes here: templates say so in words before they format.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import pairwise
from math import floor, log10
from shlex import quote
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sphinxext.almanac.arrange import (
    by_answer,
    by_kind,
    folded,
    foremost,
    named,
    naturally,
    side_by_side,
    telling,
    worst_first,
)

NARROW = "\u202f"
"""A narrow space that does not break: between thousands."""
MINUS = "\u2212"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_SHORTEST, _LEAST = 0.05, 0.005
"""What is smaller would round to zero with one decimal, with two."""
_LESS = "<0.1 %"
_NAMED_FROM, _NAMED_UNTIL = 1999, 2037
"""The years by whose zone names scripts go, the latest first."""
SPARK_HEIGHT = 32
KEPT = 4096
"""So many times are kept as what they were read to be: most stand on a page, or on many, more than once."""


class Look(NamedTuple):
    """How a level looks: class of the style sheet, word, a sign for places too small for a word."""

    style: str
    word: str
    sign: str


LOOKS = {
    "ok": Look("ok", "All well", "●"),
    "unknown": Look("unknown", "Unknown", "?"),
    "warning": Look("warn", "Warning", "▲"),
    "critical": Look("crit", "Critical", "■"),
}


def look(word: str) -> Look:
    """The look of a level; a word that is none of ours looks unknown."""
    return LOOKS.get(word, LOOKS["unknown"])


def size(amount: float) -> str:
    """Bytes in decimal units: `0 B`, `812 kB`, `1.9 GB`."""
    sign, amount = (MINUS, -amount) if amount < 0 else ("", amount)
    for unit in _SIZES:
        if amount < 999.5 or unit == _SIZES[-1]:
            break
        amount /= 1000
    return f"{sign}{_short(amount) if unit != 'B' else format(amount, '.0f')} {unit}"


def _short(amount: float) -> str:
    """One decimal below 100 unless it is a zero, none above."""
    if 0 < amount < _SHORTEST:
        return _first_digit(amount)
    return f"{amount:.1f}".removesuffix(".0") if amount < 99.95 else f"{amount:.0f}"


def _first_digit(amount: float) -> str:
    """What would round to zero, and is none: `0.04`, `−0.003`."""
    places = -floor(log10(abs(amount)))
    return f"{amount:.{places}f}" if places < 7 else f"{amount:.1g}"


def duration(seconds: float) -> str:
    """A span in its own largest unit: `0.04 s`, `0.6 s`, `38 s`, `24 min`, `16 h`, from two days on `7 d`."""
    sign, seconds = (MINUS, -seconds) if seconds < 0 else ("", seconds)
    if seconds < 59.5:
        return f"{sign}{_short(seconds) if seconds < 9.95 else format(seconds, '.0f')} s"
    for unit, length, limit in (("min", 60, 3570), ("h", 3600, 171000)):
        if seconds < limit:
            return f"{sign}{seconds / length:.0f} {unit}"
    return f"{sign}{grouped(round(seconds / 86400))} d"


def spent(seconds: float) -> str:
    """A span by a clock of whole seconds, on which none has passed: `<1 s`, else as `duration`."""
    return duration(seconds) if seconds else "<1 s"


def grouped(count: float) -> str:
    """A count with its thousands apart, decimals only where there are some: `1 284`, `0.5`, `0.003`."""
    if 0 < abs(count) < _LEAST:
        return _first_digit(count).replace("-", MINUS)
    text = f"{count:,.0f}" if float(count).is_integer() else f"{count:,.2f}".rstrip("0")
    return text.replace(",", NARROW).replace("-", MINUS)


_UNITS: Mapping[str, Callable[[float], str]] = {
    "bytes": size,
    "seconds": duration,
    "ratio": lambda ratio: _LESS if 0 < ratio * 100 < _SHORTEST else f"{_short(ratio * 100)} %",
    "celsius": lambda degrees: f"{degrees:.0f} °C".replace("-", MINUS),
    "load": lambda load: f"{load:.2f}",
    "count": grouped,
    "": grouped,
}


def number(value: float, unit: str) -> str:
    """A number with its unit by the unit's name; a unit that is none of ours stands behind it as it is."""
    return _UNITS[unit](value) if unit in _UNITS else f"{grouped(value)} {unit}"


def precise(value: float, unit: str) -> str:
    """As `number`, sizes with four digits, for tables in which neighbours shall differ: `5.070 GB`."""
    if unit != "bytes" or abs(value) < 1000:
        return number(value, unit)
    amount, place = _scaled(abs(value))
    return f"{MINUS if value < 0 else ''}{amount:#.4g} {_SIZES[place]}"


def all_precise(values: Sequence[float], unit: str) -> list[str]:
    """Each as `precise` has it; hundreds of sizes that all are shown in one unit take a third of the time."""
    if unit != "bytes" or min(values, default=0) < 1000 or _scaled(min(values))[1] != _scaled(max(values))[1]:
        return [precise(value, unit) for value in values]
    place, amounts = _scaled(max(values))[1], values
    for _ in range(place):
        amounts = [amount / 1000 for amount in amounts]
    return (f"%#.4g {_SIZES[place]}\n" * len(values) % tuple(amounts)).splitlines()


def _scaled(amount: float) -> tuple[float, int]:
    """An amount in the unit of sizes that shows it with four digits, and which that is."""
    place = 0
    while amount >= 999.95 and place < len(_SIZES) - 1:
        amount, place = amount / 1000, place + 1
    return amount, place


def spread(ends: tuple[float, float], unit: str) -> str:
    """From where to where a scale goes: `from 1 GB to 3 GB`; `46 MB around 5.1 GB` where both ends read the same."""
    low, high = (number(end, unit) for end in ends)
    if low != high:
        return f"from {low} to {high}"
    return f"{number(ends[1] - ends[0], unit)} around {low}" if ends[0] < ends[1] else f"always {low}"


def ends(scale: tuple[float, float], unit: str) -> tuple[str, str]:
    """The lower and the upper end of a scale, as its axis has them: with more digits where both would read the same."""
    low, high = (number(end, unit) for end in scale)
    return (low, high) if low != high else (precise(scale[0], unit), precise(scale[1], unit))


def change(value: float, previous: float | None) -> str:
    """The change since the value before: `+0.4 %`, `−57 %`, `none`; `first` if there was none, `from 0` if it was 0."""
    if previous is None:
        return "first"
    if value == previous:
        return "none"
    if previous == 0:
        return "from 0"
    percent = (value - previous) / abs(previous) * 100
    if abs(percent) < _SHORTEST:
        return f"{_LESS} {'more' if percent > 0 else 'less'}"
    return f"{'+' if percent > 0 else MINUS}{_short(abs(percent))} %"


def changed(change: str) -> str:
    """A change in a line of its own: `+0.4 % change`, `no change`, `<0.1 % more`, `from 0`."""
    return f"{'no' if change == 'none' else change} change" if change[:1] in f"+n{MINUS}" else change


def ended(sentence: str) -> str:
    """A sentence, whole: what another program said may lack its end."""
    return sentence if sentence[-1:] in (".", "?", "!") else f"{sentence}."


@lru_cache(KEPT)
def _instant(time: str) -> datetime:
    return datetime.fromisoformat(time)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(KEPT)
def _local(time: str, zone: str) -> datetime:
    return _instant(time).astimezone(_zone(zone))


def clock(time: str, zone: str, now: str | None = None) -> str:
    """Day, time and zone: `16 Nov 10:08 CST`; with the year if it is not that of `now`."""
    return f"{day(time, zone, now)} {hour(time, zone)}"


def day(time: str, zone: str, now: str | None = None) -> str:
    """The day in a zone: `16 Nov`; with the year if it is not that of `now`."""
    local = _local(time, zone)
    this_year = now is not None and _local(now, zone).year == local.year
    return f"{local.day} {_MONTHS[local.month - 1]}" + ("" if this_year else f" {local.year}")


def hour(time: str, zone: str) -> str:
    """The time of day and its zone: `10:08 CST`; zones without a name of their own as `10:08 UTC+03`."""
    local = _local(time, zone)
    name = local.tzname() or ""
    return f"{local.hour:02}:{local.minute:02} {name if name[:1].isalpha() else f'UTC{name}'}"


def second(time: str, zone: str) -> str:
    """The time of day to the second, and its zone: `10:08:03 CST`."""
    clock_, _, name = hour(time, zone).partition(" ")
    return f"{clock_}:{_local(time, zone).second:02} {name}"


def shell(word: str) -> str:
    """A word as a shell takes it, to be copied into one."""
    return quote(word)


@cache
def zone_names(zone: str) -> str:
    """What a zone's times are called, for scripts: JSON from a browser's name of an offset, `GMT+08:00`, to ours."""
    names: dict[str, str] = {}
    for year in range(_NAMED_UNTIL, _NAMED_FROM, -1):
        for month in (1, 7):
            time = f"{year}-{month:02}-01T00:00:00+00:00"
            offset = _local(time, zone).strftime("%z")
            key = "GMT" if int(offset) == 0 else f"GMT{offset[:3]}:{offset[3:5]}"
            names.setdefault(key, hour(time, zone).partition(" ")[2])
    return json.dumps(names)


def seconds_between(start: str, end: str) -> float:
    """The seconds from one time to another, negative if the other is earlier."""
    return (_instant(end) - _instant(start)).total_seconds()


def age(time: str, now: str) -> str:
    """How long ago a time was at `now`: `16 h`; a time to come as `in 3 h`."""
    seconds = seconds_between(time, now)
    return duration(seconds) if seconds >= 0 else f"in {duration(-seconds)}"


def plural(count: int, noun: str, many: str = "") -> str:
    """A counted noun: `1 problem`, `3 problems`, `no problems`."""
    amount = grouped(count) if count else "no"
    return f"{amount} {noun if count == 1 else many or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words as in a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def curve(points: Sequence[float | None], low: float, high: float) -> str:
    """The points of a small chart between their least and their largest as an SVG path, broken where there is a gap.

    Two units of width a night, SPARK_HEIGHT units high, y grows downwards: whole numbers, each corner told from the one
    before, and no point between two of its own height, for a page has dozens of these. A constant series runs through
    the middle. A single night between gaps is a line of no length: a dot.
    """
    scale, top = (SPARK_HEIGHT / (high - low), 0.5) if high > low else (0.0, SPARK_HEIGHT / 2)
    heights = [None if point is None else int((high - point) * scale + top) for point in points]
    edges = [-1, *(night for night, point in enumerate(points) if point is None), len(points)]
    return "".join(_line(start + 1, heights[start + 1 : end]) for start, end in pairwise(edges) if end > start + 1)


def _line(first: int, heights: Sequence[int | None]) -> str:
    """A stretch from corner to corner, `M0 29l2+3 2-4`, in one go of formatting."""
    x, y = 2 * first, heights[0]
    assert y is not None
    steps, at, height = [x, y], x, y
    for night, (here, after) in enumerate(zip(heights[1:], (*heights[2:], None), strict=False), first + 1):
        if here is not None and (here != height or after != here):
            steps += (2 * night - at, here - height)
            at, height = 2 * night, here
    if len(steps) == 2:
        steps += (0, 0)
    return ("M%d %dl" + "%d%+d " * (len(steps) // 2 - 1))[:-1] % tuple(steps)


def foreseen(forecast: Mapping[str, Any], unit: str) -> str:
    """When a number meets its limit: `reaches 100 % between 3 and 19 Dec 2026`, `reaches 500 GB on 3 Dec 2026`."""
    low, high = (date.fromisoformat(forecast[end]) for end in ("low", "high"))
    until = f"{high.day} {_MONTHS[high.month - 1]} {high.year}"
    if low == high:
        return f"reaches {number(forecast['limit'], unit)} on {until}"
    start = f"{low.day}"
    if (low.year, low.month) != (high.year, high.month):
        start += f" {_MONTHS[low.month - 1]}" + ("" if low.year == high.year else f" {low.year}")
    return f"reaches {number(forecast['limit'], unit)} between {start} and {until}"


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        age, by_answer, by_kind, change, changed, duration, ended, folded, foremost, foreseen, grouped, listed, look,
        named, naturally, number, plural, second, seconds_between, shell, side_by_side, spent, spread, telling,
        worst_first, zone_names,
    )
}  # fmt: skip

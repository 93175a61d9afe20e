"""What is drawn of all instances together, and what that shows in words. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from collector.chart.figure import (
    MOST_BARS,
    MOST_PARTS,
    MOST_STEPS,
    Bars,
    Figure,
    Group,
    Pie,
    Spot,
    Steps,
    WorldMap,
    shades,
)
from collector.export.registry import InstanceEntry, PlaceEntry
from collector.instances.locally import Locally
from collector.instances.statistics import UNKNOWN, Distribution

_MADE = {"sum": "Sum of", "avg": "Average of", "min": "Least of", "max": "Largest of"}
_MOST_TOLD = 8
"""So many groups are told in the words for those who do not see a picture; all are in the table beside it."""
_DIGITS = re.compile(r"(\d+)")


class Drawn(NamedTuple):
    """A picture, and what it shows in words."""

    figure: Figure
    alt: str


def made(found: Distribution) -> str:
    """What its numbers are: `Average of Users`, `Number of instances`."""
    how = _MADE.get(found.of_numbers)
    return f"{how} {found.label}" if how else found.of_numbers


def chart(found: Distribution, unit: str, locally: Locally) -> Drawn:
    """A distribution as it is configured to be drawn. Parts of a whole are drawn only of numbers that add up to one."""
    adds_up = found.of_numbers not in ("avg", "min", "max")
    numbers = [number for _, number in found.rows]
    is_whole = adds_up and min(numbers, default=0) >= 0 < sum(numbers)
    groups = [Group(name, number, locally.amount(number, unit)) for name, number in found.rows]
    figure: Figure
    match found.chart_type:
        case "line":
            figure = Steps(tuple(sorted(groups, key=_naturally))[:MOST_STEPS])
        case "pie" if is_whole:
            shared = [_shared(one, sum(numbers), locally) for one in _fewer(groups, MOST_PARTS, unit, locally)]
            figure = Pie(tuple(shared))
        case _:
            figure = Bars(tuple(_fewer(groups, MOST_BARS, unit, locally) if adds_up else groups[:MOST_BARS]))
    return Drawn(figure, f"{made(found)} by {found.of_groups}: {_told(groups)}.")


def _fewer(groups: Sequence[Group], most: int, unit: str, locally: Locally) -> list[Group]:
    """The largest, and all others as one."""
    if len(groups) <= most:
        return list(groups)
    largest = sorted(groups, key=lambda group: -group.value)
    rest = sum(group.value for group in largest[most - 1 :])
    others = f"{len(groups) - most + 1} others"
    return [*largest[: most - 1], Group(others, rest, locally.amount(rest, unit))]


def _shared(group: Group, whole: float, locally: Locally) -> Group:
    return Group(group.name, group.value, f"{group.written} ({locally.share(group.value / whole)})")


def _naturally(group: Group) -> tuple[bool, list[tuple[int, str]]]:
    """Numbers within names by their size: 3.9 before 3.10; what is unknown last."""
    parts = _DIGITS.split(group.name)
    return group.name == UNKNOWN, [(int(one[:15]), "") if place % 2 else (0, one) for place, one in enumerate(parts)]


def _told(groups: Sequence[Group]) -> str:
    told = [f"{group.name} {group.written}" for group in groups[:_MOST_TOLD]]
    more = len(groups) - _MOST_TOLD
    return ", ".join([*told, *([f"and {more} more"] if more > 0 else [])])


def world(entries: Sequence[InstanceEntry]) -> Drawn | None:
    """Where instances are; None if that is known of none."""
    places = [one.place for one in entries if one.place]
    if not places:
        return None
    counted = Counter((place.country, place.name) for place in places)
    spots = sorted((spot for place in places if (spot := _spot(place))), key=lambda one: (one.latitude, one.longitude))
    told = ", ".join(f"{name} {count}" for (_, name), count in counted.most_common(_MOST_TOLD))
    more = len(counted) - _MOST_TOLD
    said = f"A map of the world. Instances by country: {told}" + (f", and {more} more" if more > 0 else "")
    unknown = len(entries) - len(places)
    said += f"; of {unknown} it is not known" if unknown else ""
    return Drawn(WorldMap(shades({code: count for (code, _), count in counted.items()}), tuple(spots)), f"{said}.")


def around(place: PlaceEntry) -> Drawn | None:
    """Where one is, large; None if there is no point for it."""
    spot = _spot(place)
    if spot is None:
        return None
    where = f"at {abs(spot.latitude):.1f}° {'N' if spot.latitude >= 0 else 'S'}, "
    where += f"{abs(spot.longitude):.1f}° {'E' if spot.longitude >= 0 else 'W'}"
    alt = f"A map: {place.name}, {where if place.is_exact else 'a point in its middle'}."
    return Drawn(WorldMap(((place.country, 3),), (spot,), spot), alt)


def _spot(place: PlaceEntry) -> Spot | None:
    if place.latitude is None or place.longitude is None:
        return None
    return Spot(round(place.latitude, 2), round(place.longitude, 2))

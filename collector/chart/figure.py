"""Pictures that are not over time, as frozen values: parts of a whole, groups side by side, and maps.

Whoever makes one writes its numbers, short enough for a picture and in the locale of the page beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

MOST_BARS, MOST_PARTS, MOST_STEPS = 20, 8, 40
"""So many groups are drawn: a bar each, a part of a pie, a place on a line."""
ROW = 26.0
"""CSS pixels from bar to bar, and from line to line of a legend."""
WIDTH = 720.0
"""CSS pixels."""
EDGE = 12.0
"""CSS pixels around what is drawn."""
SHADES = 3
"""As many as can be told from land without any, and from each other, light and dark."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group by its name, its number, and that as it is written."""

    name: str
    value: float
    written: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Groups as bars that begin at zero, from top to bottom."""

    groups: tuple[Group, ...]
    width: float = WIDTH

    @property
    def height(self) -> float:
        """CSS pixels."""
        return ROW * max(len(self.groups), 1) + 2 * EDGE


@dataclass(frozen=True, slots=True)
class Steps:
    """Groups as points of a line, from left to right."""

    groups: tuple[Group, ...]
    width: float = WIDTH
    height: float = 250.0


@dataclass(frozen=True, slots=True)
class Pie:
    """Groups as parts of a whole, clockwise from the top. Their numbers are not negative, and not all zero."""

    groups: tuple[Group, ...]
    width: float = WIDTH
    height: float = 250.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on a map: degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class WorldMap:
    """Countries shaded by how many there are of something, and points.

    spots: one for each; several may be at one place.   shades: by code, from 1 to 3.   around: the middle of a part
    that is drawn large; None = the whole world.
    """

    shades: tuple[tuple[str, int], ...]
    spots: tuple[Spot, ...]
    around: Spot | None = None

    @property
    def width(self) -> float:
        """CSS pixels."""
        return WIDTH if self.around is None else 420.0

    @property
    def height(self) -> float:
        """CSS pixels."""
        return 318.0 if self.around is None else 280.0


Figure = Bars | Steps | Pie | WorldMap


def shades(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The shade of each country with so many: by the root, as few are to be seen too."""
    most = max(counts.values(), default=1)
    return tuple((code, max(1, round(sqrt(count / most) * SHADES))) for code, count in sorted(counts.items()))

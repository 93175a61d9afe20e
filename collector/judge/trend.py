"""How fast a number rises of late, and how sure that is: the slopes between all pairs of its days. Pure.

Theil and Sen: the median of the slopes between all pairs of points, which a few odd days do not move; its interval by
the ranks of Kendall's statistic (Sen, 1968). Days are no independent draws, so that interval is too narrow by itself:
the slopes of the earlier and the later half are taken into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import median

Point = tuple[float, float]
"""Time and value."""
SURE = 1.645
"""Standard deviations to either side: nine in ten."""


@dataclass(frozen=True, slots=True)
class Trend:
    """What a number gains in a second: most likely, and within which bounds."""

    rate: float
    low: float
    high: float


def trend(points: Sequence[Point]) -> Trend:
    """The trend of four points or more, of different times. Costs the square of their number."""
    slopes = sorted(_slopes(points))
    count = len(points)
    spread = SURE * sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, int((len(slopes) - spread) / 2))
    high = min(len(slopes) - 1, int((len(slopes) + spread) / 2) + 1)
    half = count // 2
    halves = [median(_slopes(part)) for part in (points[:half], points[half:])]
    return Trend(median(slopes), min(slopes[low], *halves), max(slopes[high], *halves))


def _slopes(points: Sequence[Point]) -> list[float]:
    return [(value - before) / (time - earlier) for (earlier, before), (time, value) in combinations(points, 2)]

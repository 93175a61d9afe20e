"""Whether a series falls by itself again and again: what is rotated, or pruned by and by. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from collector.judge.night import Night

RECURRING, AS_FAR = 3, 0.8
"""So many earlier falls that lasted, each AS_FAR as the new one, show it."""
LASTED = 3
"""Nights after which a fall has lasted: what is back sooner was no rotation but amiss."""


def falls_often(earlier: Sequence[Night], ratio: float) -> bool:
    """Whether what was before has fallen to such a part of itself before, and stayed there."""
    fall, falls, last = AS_FAR * log(ratio), 0, -LASTED
    for place in range(1, len(earlier) - LASTED):
        largest = max(night.size for night in earlier[place : place + LASTED])
        if place - last >= LASTED and log(largest / earlier[place - 1].size) <= fall:
            falls, last = falls + 1, place
    return falls >= RECURRING

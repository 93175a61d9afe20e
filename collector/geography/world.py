"""The outlines of countries, and a point in the middle of each.

Source: Natural Earth, which is in the public domain, as world-atlas 2.0.2 has it: outlines of 1:110 million, points
made of those of 1:50 million, as that knows small countries too.

    world.json    {"middles": {code: [latitude, longitude]},
                   "outlines": {code: [rings, each of longitude and latitude in tenths of a degree, by turns; of the
                                       first point as they are, of all others the differences from the one before]}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""The points of a closed line: longitude and latitude in degrees, points x 2."""


def middle(country: str) -> tuple[float, float] | None:
    """Latitude and longitude of a point in a country, in degrees; None for what is none."""
    found = _world()["middles"].get(country)
    return (found[0], found[1]) if found else None


@cache
def outlines() -> dict[str, tuple[Ring, ...]]:
    """The outlines of each country, by its code; of the smallest there are none."""
    return {code: tuple(part for ring in rings for part in _ring(ring)) for code, rings in _world()["outlines"].items()}


def _ring(steps: list[int]) -> Iterator[Ring]:
    """A line; one across the meridian of 180 degrees goes on beyond it, and once more at the other end of the world."""
    ring: Ring = np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / 10
    ring[:, 0] = np.unwrap(ring[:, 0], period=360.0)
    yield ring
    for beyond, back in ((ring[:, 0].max() > 180.0, -360.0), (ring[:, 0].min() < -180.0, 360.0)):
        if beyond:
            yield ring + np.array([back, 0.0])


@cache
def _world() -> Any:
    return json.loads(Path(__file__).with_name("world.json").read_bytes())

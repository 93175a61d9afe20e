"""Draws maps: of the world in the projection Equal Earth, and of a part of it around a point.

Source: B. Savric, T. Patterson, B. Jenny: The Equal Earth map projection, 2018: countries keep their areas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import cos, sin, sqrt

import numpy as np

from collector.chart.curve import Floats
from collector.chart.easel import Easel
from collector.chart.figure import Spot, WorldMap
from collector.chart.pen import Stroke
from collector.chart.sheet import HARD
from collector.geography.world import Ring, outlines

Project = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From longitude and latitude, in degrees, to CSS pixels."""
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_SOUTHERNMOST = -58.0
"""Degrees: Antarctica is left out."""
_APART, _AROUND = 5.5, 12.0
"""CSS pixels between points of one place, and how far around it they go at most."""
_TURN = 2.399963
"""The golden angle: points that turn by it fill a disc evenly."""
_REACH = 20.0
"""Degrees of longitude, on the equator, left and right of a point."""


def draw_map(easel: Easel, world: WorldMap) -> None:
    """Land, borders, shaded countries and points."""
    project = _whole(world.width) if world.around is None else _part(world.around, world.width, world.height)
    shades = dict(world.shades)
    of_shade: dict[int, list[Ring]] = {}
    for code, rings in outlines().items():
        if code != "AQ":
            of_shade.setdefault(shades.get(code, 0), []).extend(rings)
    lines = {shade: _lines(rings, project, easel.scale) for shade, rings in of_shade.items()}
    for shade, (x, y, stretch) in sorted(lines.items()):
        easel.pen.area(x, y, stretch)
        number = easel.sheet.steps["series 1"][shade][1] if shade else easel.sheet.steps["rule"][-1][1]
        easel.sheet.stamp(easel.pen.lifted(HARD), number)
    for x, y, stretch in lines.values():
        easel.pen.line(x, y, stretch, Stroke(0.6 * easel.scale))
    easel.sheet.rub(easel.pen.lifted(HARD))
    _draw_spots(easel, world, project)


def _draw_spots(easel: Easel, world: WorldMap, project: Project) -> None:
    """A disc each, on a rim of paper, so that it stands out from any shade. Several at one place stand around it."""
    radius, rim = (2.6 if world.around is None else 6.0) * easel.scale, 1.0 * easel.scale
    ink = easel.sheet.steps["series 2"][-1][1]
    for spot, many in Counter(world.spots).items():
        x, y = project(np.array([spot.longitude]), np.array([spot.latitude]))
        apart = min(_APART, _AROUND / sqrt(many)) * easel.scale
        for number in range(many):
            turn, away = number * _TURN, apart * sqrt(number)
            place = float(x[0]) * easel.scale + away * cos(turn), float(y[0]) * easel.scale + away * sin(turn)
            easel.sheet.disc(0, place, radius + rim)
            easel.sheet.disc(ink, place, radius)


def _lines(rings: list[Ring], project: Project, scale: int) -> tuple[Floats, Floats, np.typing.NDArray[np.intp]]:
    """All rings as one line in pixels, closed, and which ring each point is of."""
    closed = [np.vstack((ring, ring[:1])) for ring in rings]
    points = np.vstack(closed)
    x, y = project(points[:, 0], points[:, 1])
    stretch = np.repeat(np.arange(len(closed)), [len(ring) for ring in closed])
    return x * scale, y * scale, stretch


def _whole(width: float) -> Project:
    edge = _equal_earth(np.array([180.0]), np.array([0.0]))[0][0]
    top = _equal_earth(np.array([0.0]), np.array([84.0]))[1][0]

    def project(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
        x, y = _equal_earth(longitude.clip(-180.0, 180.0), latitude.clip(_SOUTHERNMOST))
        scale = width / 2 / edge
        return width / 2 + x * scale, 4 + (top - y) * scale

    return project


def _equal_earth(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(latitude)))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    x = 2 * np.sqrt(3) * np.radians(longitude) * np.cos(theta)
    x = x / (3 * (9 * _A4 * t6 * t2 + 7 * _A3 * t6 + 3 * _A2 * t2 + _A1))
    return x, theta * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))


def _part(middle: Spot, width: float, height: float) -> Project:
    """Around a point, true to scale there."""
    narrow = max(float(np.cos(np.radians(middle.latitude))), 0.2)
    scale = width / 2 / _REACH

    def project(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
        across = longitude - middle.longitude
        return width / 2 + across * narrow * scale, height / 2 - (latitude - middle.latitude) * scale

    return project

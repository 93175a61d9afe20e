"""What a picture is called by. It needs nothing of what draws it: on most nights most pictures are there already."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from collector.chart import curve
from collector.chart.curve import Found
from collector.chart.picture import DENSITY, Picture, events

if TYPE_CHECKING:
    from collector.chart.figure import Figure

VERSION = 10
"""Raise it when the same picture would get other bytes."""
_DRAWN_BY = ("matplotlib", "numpy")
"""Of what draws, and brings letters and FreeType."""


def digest(
    picture: Picture | Figure, width: int, height: int, density: int = DENSITY, found: Found | None = None
) -> str:
    """Names the picture by all that goes into its pixels, in 32 hex digits: a file of that name is as it would be.

    What is not drawn has no part in it: points outside the window, a title that only the alternative text has.
    found: what of the picture was recorded, if that is known already.
    """
    if not isinstance(picture, Picture):
        return hashlib.sha256(repr((_versions(), density, picture)).encode()).hexdigest()[:32]
    window = (picture.start, picture.end, str(picture.zone), events(picture), picture.titled and picture.title)
    content = hashlib.sha256(repr((_versions(), width, height, density, window)).encode())
    for panel, lines in zip(picture.panels, found or curve.found(picture), strict=True):
        content.update(repr(replace(panel, lines=())).encode())
        for line, shown in zip(panel.lines, lines, strict=True):
            gaps = curve.known_gaps(line, shown)
            content.update(repr((line.name, line.role, line.coarse_until, gaps, len(shown.times))).encode())
            content.update(shown.times.tobytes() + shown.values.tobytes())
    return content.hexdigest()[:32]


@cache
def _versions() -> tuple[object, ...]:
    return (VERSION, *map(version, _DRAWN_BY))

"""The inks of a picture in both palettes, and the code by which a pixel says which ink covers it how much.

A pixel is one byte: its weight (how much of it the ink covers, 0..15) in the high half, the ink's place in INKS in the
low half. Layers are put on each other by taking the greater byte: what covers more wins, and of two that cover the
same, the later ink. So no edge of a line brings the background's colour into the middle of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

Colour = tuple[int, int, int]

PAPER = ((0xFB, 0xFA, 0xF7), (0x16, 0x17, 0x1A))
"""The background, light and dark: that of the pages."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour, light and dark, in so many steps from the paper to itself. `faint`: lies under everything else."""

    name: str
    light: str
    dark: str
    steps: int
    faint: bool = False


INKS = (
    Ink("wash", "#eeeff0", "#212932", 1, faint=True),
    Ink("band", "#c9d5e1", "#35485c", 1, faint=True),
    Ink("rule", "#dcd7cc", "#33353a", 1, faint=True),
    Ink("text", "#6b665d", "#9a968d", 2),
    Ink("pale", "#8fa3b8", "#61788f", 2),
    Ink("warning", "#9a6700", "#e3b341", 1),
    Ink("critical", "#b3261e", "#ff8b80", 1),
    Ink("main", "#1f4e79", "#8cb8e0", 2),
    # Okabe and Ito's colours for every kind of colour vision, each moved until it stands out from the paper 3 to 1.
    Ink("series 1", "#0072b2", "#4ba3dc", 4),
    Ink("series 2", "#c95800", "#f08a3c", 4),
    Ink("series 3", "#008a65", "#2fbf96", 4),
    Ink("series 4", "#a8518a", "#dd93bb", 4),
    Ink("series 5", "#1d1b18", "#e8e6e1", 4),
    Ink("series 6", "#9c7400", "#e6b93a", 4),
    Ink("series 7", "#3487bd", "#8fd0f5", 4),
    Ink("series 8", "#7a7a00", "#f0e442", 4),
)
SERIES = tuple(ink.name for ink in INKS if ink.name.startswith("series"))
_PLACES = {ink.name: place for place, ink in enumerate(INKS)}
_FULL = 15


@dataclass(frozen=True, slots=True)
class Palettes:
    """The colours of the inks used, `light` and `dark` of the same length, and from a pixel's code to its number."""

    numbers: bytes
    light: tuple[Colour, ...]
    dark: tuple[Colour, ...]


@cache
def coding(name: str) -> bytes:
    """The 256 codes of an ink by coverage 0..255, in as many steps as it has; 0 where it covers next to nothing."""
    ink = INKS[_PLACES[name]]
    step = np.rint(np.arange(256) / 255 * ink.steps)
    weight = np.where(step > 0, 1, 0) if ink.faint else np.rint(step * _FULL / ink.steps)
    return np.where(step > 0, weight * 16 + _PLACES[name], 0).astype(np.uint8).tobytes()


@cache
def palettes(names: frozenset[str]) -> Palettes:
    """The palettes of a picture that uses these inks; number 0 is the paper."""
    numbers = bytearray(256)
    light, dark = [PAPER[0]], [PAPER[1]]
    for ink in (ink for ink in INKS if ink.name in names):
        for step in range(1, ink.steps + 1):
            numbers[coding(ink.name)[round(255 * step / ink.steps)]] = len(light)
            light.append(_mixed(PAPER[0], ink.light, step / ink.steps))
            dark.append(_mixed(PAPER[1], ink.dark, step / ink.steps))
    return Palettes(bytes(numbers), tuple(light), tuple(dark))


def plte(colours: Iterable[Colour]) -> bytes:
    """Colours as PNG's PLTE chunk holds them: three bytes each."""
    return bytes(part for colour in colours for part in colour)


def _mixed(paper: Colour, ink: str, share: float) -> Colour:
    red, green, blue = (
        round(under + (over - under) * share) for under, over in zip(paper, bytes.fromhex(ink[1:]), strict=True)
    )
    return red, green, blue

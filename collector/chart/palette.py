"""The inks of a picture in both palettes, and the number by which a pixel says which ink covers it how much.

The entries of a palette are in order of coverage, and where that is the same, in order of INKS. So layers are put on
each other by taking the greater number: what covers more wins, and of two that cover the same, the later ink. No edge
of a line brings the background's colour into the middle of another, and a finished sheet is what the file holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

Colour = tuple[int, int, int]
Steps = tuple[tuple[int, int], ...]
"""From which coverage on (0..255), ascending, a pixel gets which number."""

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
    Ink("pale", "#8fa3b8", "#61788f", 1),
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
PLAIN = frozenset(ink.name for ink in INKS) - frozenset(SERIES)
"""The inks of a picture whose panels have one main line each: few enough for two pixels to a byte."""
ALL = PLAIN | frozenset(SERIES)
FIGURES = frozenset({"text", "rule", "main"}) | frozenset(SERIES)
"""The inks of a pie."""
MAPPED = frozenset({"text", "rule", "main", "series 1", "series 2"})
"""The inks of a map, and of bars."""
_FULL = 255


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of some inks, `light` and `dark` of the same length, number 0 being the paper.

    steps: those of each ink.
    """

    steps: Mapping[str, Steps]
    light: tuple[Colour, ...]
    dark: tuple[Colour, ...]


@cache
def palette(names: frozenset[str], most: int = 4) -> Palette:
    """The palette of a picture that uses these inks, in at most so many steps each."""
    inks = [replace(ink, steps=min(ink.steps, most)) for ink in INKS]
    entries = [
        (0 if ink.faint else step / ink.steps, place, step)
        for place, ink in enumerate(inks)
        if ink.name in names
        for step in range(1, ink.steps + 1)
    ]
    light, dark = [PAPER[0]], [PAPER[1]]
    steps: dict[str, Steps] = {}
    for _, place, step in sorted(entries):
        ink = inks[place]
        least = int((step - 0.5) * _FULL / ink.steps) + 1
        steps[ink.name] = (*steps.get(ink.name, ()), (least, len(light)))
        light.append(_mixed(PAPER[0], ink.light, step / ink.steps))
        dark.append(_mixed(PAPER[1], ink.dark, step / ink.steps))
    return Palette(steps, tuple(light), tuple(dark))


@cache
def plte(colours: tuple[Colour, ...]) -> bytes:
    """Colours as PNG's PLTE chunk holds them: three bytes each."""
    return bytes(part for colour in colours for part in colour)


def _mixed(paper: Colour, ink: str, share: float) -> Colour:
    red, green, blue = (
        round(under + (over - under) * share) for under, over in zip(paper, bytes.fromhex(ink[1:]), strict=True)
    )
    return red, green, blue

"""Where things stand in a picture, in CSS pixels from its upper left corner. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector.chart.picture import Panel, Picture

LETTER = 13.0
"""The size of the letters: a picture of 720 is mostly shown somewhat smaller."""
_LEFT, _RIGHT = 66.0, 68.0
"""Beside the panels, for the labels of the value axis and the last value. The same in all pictures, so that charts
below each other share their time axis."""
_TOP, _BOTTOM, _ROW, _BETWEEN = 10.0, 26.0, 21.0, 16.0
_LIFT = 3.0
"""How much higher than its row a text stands, so that it keeps off the plot below."""
KEY = 24.0
"""A legend's piece of line, with the space before the name."""
_SPACE, _WIDEST = 16.0, 190.0
"""The space between entries of a legend, and the most that one takes."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; y grows downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def moved(self, right: float, down: float) -> Box:
        return Box(self.left + right, self.top + down, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a legend: the line's number in its panel, and the box for key and name together."""

    line: int
    box: Box


@dataclass(frozen=True, slots=True)
class PanelPlace:
    """A panel's plot, the row of its name (None if it has none), and its legend, which goes on in that row."""

    plot: Box
    heading: Box | None
    legend: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The row of the title (None if it is left out) and the panels from top to bottom."""

    title: Box | None
    panels: tuple[PanelPlace, ...]


def lay_out(picture: Picture, width: float, height: float, wide: Callable[[str], float]) -> Layout:
    """Places everything; `wide` gives a text's width in CSS pixels.

    In a picture that is too low for its panels each still gets a plot of one pixel.
    """
    room = max(width - _LEFT - _RIGHT, 1.0)
    top = _TOP + (_ROW if picture.titled else 0.0)
    heads = [_head(panel, room, wide) for panel in picture.panels]
    free = height - _BOTTOM - top - sum(head.height for head in heads) - (len(heads) - 1) * _BETWEEN
    whole = sum(panel.share for panel in picture.panels)
    places = []
    for panel, head in zip(picture.panels, heads, strict=True):
        plot = Box(_LEFT, top + head.height, room, max(free * panel.share / whole, 1.0))
        places.append(head.place(plot))
        top = plot.bottom + _BETWEEN
    return Layout(Box(_LEFT, _TOP - _LIFT, room, _ROW) if picture.titled else None, tuple(places))


@dataclass(frozen=True, slots=True)
class _Head:
    """Name and legend above a plot; their boxes count from its upper left corner."""

    height: float
    heading: Box | None
    legend: tuple[Entry, ...]

    def place(self, plot: Box) -> PanelPlace:
        left, top = plot.left, plot.top - self.height - _LIFT
        heading = self.heading and self.heading.moved(left, top)
        return PanelPlace(plot, heading, tuple(Entry(e.line, e.box.moved(left, top)) for e in self.legend))


def _head(panel: Panel, room: float, wide: Callable[[str], float]) -> _Head:
    heading = Box(0.0, 0.0, min(wide(panel.name), room), _ROW) if panel.name else None
    names = [line.name for line in panel.lines] if len(panel.lines) > 1 else []
    legend = _legend(names, heading.right + _SPACE if heading else 0.0, room, wide)
    bottoms = [box.bottom for box in (heading, *(entry.box for entry in legend)) if box]
    return _Head(max(bottoms, default=0.0), heading, tuple(legend))


def _legend(names: Sequence[str], left: float, room: float, wide: Callable[[str], float]) -> list[Entry]:
    """Entries from `left` on, in as many rows as they need; lines without a name have none."""
    entries: list[Entry] = []
    top = 0.0
    for line, name in enumerate(names):
        needed = min(KEY + wide(name), _WIDEST, room) if name else 0.0
        if left + needed > room:
            left, top = 0.0, top + _ROW
        if name:
            entries.append(Entry(line, Box(left, top, needed, _ROW)))
            left += needed + _SPACE
    return entries

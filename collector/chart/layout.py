"""Where things stand in a picture, in CSS pixels from its upper left corner. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.chart.picture import Panel, Picture
from collector.chart.words import threshold_word

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
class Key:
    """What a legend explains: a line or a threshold by its number in the panel, the band, or the ticks of events."""

    what: Literal["line", "band", "threshold", "events"]
    name: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a legend: the box for sign and name together."""

    key: Key
    box: Box


@dataclass(frozen=True, slots=True)
class PanelPlace:
    """A panel's plot, the places of its name and its note (None if it has none), and its legend in the same row."""

    plot: Box
    heading: Box | None
    legend: tuple[Entry, ...]
    note: Box | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The row of the title (None if it is left out) and the panels from top to bottom."""

    title: Box | None
    panels: tuple[PanelPlace, ...]


def lay_out(
    picture: Picture, keys: Sequence[Sequence[Key]], size: tuple[float, float], wide: Callable[[str], float]
) -> Layout:
    """Places everything in a picture of (width, height); `keys` are those of each panel's legend, and `wide` gives a
    text's width in CSS pixels.

    In a picture that is too low for its panels each still gets a plot of one pixel.
    """
    width, height = size
    room = max(width - _LEFT - _RIGHT, 1.0)
    top = _TOP + (_ROW if picture.titled else 0.0)
    heads = [_head(panel, of, room, wide) for panel, of in zip(picture.panels, keys, strict=True)]
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
    note: Box | None

    def place(self, plot: Box) -> PanelPlace:
        left, top = plot.left, plot.top - self.height - _LIFT
        heading = self.heading and self.heading.moved(left, top)
        legend = tuple(Entry(entry.key, entry.box.moved(left, top)) for entry in self.legend)
        return PanelPlace(plot, heading, legend, self.note and self.note.moved(left, top))


def keys(panel: Panel, banded: bool, events: bool) -> tuple[Key, ...]:
    """What the legend of a panel has to explain; a line alone needs no name, nor does one that has none."""
    lines = [Key("line", line.name, n) for n, line in enumerate(panel.lines) if line.name and len(panel.lines) > 1]
    bands = [Key("band", "lowest to highest")] if banded else []
    bounds = [Key("threshold", threshold_word(one, panel.unit), n) for n, one in enumerate(panel.thresholds)]
    return (*lines, *bands, *bounds, *([Key("events", "events")] if events else []))


def _head(panel: Panel, keys: Sequence[Key], room: float, wide: Callable[[str], float]) -> _Head:
    heading = Box(0.0, 0.0, min(wide(panel.name), room), _ROW) if panel.name else None
    noted = min(wide(panel.note) + 1, room) if panel.note else 0.0
    note = Box(room - noted, 0.0, noted, _ROW) if panel.note else None
    first = room - noted - _SPACE if note else room
    legend = _legend(keys, heading.right + _SPACE if heading else 0.0, (first, room), wide)
    bottoms = [box.bottom for box in (heading, note, *(entry.box for entry in legend)) if box]
    return _Head(max(bottoms, default=0.0), heading, tuple(legend), note)


def _legend(keys: Sequence[Key], left: float, rooms: tuple[float, float], wide: Callable[[str], float]) -> list[Entry]:
    """Entries from `left` on, in as many rows as they need; `rooms`: of the first row, and of the others."""
    entries: list[Entry] = []
    top, (room, whole) = 0.0, rooms
    for key in keys:
        needed = min(KEY + wide(key.name) + 1, _WIDEST, whole)
        if left + needed > room:
            left, top, room = 0.0, top + _ROW, whole
        entries.append(Entry(key, Box(left, top, needed, _ROW)))
        left += needed + _SPACE
    return entries

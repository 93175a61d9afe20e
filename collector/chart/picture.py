"""What is to be drawn, as frozen values: a picture of panels, a panel of lines over one time window.

Values are in base units (bytes, seconds, ratio 0..1 ...), times in UTC seconds. A value that is not finite, or lies
outside the window, is not recorded: it is never drawn and leaves a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

LATEST = 253_370_764_800
"""The start of the year 9999: no window reaches beyond what a calendar can name in every zone."""

DENSITY = 2
"""Pixels of a file to each CSS pixel, so that it is sharp on dense screens."""

Role = Literal["main", "pale"]
Side = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class Line:
    """One series. `times` and `values` have the same length; the order of the points does not matter. Long ones are
    arrays of numbers, which are read, and sent to who draws them, many times faster than tuples.

    role: "main" is what the picture is about, "pale" what it is compared with. Several main lines of one panel get
    eight colours and dash patterns in turn, and a legend of their names.
    coarse_until: up to here the points are the extremes of each week, of which any may lie apart from the next.
    moved: each point is shown so many seconds after its time; `coarse_until` is of what is shown.
    gaps: the places of the points that a gap follows, ascending, of a line whose points ascend: so the whole of a
    series tells of its parts. Where it is None, or not all points are shown, that is found out by those that are.
    """

    times: Sequence[float]
    values: Sequence[float]
    name: str = ""
    role: Role = "main"
    coarse_until: int = 0
    moved: int = 0
    gaps: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.times) != len(self.values):
            raise ValueError(f"line {self.name!r}: {len(self.times)} times but {len(self.values)} values")
        if self.gaps and not 0 <= self.gaps[0] <= self.gaps[-1] < len(self.times) - 1:
            raise ValueError(f"line {self.name!r}: not all of {self.gaps} lie between two of {len(self.times)} points")


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which value on (`above`), or below which, something is amiss: a thin dashed line, named in the legend."""

    value: float
    level: Literal["warning", "critical"]
    side: Side = "above"

    def passed(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the values are amiss."""
        return values < self.value if self.side == "below" else values >= self.value


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share a value axis.

    unit: "bytes", "seconds", "ratio", "celsius", "count", "load", or any other text, written behind the numbers.
    note: written above the panel on the right, such as the last change; empty = nothing.
    name: written above the panel; empty = nothing.    share: of the picture's height, relative to other panels.
    floor: a value that the axis always shows, 0 unless told otherwise; None = the axis follows the values.
    """

    unit: str
    lines: tuple[Line, ...]
    name: str = ""
    thresholds: tuple[Threshold, ...] = ()
    floor: float | None = 0.0
    share: float = 1.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart over the window `start` <= time <= `end`; days and months begin at midnights of `zone`.

    title: names it in the alternative text; written into the picture only if `titled`, as pages have a caption.
    events: times marked by small ticks above the time axis, with a word in the legend.
    Raises ValueError for a window that is empty, before 1970 or after 9998, and for a picture without a panel.
    """

    title: str
    start: int
    end: int
    panels: tuple[Panel, ...]
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    events: tuple[int, ...] = ()
    titled: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= LATEST:
            raise ValueError(f"picture {self.title!r}: no window from {self.start} to {self.end}")
        if not self.panels:
            raise ValueError(f"picture {self.title!r}: no panel")


def events(picture: Picture) -> list[int]:
    """The events within the window."""
    return [at for at in picture.events if picture.start <= at <= picture.end]

"""What goes to the processes that draw, and what comes back.

Jobs lie pickled in one file in memory that all of them share, one lot after the other. A token of `TOKEN` bytes says
where a lot lies; it goes through a socket from which each takes the next one as soon as it is free. An answer is a
pickle small enough to go through a pipe whole: how many lots are on disk, and what kept others from it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collector.chart.figure import Figure
    from collector.chart.picture import Picture

WIDTH, HEIGHT = 720, 230
"""CSS pixels of every chart."""

TOKEN = struct.Struct("qq")
"""Where the pickle of a lot begins, and of how many bytes it is."""


class Job(NamedTuple):
    """A picture, and the files that its light and dark drawing go to."""

    picture: Picture | Figure
    light: str
    dark: str


class Answer(NamedTuple):
    """How many lots were done with, and what stopped the first of them that could not be written."""

    lots: int
    fault: OSError | None = None

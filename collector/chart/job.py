"""What goes to a process that draws."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import IO, NamedTuple

from collector.chart.picture import Picture


class Job(NamedTuple):
    """A picture, and the files that its light and dark drawing go to."""

    picture: Picture
    light: Path
    dark: Path


def send(end: IO[bytes], value: object) -> None:
    """Sends a value to the process at the other end of a pipe, at once."""
    pickle.dump(value, end, protocol=pickle.HIGHEST_PROTOCOL)
    end.flush()

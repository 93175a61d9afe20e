"""A process that draws: pickled jobs on standard input, after each an answer on standard output, until the input ends.

Only `collector.chart.workshop` starts it. Ctrl-C is left to the process that did: it ends its helpers.
"""

from __future__ import annotations

import pickle
import signal
import sys
from collections.abc import Sequence
from functools import cache

from collector import files
from collector.chart.job import Job, send
from collector.chart.painter import Painter

_painter = cache(Painter)


def main() -> None:
    """Answers None for jobs that were drawn, else what stopped it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            size, jobs = pickle.load(sys.stdin.buffer)  # noqa: S301 - from who started this process
        except EOFError:
            return
        fault: OSError | None = None
        try:
            draw(_painter(*size), jobs)
        except OSError as error:
            fault = error
        send(sys.stdout.buffer, fault)


def draw(painter: Painter, jobs: Sequence[Job]) -> None:
    """Draws each picture into files aside; `files.settle` puts them in their places. Raises OSError."""
    for picture, light, dark in jobs:
        drawn = painter.draw(picture)
        files.aside(light, drawn.light)
        files.aside(dark, drawn.dark)


if __name__ == "__main__":
    main()

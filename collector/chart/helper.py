"""A process that draws: pickled jobs on standard input, after each an answer on standard output, until the input ends.

Only `collector.chart.workshop` starts it. Ctrl-C is left to the process that did: it ends its helpers.
"""

from __future__ import annotations

import pickle
import signal
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from collector import files
from collector.chart.job import Job, send
from collector.chart.painter import Painter

_painter = cache(Painter)


def main() -> None:
    """Answers None for jobs that were drawn, and for none of them once all that was drawn is on disk; else what stopped
    it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    drawn: list[Path] = []
    while True:
        try:
            size, jobs = pickle.load(sys.stdin.buffer)  # noqa: S301 - from who started this process
        except EOFError:
            return
        fault: OSError | None = None
        try:
            if jobs:
                draw(_painter(*size), jobs, drawn)
            else:
                files.sync_aside(drawn)
                drawn.clear()
        except OSError as error:
            fault = error
        send(sys.stdout.buffer, fault)


def draw(painter: Painter, jobs: Sequence[Job], drawn: list[Path]) -> None:
    """Draws each picture into files aside; `drawn` grows by them. Raises OSError."""
    for picture, light, dark in jobs:
        both = painter.draw(picture)
        files.aside(light, both.light)
        files.aside(dark, both.dark)
        drawn += (light, dark)


if __name__ == "__main__":
    main()

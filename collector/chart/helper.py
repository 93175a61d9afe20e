"""A process that draws: pickled jobs on standard input, after each an answer on standard output, until the input ends.

Only `collector.chart.workshop` starts it. Ctrl-C is left to the process that did: it ends its helpers.
"""

from __future__ import annotations

import pickle
import signal
import sys
from functools import cache

from collector.chart.painter import Painter
from collector.chart.workshop import draw, send

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


if __name__ == "__main__":
    main()

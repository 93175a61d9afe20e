"""How often the judge of backups is right about series whose faults are known, and what judging one takes.

usage: python -m tests.bench.judging

The series are made from a seed, see tests/judge/labelled: each kind says what a sensible operator would want. Prints
each case that was confused.
"""

from __future__ import annotations

import sys
import time

from tests.bench.figures import Figure, told
from tests.judge.labelled import score

BAR, MOST_MS = 0.97, 5.0


def measure() -> list[Figure]:
    """The figures of judging."""
    series = score.samples()
    begun = time.process_time()
    found = score.score(series)
    each = 1000 * (time.process_time() - begun) / len(series)
    print(score.table(found))
    right, alarms = found.right.total(), found.right.total() + found.false.total()
    faults = found.right.total() + found.missed.total()
    precision = f"{right} of {alarms} alarms are right, of {len(series)} labelled series of backups"
    return [
        Figure("judging_precision", found.precision, BAR, precision, least=True),
        Figure("judging_recall", found.recall, BAR, f"{right} of {faults} faults in them are told", least=True),
        Figure("judging_ms", each, MOST_MS, "ms of CPU to judge one of them"),
    ]


if __name__ == "__main__":
    sys.exit(told(measure()))

"""Gives every RRD of a Munin database a past, as it would have after so many days of updates every five minutes.

usage: munin_past.py DBDIR DAYS     (Debian's python3-rrdtool; run with the system's Python)

The RRDs are those that munin-update made: their data sources and archives are kept. One is filled and copied over the
others, for a year of updates of each would take longer than all the rest of the benchmark.
"""

import random
import shutil
import sys
import time
from itertools import islice
from pathlib import Path

import rrdtool

STEP, DAY = 300, 86400


def main() -> None:
    files = sorted(Path(sys.argv[1]).glob("*/*.rrd"))
    last = int(time.time()) // STEP * STEP - STEP
    first = last - int(sys.argv[2]) * DAY
    filled, size, chance = files[0].with_suffix(".past"), 5e8, random.Random(1)
    rrdtool.create(str(filled), "--template", str(files[0]), "--start", str(first - STEP))
    updates = (f"{at}:{(size := size * (1 + chance.uniform(-1e-5, 2e-5))):.0f}" for at in range(first, last, STEP))
    while batch := list(islice(updates, 1000)):
        rrdtool.update(str(filled), *batch)
    for file in files:
        shutil.copyfile(filled, file)  # its owner stays
    filled.unlink()


main()

"""CPU time of a chart in light and dark together, beside rrdtool's for one picture of the same series and size.

usage: .venv/bin/python tests/bench/chart.py     (the peer wants Debian's python3-rrdtool)

Exit status 1 if a bar is missed: both pictures at most half of rrdtool's time for one, at double density at most as
long, and no file over 8 kB. Both are measured in turn, five times, and the median counts: read the ratios.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from collector.chart.painter import Painter
from collector.chart.picture import Line, Panel, Picture

DAY, END, NIGHTS, CHARTS, ROUNDS = 86400, 1795459200, 365, 40, 5
WIDTH, HEIGHT = 720, 230
BARS = {1: 0.5, 2: 1.0}
LARGEST = 8000


def years() -> list[tuple[tuple[int, ...], tuple[float, ...]]]:
    """A year of nightly sizes for each chart, from kilobytes to gigabytes, growing unevenly."""
    chance = random.Random(1)
    times = tuple(END - (NIGHTS - 1 - night) * DAY for night in range(NIGHTS))
    series = []
    for chart in range(CHARTS):
        size = 10 ** (3 + chart * 7 / CHARTS)
        values = [size := size * (1 + chance.uniform(-0.001, 0.004)) for _ in times]
        series.append((times, tuple(values)))
    return series


def ours(painter: Painter, pictures: list[Picture]) -> tuple[float, int]:
    """Milliseconds a chart in both palettes, and the largest file in bytes."""
    start = time.process_time()
    drawn = [painter.draw(picture) for picture in pictures]
    spent = 1000 * (time.process_time() - start) / len(pictures)
    return spent, max(len(file) for pair in drawn for file in pair)


def peer(series: Path) -> tuple[float, float]:
    """Milliseconds a picture by rrdtool, and the mean size of a file in bytes."""
    script = Path(__file__).with_name("rrd_peer.py")
    with tempfile.TemporaryDirectory() as work:
        command = ["/usr/bin/python3", str(script), str(series), work, str(WIDTH), str(HEIGHT)]
        spent, size = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(spent), float(size)


def main() -> int:
    series = years()
    pictures = [Picture("size", END - NIGHTS * DAY, END, (Panel("bytes", (Line(*one),)),)) for one in series]
    painters = {density: Painter(WIDTH, HEIGHT, density) for density in BARS}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(series, file)
        file.flush()
        rounds = [(peer(Path(file.name)), {d: ours(p, pictures) for d, p in painters.items()}) for _ in range(ROUNDS)]
    theirs = statistics.median(spent for (spent, _), _ in rounds)
    print(f"rrdtool, one picture        {theirs:5.2f} ms  {rounds[0][0][1]:6.0f} bytes")
    met = True
    for density, bar in BARS.items():
        spent = statistics.median(drawn[density][0] for _, drawn in rounds)
        largest = rounds[0][1][density][1]
        met &= spent / theirs <= bar and largest <= LARGEST
        print(f"light and dark, density {density}  {spent:6.2f} ms  {largest:6} bytes at most", end="")
        print(f"  ratio {spent / theirs:.2f} (bar {bar})")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

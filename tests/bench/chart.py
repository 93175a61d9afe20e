"""CPU time of a chart in light and dark together, beside rrdtool's for one picture of the same series and size.

usage: python -m tests.bench.chart     (the peer wants Debian's python3-rrdtool)
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from collector.chart.painter import Painter
from collector.chart.picture import Line, Panel, Picture
from tests.bench.figures import Figure, both, ratio, told

DAY, END, NIGHTS, CHARTS, ROUNDS = 86400, 1795459200, 365, 40, 5
WIDTH, HEIGHT = 720, 230
BARS = {1: 0.5, 2: 1.0}


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


def ours(painter: Painter, pictures: list[Picture]) -> float:
    """Milliseconds a chart in both palettes."""
    start = time.process_time()
    for picture in pictures:
        painter.draw(picture)
    return 1000 * (time.process_time() - start) / len(pictures)


def peer(series: Path) -> float:
    """Milliseconds a picture by rrdtool."""
    script = Path(__file__).with_name("rrd_peer.py")
    with tempfile.TemporaryDirectory() as work:
        command = ["/usr/bin/python3", str(script), str(series), work, str(WIDTH), str(HEIGHT)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure() -> list[Figure]:
    """The figures of a chart."""
    series = years()
    pictures = [Picture("size", END - NIGHTS * DAY, END, (Panel("bytes", (Line(*one),)),)) for one in series]
    painters = {density: Painter(WIDTH, HEIGHT, density) for density in BARS}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(series, file)
        file.flush()
        rounds = [(peer(Path(file.name)), {d: ours(p, pictures) for d, p in painters.items()}) for _ in range(ROUNDS)]
    return [_figure(density, [(drawn[density], theirs) for theirs, drawn in rounds]) for density in BARS]


def _figure(density: int, rounds: list[tuple[float, float]]) -> Figure:
    name, dense = ("chart", "") if density == 1 else (f"chart_density_{density}", f" of {density} pixels to each")
    what = f"chart of a year in light and dark{dense}, beside one picture of rrdtool's: cpu {both(rounds, 'ms')}"
    return Figure(name, ratio(rounds), BARS[density], what)


if __name__ == "__main__":
    sys.exit(told(measure()))

"""CPU time of the peer: the same series drawn by rrdtool's own library, in a picture of the same size.

usage: rrd_peer.py SERIES.json WORKDIR WIDTH HEIGHT     (Debian's python3-rrdtool; run with the system's Python)

SERIES.json: a list of [times, values]. Prints milliseconds of CPU a picture.
"""

import json
import sys
import time
from pathlib import Path

import rrdtool

DAY = 86400


def main() -> None:
    series, work = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    for number, (times, values) in enumerate(series):
        fill(work / f"{number}.rrd", times, values)
    start = time.process_time()
    for number, (times, _) in enumerate(series):
        draw(work / f"{number}.rrd", work / f"{number}.png", times)
    print(1000 * (time.process_time() - start) / len(series))


def fill(rrd: Path, times: list[int], values: list[float]) -> None:
    first = str(times[0] - DAY)
    kept = ["DS:size:GAUGE:172800:0:U", "RRA:AVERAGE:0.5:1:800"]
    rrdtool.create(str(rrd), "--start", first, "--step", str(DAY), *kept)
    rrdtool.update(str(rrd), *(f"{at}:{value}" for at, value in zip(times, values, strict=True)))


def draw(rrd: Path, png: Path, times: list[int]) -> None:
    size = ["--full-size-mode", "-w", sys.argv[3], "-h", sys.argv[4]]
    window = ["--start", str(times[0]), "--end", str(times[-1])]
    lines = [f"DEF:s={rrd}:size:AVERAGE", "LINE2:s#1f77b4:size", "GPRINT:s:LAST:last %6.1lf", "GPRINT:s:MAX:max %6.1lf"]
    rrdtool.graph(str(png), *window, *size, "--vertical-label", "bytes", *lines)


main()

"""The Highstock options that env's scm-backup-monitor wrote for each node, as the pages of its time still read them.

The structure is the old one to the last key: `Highcharts.StockChart(options)` of Highstock 1.1.6. The values are not:
sizes are MiB and never multiplied, times are true (UTC in ms), `OK` counts items and not files.
Source: scm/monitor.py and scm/tgzplot.py of simoncblyth/env at 0fbcc2d91.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collector import files
from collector.days import day_of, midnight
from collector.model import AlmanacError
from collector.store.records import Series

MIB = 2**20
_MONTH = 30 * 86400
_LOOK = {"marker": {"enabled": True, "radius": 3}, "tooltip": {"valueDecimals": 2}}


class SeriesFileError(AlmanacError):
    """A series file can't be written; the sentence says which, why and how to mend it."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class NodeSizes:
    """The tarballs of one hub on one node.

    folder: the hub's backup folder on the node.   items: sizes in bytes by item (`svn/dybsvn`), by their stamps.
    select: the items that get a series of their own, empty = all.   zone: the hub's, in which a day begins.
    counted: since when every backup is told, so that they can be counted; before, only the extremes of each week are.
    """

    node: str
    folder: str
    items: Mapping[str, Series]
    select: tuple[str, ...]
    zone: ZoneInfo
    counted: int = 0


def render(sizes: NodeSizes, now: int) -> str:
    """The text of a node's file: the same bytes for the same sizes and `now` (UTC seconds, of the pass)."""
    written = datetime.fromtimestamp(now, sizes.zone).strftime("%Y-%m-%d %H:%M:%S")
    shown = [name for name in sorted(sizes.items) if not sizes.select or name in sizes.select]
    options = {
        "chart": {"renderTo": f"container_{sizes.node}"},
        "rangeSelector": {"selected": 1},
        "xAxis": {
            "min": str((now - _MONTH) * 1000),
            "max": str(now * 1000),
            "ordinal": False,
            "startOnTick": False,
            "endOnTick": False,
        },
        "yAxis": [
            {"title": {"text": "TGZ MB"}, "height": 200, "lineWidth": 2},
            {"title": {"text": "OK"}, "top": 300, "height": 100, "offset": 0, "lineWidth": 2},
        ],
        "title": {"text": f"{sizes.node} {sizes.folder.rstrip('/')}/ {written}"},
        "series": [_days(sizes), *(_item(name, sizes.items[name]) for name in shown)],
    }
    return json.dumps(options) + "\n"


def target(path: Path) -> Path:
    """The file that a path leads to. Raises SeriesFileError if its folder is not there: it is the web server's, so
    it is not made here."""
    found = path.resolve()
    if not found.parent.is_dir():
        raise SeriesFileError(f"{path}: there is no folder {found.parent}; make it, or correct series_file")
    return found


def write(path: Path, content: bytes) -> bool:
    """Puts the content at `path` in one step; False if just that is there already.

    Raises SeriesFileError, the old file untouched, if its folder can't be written or is not there.
    """
    found = target(path)
    try:
        return files.replace(found, content)
    except OSError as error:
        raise SeriesFileError(f"{path}: can't be written: {error.strerror}; see who owns {found.parent}") from error


def _item(name: str, series: Series) -> dict[str, Any]:
    points = [[time * 1000, value / MIB] for time, value in zip(series.times, series.values, strict=True)]
    return {"name": name, "data": points, **_LOOK}


def _days(sizes: NodeSizes) -> dict[str, Any]:
    """How many items have a tarball of each local day, `select` or not, at that day's midnight, where it is known."""
    items: defaultdict[date, set[str]] = defaultdict(set)
    for name, series in sizes.items.items():
        for stamp in series.since(sizes.counted).times:
            items[day_of(stamp, sizes.zone)].add(name)
    points = [[midnight(day, sizes.zone) * 1000, len(items[day])] for day in sorted(items)]
    return {"name": "OK", "data": points, "yAxis": 1, **_LOOK}

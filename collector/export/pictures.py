"""Which pictures a metric gets, over which windows, and what their files are called. Pure; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collector.chart.picture import Line, Panel, Picture
from collector.export.documents import Chart
from collector.export.slug import slug
from collector.store.records import MetricRecord, Series

WIDTH, HEIGHT = 720, 230
"""CSS pixels of every chart."""
DAY = 86400
MONTH, YEAR = 31 * DAY, 366 * DAY
DRAWN_UNITS = frozenset({"bytes", "ratio", "load", "celsius"})
"""Ages and counts say more as a number and a small chart than as a picture."""


def windows(series: Series, started: int, zone: ZoneInfo) -> Iterator[tuple[str, int, int]]:
    """Name, start and end (UTC seconds) of each window that a series fills: as long as its past, at most a year, and
    all of it beyond that. Windows end with the local day of the pass, so that all charts of a night share an axis."""
    end = _midnight_after(started, zone)
    past = end - series.times[0] if series.times else 0
    yield ("month", end - MONTH, end) if past <= MONTH else ("year", end - YEAR, end)
    if past > YEAR:
        yield "all", _midnight_after(series.times[0] - DAY, zone), end


def is_drawn(metric: MetricRecord) -> bool:
    """Whether a metric gets pictures: more than one value, and not the same one for ever (the size of a disk)."""
    return metric.unit in DRAWN_UNITS and len(metric.series.times) > 1 and len(set(metric.series.values)) > 1


def picture(title: str, metric: MetricRecord, window: tuple[int, int], zone: ZoneInfo) -> Picture:
    """One metric over one window."""
    shown = metric.series.since(window[0])
    return Picture(title, *window, (Panel(metric.unit, (Line(shown.times, shown.values),)),), zone)


def stack(title: str, items: Mapping[str, Series], window: tuple[int, int], zone: ZoneInfo, counted: int) -> Picture:
    """The picture behind a `stockchart`: sizes of several items above, the number of items a day below, from the time
    `counted` on."""
    lines = tuple(Line(of.times, of.values, name) for name, of in sorted(items.items()))
    days: dict[int, set[str]] = {}
    for name, of in items.items():
        for time in of.since(counted).times:
            days.setdefault(_midnight_after(time - DAY, zone), set()).add(name)
    counts = Line(tuple(sorted(days)), tuple(float(len(days[day])) for day in sorted(days)), "OK")
    return Picture(title, *window, (Panel("bytes", lines, share=2), Panel("count", (counts,), name="OK")), zone)


def chart(name: str, window: str, digest: str, alt: str) -> Chart:
    """The document of a picture: `name` is a path without suffix, below charts/."""
    stem = f"charts/{name}.{window}.{digest[:16]}"
    return Chart(window, f"{stem}.light.png", f"{stem}.dark.png", WIDTH, HEIGHT, alt)


def stem(node: str, *words: str) -> str:
    """Where the pictures of a node's subject and metric lie below charts/, without suffix."""
    return f"{slug(node)}/{slug(':'.join(words))}"


def _midnight_after(time: int, zone: ZoneInfo) -> int:
    day = datetime.fromtimestamp(time, zone).date() + timedelta(days=1)
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())

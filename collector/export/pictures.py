"""Which pictures a metric gets, over which windows, and what their files are called. Pure; nothing is drawn here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from collector.chart import curve
from collector.chart.job import HEIGHT, WIDTH
from collector.chart.picture import Line, Panel, Picture, Threshold
from collector.chart.timeaxis import day
from collector.chart.words import change
from collector.days import day_of, midnight
from collector.export.readings import Chart
from collector.export.slug import slug
from collector.judge import case as judge
from collector.model import Level
from collector.store.past import WHOLE
from collector.store.records import MetricRecord, Series

DAY = 86400
YEAR = 366 * DAY
OFTEN = 6 * 3600
"""Where passes are promised every so many seconds or oftener, there is a week to show."""
DRAWN_UNITS = frozenset({"bytes", "ratio", "load", "celsius"})
"""Ages and counts say more as a number and a small chart than as a picture."""
DRAWN = frozenset({("pass", "duration")})
"""But what is drawn all the same, by kind and metric."""
CAPACITIES = frozenset({("disk", "size"), ("host", "memory_total"), ("host", "swap_total")})
"""What is the same for ever, unless somebody builds something in: drawn only then."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time that is shown (UTC seconds), what its past is called and how many seconds before it lay."""

    name: str
    start: int
    end: int
    before: str = ""
    shift: int = 0


def windows(first: int, started: int, zone: ZoneInfo, every: int) -> Iterator[Window]:
    """The windows of a subject, the same every night; `first`: its first value. `all` is at least two years long.

    Windows end with the local day of the pass, so that all charts of a night share their axes.
    """
    end = _midnight_after(started, zone)
    if every <= OFTEN:
        yield Window("week", end - 7 * DAY, end, "the week before", 7 * DAY)
    yield Window("month", end - 31 * DAY, end, "the month before", 31 * DAY)
    yield year(started, zone)
    yield Window("all", max(min(_midnight_after(first - DAY, zone), end - 2 * YEAR), 0), end)


def year(started: int, zone: ZoneInfo) -> Window:
    """The year that ends with the local day of the pass."""
    end = _midnight_after(started, zone)
    return Window("year", end - YEAR, end, "a year before", 365 * DAY)


def is_drawn(subject: str, metric: MetricRecord) -> bool:
    """Whether a metric of a subject gets pictures."""
    what = subject.partition(":")[0], metric.name
    constant = what in CAPACITIES and len(set(metric.series.values)) == 1
    return (metric.unit in DRAWN_UNITS or what in DRAWN) and not constant


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn of a metric in each of its windows: its series, where it begins to be amiss, what happened."""

    title: str
    metric: MetricRecord
    thresholds: tuple[Threshold, ...] = ()
    events: tuple[int, ...] = ()


def shown(title: str, metric: MetricRecord, thresholds: Iterable[judge.Threshold], events: tuple[int, ...]) -> Shown:
    """What is drawn of a subject's metric."""
    return Shown(title, metric, tuple(map(threshold, thresholds)), events)


def threshold(judged: judge.Threshold) -> Threshold:
    """A threshold of the rules as it is drawn."""
    level: Literal["warning", "critical"] = "critical" if judged.level == Level.CRITICAL else "warning"
    return Threshold(judged.value, level, "below" if judged.below else "above")


def of_windows(shown: Shown, windows: Sequence[Window], zone: ZoneInfo) -> Iterator[Picture]:
    """A metric over windows that end together, the same period before each as a pale line. What happened is told of
    windows up to a year: of longer ones not all is known."""
    series = shown.metric.series
    said = note(series, shown.metric.unit, windows[0].end, zone)
    gaps = curve.gaps(np.asarray(series.times, dtype=np.float64), _coarse_until(series)).tolist()
    return (_picture(shown, window, zone, tuple(_lines(series, gaps, window)), said) for window in windows)


def _picture(shown: Shown, window: Window, zone: ZoneInfo, lines: tuple[Line, ...], said: str) -> Picture:
    panel = Panel(shown.metric.unit, lines, thresholds=shown.thresholds, note=said)
    events = () if window.name == "all" else tuple(at for at in shown.events if window.start <= at <= window.end)
    return Picture(shown.title, window.start, window.end, (panel,), zone, events)


def _coarse_until(series: Series) -> int:
    """Up to when (UTC seconds) a series is told by the extremes of each week."""
    return series.times[-1] - WHOLE


def _lines(series: Series, gaps: Sequence[int], window: Window) -> Iterator[Line]:
    """What was recorded in a window, and in the same period before, moved into it, if anything was. gaps: the places of
    the series that a gap follows."""
    coarse, shift = _coarse_until(series), window.shift
    part = _part(series, window.start, window.end)
    yield Line(*_points(series, part), coarse_until=coarse, gaps=_within(gaps, part))
    if shift and (part := _part(series, window.start - shift, window.end - shift)):
        yield Line(*_points(series, part), window.before, "pale", coarse + shift, shift, _within(gaps, part))


def _part(series: Series, start: int, end: int) -> range:
    """The places of what was recorded from one time to another."""
    first = bisect_left(series.times, start)
    return range(first, bisect_right(series.times, end, first))


def _points(series: Series, part: range) -> tuple[Sequence[int], Sequence[float]]:
    return series.times[part.start : part.stop], series.values[part.start : part.stop]


def _within(gaps: Sequence[int], part: range) -> tuple[int, ...]:
    """The gaps between two points of a part, by their places in that."""
    known = gaps[bisect_left(gaps, part.start) : bisect_left(gaps, part.stop - 1)]
    return tuple(place - part.start for place in known)


def note(series: Series, unit: str, end: int, zone: ZoneInfo) -> str:
    """The change of the last value against the one before it: `+7 MB (+0.4 %) since 23 Nov`. A last value that is not
    of the last day of the window says its own."""
    last, fresh = series.times[-1], series.times[-1] >= end - DAY
    if len(series.times) < 2:
        return f"first value, {_day(last, end, zone)}"
    before = series.times[-2]
    same_day = day(before, zone) == day(last, zone)
    since = datetime.fromtimestamp(before, zone).strftime("%H:%M") if same_day else _day(before, last, zone)
    said = f"{change(series.values[-2], series.values[-1], unit)} since {since}"
    return said if fresh else f"{_day(last, end, zone)}: {said}"


def _day(at: int, now: int, zone: ZoneInfo) -> str:
    """A date, with its year if that is not the same as of another time."""
    written = day(at, zone)
    year = written[-5:]
    return written.removesuffix(year) if day(now - 1, zone).endswith(year) else written


def stack(title: str, items: Mapping[str, Series], window: Window, zone: ZoneInfo, counted: int) -> Picture:
    """The picture behind a `stockchart`: sizes of several items above, the number of items a day below, from the time
    `counted` on."""
    lines = tuple(Line(of.times, of.values, name) for name, of in sorted(items.items()))
    days: dict[int, set[str]] = {}
    for name, of in items.items():
        for time in of.since(counted).times:
            days.setdefault(_midnight_after(time - DAY, zone), set()).add(name)
    counts = Line(tuple(sorted(days)), tuple(float(len(days[day])) for day in sorted(days)), "OK")
    return Picture(
        title, window.start, window.end, (Panel("bytes", lines, share=2), Panel("count", (counts,), name="OK")), zone
    )


def chart(name: str, window: str, digest: str, alt: str) -> Chart:
    """The document of a picture: `name` is a path without suffix, below charts/."""
    stem = f"charts/{name}.{window}.{digest[:16]}"
    return Chart(window, f"{stem}.light.png", f"{stem}.dark.png", WIDTH, HEIGHT, alt)


def stem(node: str, *words: str) -> str:
    """Where the pictures of a node's subject and metric lie below charts/, without suffix."""
    return f"{slug(node)}/{slug(':'.join(words))}"


def _midnight_after(time: int, zone: ZoneInfo) -> int:
    return midnight(day_of(time, zone) + timedelta(days=1), zone)

"""What a picture shows, in one sentence for those who do not see it. Pure."""

from __future__ import annotations

from collector.chart.amounts import MINUS, amount
from collector.chart.picture import Picture
from collector.chart.plot import Points, points
from collector.chart.timeaxis import day

_MOST_LINES = 8
_NO_CHANGE = 0.0005


def alt(picture: Picture) -> str:
    """Name, window, and of each main line the last value with its date, range, change and gaps.

    `svn/dybsvn, 24 Nov 2025 to 24 Nov 2026: 1.9 GB on 16 Nov 2026, lowest 1.2 GB, highest 1.9 GB, +58.3 %, 2 gaps.`
    """
    several = sum(line.role == "main" for panel in picture.panels for line in panel.lines) > 1
    told = [
        _of(line.name or panel.name, points(line, picture), panel.unit, picture)
        if several
        else _told(points(line, picture), panel.unit, picture)
        for panel in picture.panels
        for line in panel.lines
        if line.role == "main"
    ]
    left_out = f"; and {len(told) - _MOST_LINES} more" if len(told) > _MOST_LINES else ""
    window = f"{day(picture.start, picture.zone)} to {day(picture.end, picture.zone)}"
    return f"{picture.title}, {window}: {'; '.join(told[:_MOST_LINES]) or 'nothing recorded'}{left_out}."


def _of(name: str, shown: Points, unit: str, picture: Picture) -> str:
    """One of several lines, in short: with its date if that is not the last day of all."""
    if not len(shown.times):
        return f"{name} nothing recorded"
    fresh = day(int(shown.times[-1]), picture.zone) == day(picture.end, picture.zone)
    return f"{name} {amount(float(shown.values[-1]), unit) if fresh else _last(shown, unit, picture)}"


def _last(shown: Points, unit: str, picture: Picture) -> str:
    return f"{amount(float(shown.values[-1]), unit)} on {day(int(shown.times[-1]), picture.zone)}"


def _told(shown: Points, unit: str, picture: Picture) -> str:
    """The only line, in full."""
    if not len(shown.times):
        return "nothing recorded"
    words = [_last(shown, unit, picture)]
    lowest, highest = float(shown.values.min()), float(shown.values.max())
    if len(shown.times) > 1:
        words += [f"lowest {amount(lowest, unit)}", f"highest {amount(highest, unit)}"]
        words += _change(float(shown.values[0]), float(shown.values[-1]), unit)
    gaps = int(shown.stretch[-1])
    return ", ".join(words + ([f"{gaps} gap{'s' if gaps > 1 else ''}"] if gaps else []))


def _change(first: float, last: float, unit: str) -> list[str]:
    """The change from the first value to the last in percent, where that means something."""
    if first <= 0 or last < 0 or unit in ("ratio", "celsius"):
        return []
    share = last / first - 1
    if abs(share) < _NO_CHANGE:
        return ["unchanged"]
    return [f"{'+' if share > 0 else MINUS}{amount(abs(share), 'ratio')}"]

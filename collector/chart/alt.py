"""What a picture shows, in one sentence for those who do not see it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from collector.amounts import amount
from collector.chart import curve
from collector.chart.curve import Found, Recorded, gaps_of
from collector.chart.picture import Line, Panel, Picture, Threshold
from collector.chart.plot import near
from collector.chart.timeaxis import day
from collector.chart.words import threshold_word

_MOST_LINES = 8


def alt(picture: Picture, found: Found | None = None) -> str:
    """Name, window, and all that is drawn: the last value with its date and change, lowest and highest, thresholds,
    gaps, events, the period before.

    `svn/dybsvn size, 24 Nov 2025 to 24 Nov 2026: 1.9 GB on 24 Nov 2026, +7 MB (+0.4 %) since 23 Nov, lowest 1.2 GB on
    3 Dec 2025, highest 1.9 GB on 24 Nov 2026; 1 gap, 3 to 9 Mar 2026; 2 events; a year before: 0.9 GB to 1.2 GB.`
    found: what of the picture was recorded, if that is known already.
    """
    found = found or curve.found(picture)
    main = [
        _Main(panel, line, shown, lines)
        for panel, lines in zip(picture.panels, found, strict=True)
        for line, shown in zip(panel.lines, lines, strict=True)
        if line.role == "main"
    ]
    told = [_of(one, picture) for one in main] if len(main) > 1 else _whole(picture, main, found)
    left_out = f"; and {len(told) - _MOST_LINES} more" if len(main) > _MOST_LINES else ""
    shown = told[:_MOST_LINES] if len(main) > 1 else told
    window = f"{day(picture.start, picture.zone)} to {day(picture.end - 1, picture.zone)}"
    return f"{picture.title}, {window}: {'; '.join(shown) or 'nothing recorded'}{left_out}."


class _Main(NamedTuple):
    """A main line with its panel, what was recorded of it, and of all lines of the panel."""

    panel: Panel
    line: Line
    shown: Recorded
    lines: Sequence[Recorded]


def _of(one: _Main, picture: Picture) -> str:
    """One of several lines, in short: with its date if that is not the last day of all."""
    panel, shown, name = one.panel, one.shown, one.line.name or one.panel.name
    if not len(shown.times):
        return f"{name} nothing recorded"
    fresh = day(int(shown.times[-1]), picture.zone) == day(picture.end - 1, picture.zone)
    return f"{name} {amount(float(shown.values[-1]), panel.unit) if fresh else _at(shown, -1, panel.unit, picture)}"


def _whole(picture: Picture, main: Sequence[_Main], found: Found) -> list[str]:
    """The only line in full, and what is drawn beside it."""
    parts: list[str] = []
    for panel, line, shown, lines in main:
        parts += [_values(shown, panel, picture)] if len(shown.times) else ["nothing recorded"]
        bounds = near(panel, lines).thresholds if panel.thresholds and len(shown.times) else ()
        parts += [_passed(bound, shown, panel.unit, picture) for bound in bounds]
        parts += _gaps(shown, line, picture)
    events = sum(picture.start <= at <= picture.end for at in picture.events)
    parts += [f"{events} event{'s' if events > 1 else ''}"] if events else []
    return [*parts, *_pale(picture, found)]


def _at(shown: Recorded, place: int, unit: str, picture: Picture) -> str:
    return f"{amount(float(shown.values[place]), unit)} on {day(int(shown.times[place]), picture.zone)}"


def _values(shown: Recorded, panel: Panel, picture: Picture) -> str:
    words = [_at(shown, -1, panel.unit, picture), *([panel.note] if panel.note else [])]
    if len(shown.times) > 1:
        ends = ("lowest", int(shown.values.argmin())), ("highest", int(shown.values.argmax()))
        words += [f"{word} {_at(shown, place, panel.unit, picture)}" for word, place in ends]
    return ", ".join(words)


def _passed(bound: Threshold, shown: Recorded, unit: str, picture: Picture) -> str:
    """Whether a threshold is passed, and since when; else when it last was."""
    passed, word = bound.passed(shown.values), threshold_word(bound, unit)
    if not passed.any():
        return f"{word}, not reached"
    last = int(np.flatnonzero(passed)[-1])
    if last < len(passed) - 1:
        return f"{word}, last on {day(int(shown.times[last]), picture.zone)}"
    below = np.flatnonzero(~passed)
    first = int(below[-1]) + 1 if len(below) else 0
    return f"{word}, since {day(int(shown.times[first]), picture.zone)}"


def _gaps(shown: Recorded, line: Line, picture: Picture) -> list[str]:
    """How many stretches of time nothing was recorded, and when the longest was."""
    edges = gaps_of(line, shown).tolist()
    if not edges:
        return []
    longest = max(edges, key=lambda place: shown.times[place + 1] - shown.times[place])
    span = " to ".join(day(int(shown.times[place]), picture.zone) for place in (longest, longest + 1))
    return [f"1 gap, {span}" if len(edges) == 1 else f"{len(edges)} gaps, the longest {span}"]


def _pale(picture: Picture, found: Found) -> Iterator[str]:
    """What the main line is compared with."""
    for panel, lines in zip(picture.panels, found, strict=True):
        for line, shown in zip(panel.lines, lines, strict=True):
            if line.role == "pale" and len(shown.times):
                ends = (amount(float(end), panel.unit) for end in (shown.values.min(), shown.values.max()))
                yield f"{line.name or 'before'}: {' to '.join(dict.fromkeys(ends))}"

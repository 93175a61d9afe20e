"""The values behind a chart as a calendar: a row a week, a column a weekday, the newest week first.

In Python, not in a template, since a page of a subject has hundreds of its cells.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from sphinxext.almanac.format import all_precise, day
from sphinxext.almanac.markup import element

YEAR = 366
"""So many days are told of: those of the chart of a year."""
KEPT, ROWS = 256, 8
"""So many heads of weeks are kept, and tables without their values."""
_HEAD = element('<th scope="row"><time datetime="%s">%s</time></th>')
_DAY, _OUTSIDE, _GAP = "<td>%s</td>", "<td></td>", "–"


@lru_cache(4)
def midnights(now: str, zone: str, days: int = YEAR) -> list[int]:
    """When each of the last days in a zone began, oldest first, and when the last one ends: UTC seconds."""
    last = _day_of(now, zone)
    dates = [last + timedelta(days=shift) for shift in range(1 - days, 2)]
    return [int(datetime(one.year, one.month, one.day, tzinfo=ZoneInfo(zone)).timestamp()) for one in dates]


def daily(times: Sequence[int], values: Sequence[float], edges: Sequence[int]) -> list[float | None]:
    """The last value of each day between two of the edges, None where there is none; `times` ascend."""
    ends = [bisect_left(times, edge) for edge in edges]
    return [values[end - 1] if end > start else None for start, end in pairwise(ends)]


def weeks(values: Sequence[float | None], unit: str, now: str, zone: str) -> Markup:
    """The rows of consecutive days, oldest first, of which the last is the local day of `now`.

    A dash is a day on which nothing was recorded; days before the first value and after the last are empty.
    """
    known = next((place for place, value in enumerate(values) if value is not None), len(values))
    days = _texts(values[known:], escape(unit))
    mondays = range(len(days) - 1 - _day_of(now, zone).weekday(), -7, -7)
    newest_first = chain.from_iterable(days[max(0, at) : at + 7] for at in mondays)
    return Markup(_rows(len(days), now, zone) % tuple(newest_first))  # noqa: S704 - made here


def _texts(values: Sequence[float | None], unit: Markup) -> list[str]:
    """What stands in the cells: of a number all but the unit is ours, so that none has to be escaped."""
    texts = iter(all_precise([value for value in values if value is not None], unit))
    return [_GAP if value is None else next(texts) for value in values]


@lru_cache(ROWS)
def _rows(days: int, now: str, zone: str) -> str:
    """The rows of so many days that end with that of `now`, with a `%s` for each: the same on most pages."""
    last = _day_of(now, zone)
    first = last - timedelta(days=days - 1)
    cells = [*[_OUTSIDE] * first.weekday(), *[_DAY] * days, *[_OUTSIDE] * (6 - last.weekday())]
    monday = first - timedelta(days=first.weekday())
    rows = [_week(monday + timedelta(days=at), cells[at : at + 7], now, zone) for at in range(0, len(cells), 7)]
    return "".join(rows[::-1])


def _week(monday: date, cells: list[str], now: str, zone: str) -> str:
    return f"<tr>{_head(monday, now, zone)}{''.join(cells)}</tr>"


@lru_cache(KEPT)
def _head(monday: date, now: str, zone: str) -> Markup:
    """The same down the calendars of all pages."""
    noon = datetime(monday.year, monday.month, monday.day, 12, tzinfo=ZoneInfo(zone))
    return _HEAD(monday.isoformat(), day(noon.isoformat(), zone, now))


def _day_of(now: str, zone: str) -> date:
    return datetime.fromisoformat(now).astimezone(ZoneInfo(zone)).date()

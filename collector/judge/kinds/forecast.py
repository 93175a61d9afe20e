"""`rule = "forecast"`: a number will reach `limit` at its present rate, most likely within so many days."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config import Quantity
from collector.judge.case import DAY
from collector.judge.forecast import Forecast, forecast
from collector.judge.look import Found, Look
from collector.model import Level
from collector.store.records import Series
from collector.wording import amount, between

EARLIEST = 60
"""Nights that are looked back on to find since when it is foreseen."""


def judged(look: Look) -> Iterator[Found]:
    """A limit that will be met, or is."""
    rule, subject = look.rule, look.watched
    value = look.case.value(subject, rule.metric)
    if value is None or rule.limit is None:
        return
    series, limit = subject.metrics[rule.metric].series, rule.limit.value
    if value >= limit:
        since = look.case.since(subject, rule.metric, lambda number: number >= limit)
        text = f"{rule.metric} is {look.amount(value)}, at its limit of {look.amount(limit)}"
        yield Found(Level.CRITICAL, f"{text}{look.lasting(since)}.", since, subject.name)
    elif found := forecast(series, limit):
        level = _level(look, found, series.times[-1])
        if level > Level.OK:
            yield Found(level, _text(look, found, value), _since(look, series, limit), subject.name)


def _level(look: Look, found: Forecast, asked: int) -> Level:
    return next((level for level, limit in look.rule.limits if found.likely - asked < limit.value), Level.OK)


def _text(look: Look, found: Forecast, value: float) -> str:
    rule, limit = look.rule, look.rule.limit or Quantity(value)
    days = between(found.first, found.last, look.case.zone, look.case.asked(look.watched))
    what = rule.says or f"{rule.metric} will reach {look.amount(limit.value)}"
    left = look.amount(limit.value - value)
    if rule.metric == "used_ratio" and (free := look.case.value(look.watched, "free")) is not None:
        left = amount(free, "bytes")
    return f"{what} {days} at the present rate of {look.amount(7 * found.rate)} a week; {left} left."


def _since(look: Look, series: Series, limit: float) -> int:
    """When the unbroken row of nights began on which it was foreseen."""
    since = end = len(series.times)
    for _ in range(EARLIEST):
        earlier = Series(series.times[:end], series.values[:end])
        found = forecast(earlier, limit) if end else None
        if found is None or _level(look, found, earlier.times[-1]) == Level.OK:
            break
        since, last = end, earlier.times[-1]
        while end and series.times[end - 1] > last - DAY // 2:
            end -= 1
    return series.times[since - 1]

"""`rule = "change"`: a number or a word is not as it was on the night before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from math import isnan

from collector.judge.look import Found, Look
from collector.model import Level
from collector.store.records import Series
from collector.wording import amount, moment


def judged(look: Look) -> Iterator[Found]:
    """What changed since the last value of an earlier day."""
    return _word(look) if look.rule.state else _number(look)


def _number(look: Look) -> Iterator[Found]:
    rule, subject = look.rule, look.watched
    now = look.case.value(subject, rule.metric)
    if now is None:
        return
    series = subject.metrics[rule.metric].series
    before = _before(look, series)
    if before is None:
        return
    time, then = before
    change = now - then
    if (rule.way == "up" and change < 0) or (rule.way == "down" and change > 0):
        return
    if (level := _level(look, change, then)) > Level.OK:
        unit = subject.metrics[rule.metric].unit
        share = f", {amount(change / abs(then), 'ratio')}" if then and unit != "ratio" else ""
        rose = "rose" if change > 0 else "fell"
        numbers = f"from {amount(then, unit)} to {amount(now, unit)}{share}"
        text = f"{rule.metric} {rose} {numbers}, since {moment(time, look.case.zone)}."
        yield Found(level, text, series.times[-1], subject.name)


def _level(look: Look, change: float, then: float) -> Level:
    """How bad a change is: against a share of what was before, or against an amount."""
    for level, limit in look.rule.limits:
        is_share = limit.unit == "ratio" and look.rule.unit != "ratio"
        most = limit.value * abs(then) if is_share else limit.value
        if change and abs(change) >= most:
            return level
    return Level.OK


def _before(look: Look, series: Series) -> tuple[int, float] | None:
    """The last number of an earlier day than that of the last one, with its time."""
    last = _day(look, series.times[-1])
    pairs = zip(reversed(series.times), reversed(series.values), strict=True)
    return next(((time, value) for time, value in pairs if _day(look, time) < last and not isnan(value)), None)


def _day(look: Look, time: int) -> date:
    return datetime.fromtimestamp(time, look.case.zone).date()


def _word(look: Look) -> Iterator[Found]:
    """A word that became another within the day of the last answer; what was never seen before has not changed."""
    subject, state = look.watched, look.case.state(look.watched, look.rule.state)
    if state is None or state.since <= subject.first_seen:
        return
    if _day(look, state.since) == _day(look, state.read):
        text = f"{look.rule.state} became {state.value} on {moment(state.since, look.case.zone)}."
        yield Found(look.rule.level, text, state.since, subject.name)

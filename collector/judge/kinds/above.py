"""`rule = "above"`: a number reaches a limit, and is over once it falls below `clear` again."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config import Rule
from collector.judge.look import Found, Look
from collector.model import Level
from collector.wording import amount


def judged(look: Look) -> Iterator[Found]:
    """A number that is too high."""
    return beyond(look, 1)


def beyond(look: Look, sign: int) -> Iterator[Found]:
    """A number beyond a limit: at or above it where `sign` is 1, below it where it is -1."""
    rule, subject = look.rule, look.watched
    value, divisor = look.case.value(subject, rule.metric), _divisor(look)
    if value is None or divisor is None:
        return
    values = [number / divisor for number in subject.metrics[rule.metric].series.values]
    worst = Level.OK
    first = None
    for place in range(len(values) - 1, -1, -1):
        level = level_at(rule, values[place], sign)
        if level == Level.OK and _is_clear(rule, values[place], sign):
            break
        worst = worst or level  # the latest limit that was passed tells how bad it is while it is not clear
        first = place if level > Level.OK else first
    if first is None:
        return
    since = subject.metrics[rule.metric].series.times[first]
    yield Found(worst, _text(look, value / divisor, worst, sign, since), since, subject.name)


def _divisor(look: Look) -> float | None:
    """By what the number is divided; None where that is not known, or nothing."""
    if not look.rule.per:
        return 1.0
    return look.case.value(look.watched, look.rule.per) or None


def level_at(rule: Rule, value: float, sign: int) -> Level:
    """How bad a number is by itself. NaN is no number, and reaches nothing."""
    for level, limit in rule.limits:
        if value >= limit.value if sign > 0 else value < limit.value:
            return level
    return Level.OK


def _is_clear(rule: Rule, value: float, sign: int) -> bool:
    """Whether a number that reaches no limit has come back far enough. Where it is NaN nothing is known to be over."""
    if rule.clear is None:
        return True
    return value < rule.clear.value if sign > 0 else value >= rule.clear.value


def _text(look: Look, value: float, level: Level, sign: int, since: int) -> str:
    lasting = look.lasting(since)
    said = _said(look, value)
    if said is None:
        rule = look.rule
        what = f"{rule.metric} per {rule.per}" if rule.per else rule.metric
        limit = next((limit for of, limit in rule.limits if of == level), rule.limits[-1][1])
        bound = f"{look.limit(limit)} or more" if sign > 0 else f"below {look.limit(limit)}"
        if rule.clear is not None and level_at(rule, value, sign) == Level.OK:
            bound = f"it was {bound}, and is over {'below' if sign > 0 else 'from'} {look.limit(rule.clear)}"
        said = f"{what} is {look.amount(value)} ({bound})"
    return f"{said}{lasting}."


def _said(look: Look, value: float) -> str | None:
    """The rule's own sentence, as far as the numbers in it are known."""
    metrics = look.watched.metrics
    known = {name: look.case.value(look.watched, name) for name in metrics}
    told = {name: amount(number, metrics[name].unit) for name, number in known.items() if number is not None}
    said = [part for part in look.rule.says.split("; ") if part]
    parts = [part.format(value=look.amount(value), **told) for part in said if _is_told(part, told)]
    return "; ".join(parts) or None


def _is_told(part: str, told: dict[str, str]) -> bool:
    try:
        return bool(part.format(value="", **told))
    except KeyError:
        return False

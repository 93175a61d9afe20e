"""`rule = "age"`: a number is old; of backups its time is that of the tarball."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.look import Found, Look
from collector.wording import moment, span


def judged(look: Look) -> Iterator[Found]:
    """Nothing new came for too long, as of when the subject was last asked for."""
    case, rule, subject = look.case, look.rule, look.watched
    if rule.metric not in subject.metrics:
        return
    newest = subject.metrics[rule.metric].series.times[-1]
    age = case.asked(subject) - newest
    for level, limit in rule.limits:
        if age >= limit.value:
            last = moment(newest, case.zone)
            text = f"The last {rule.metric} is {span(age)} old, of {last} ({look.limit(limit)} or more)."
            oldest = min(limit.value for _, limit in rule.limits)
            yield Found(level, text, int(newest + oldest), subject.name)
            return

"""Backups that hold nothing, shrank or grew beyond what the ones before let expect, or no longer grow or change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log

from collector.judge.case import DAY, Case
from collector.judge.course import QUIET, SMALL, Course, course
from collector.judge.falls import falls_often
from collector.judge.night import Night, Peers, nights, peers, places, sizes
from collector.judge.unrest import unrest
from collector.model import Level, Problem
from collector.store.records import Series, SubjectRecord
from collector.wording import size, span

PAST = 400 * DAY
"""What is older is compared with nothing: a year, and a month to see last year's end."""
VERY_SMALL = 0.6
"""Of what was usual: what is below has lost much."""
NOTHING = 64
"""Bytes: an archive without content is no larger: an empty tar.gz is of 45 and its name, a zip of 22."""
EVEN = 70
"""So many of the latest nights may be so much alike that nothing older has to be looked at."""
RECENT, TWICE, CLEARLY = 35, 2, 1.25
"""Days in which nothing may have been as large as what grew, or just once; it is larger than that by CLEARLY."""
OF_FULL = 10
"""Incremental backups go up and down, and a full one is many times them: what grew by less, and has been QUIET before,
is no first full one."""
SEEN_MONTHS = 62 * DAY
"""A past that shows what comes at the ends of a month and at its beginnings."""
SEEN_WEEKDAY = 2
"""Earlier nights of a weekday that show what comes on it."""
LEAST_CHANGES, GROWING = 30, 0.9
"""So many earlier changes show a series in use; where this part of them was growth, it always grew."""
STILL_NIGHTS, STILL_TIMES = 21, 3.0
"""It has stopped when it has been the same for so many nights, and so many times longer than ever before."""


def problems(case: Case, subject: SubjectRecord, series: Series) -> Iterator[Problem]:
    """The newest holds nothing, or is of another size than those before it, or of the same for too long."""
    recent = series.since(series.times[-1] - PAST)
    newest, stamp = series.values[-1], series.times[-1]
    if newest == 0:
        text = "The newest backup is empty, 0 B."
        yield Problem(case.record.node, subject.name, "empty", Level.CRITICAL, text, stamp)
    elif newest <= NOTHING:
        text = f"The newest backup has {newest:.0f} bytes; an archive that holds nothing is as large."
        level = Level.CRITICAL if max(recent.values) > NOTHING else Level.WARNING
        yield Problem(case.record.node, subject.name, "small", level, text, stamp)
    elif found := _unlike(case, recent) or _still(recent):
        rule, level, text, since = found
        yield Problem(case.record.node, subject.name, rule, level, text, since)


Finding = tuple[str, Level, str, int]
"""Rule, level, sentence, and since when."""


def _unlike(case: Case, series: Series) -> Finding | None:
    lately = sizes(series, case.zone, EVEN)
    if not lately or _is_even(lately):  # of most series no more has to be looked at
        return _from_nothing(series)
    found = nights(series, case.zone)
    earlier, tonight = found[:-1], found[-1]
    same = peers(earlier, tonight)
    followed = course((*same.nights, tonight))
    if followed is None or not followed.away:
        return None if followed else _from_nothing(series)
    if followed.ratio < 1:
        return None if falls_often(same.nights, followed.ratio) else _shrunk(followed, same, tonight)
    return None if _is_foreseen(earlier, tonight, followed) else _grown(followed, same, tonight)


def _is_even(lately: Sequence[float]) -> bool:
    """Whether the newest is so much like all of the last ten weeks that no rhythm can tell it from them."""
    return min(lately) >= SMALL * max(lately)


def _from_nothing(series: Series) -> Finding | None:
    """What is no longer empty, after nothing but empty backups."""
    before = series.values[-15:-1]
    if len(before) < 4 or any(before):
        return None
    text = f"Grew to {size(series.values[-1])}; the {len(before)} before were 0 B."
    return "grown", Level.WARNING, text, series.times[-1]


def _shrunk(followed: Course, same: Peers, tonight: Night) -> Finding:
    level = Level.CRITICAL if followed.ratio < VERY_SMALL else Level.WARNING
    text = f"Shrank to {size(tonight.size)}; {_usual(followed, same, tonight)}."
    return "shrunk", level, text, followed.away[0].time


def _grown(followed: Course, same: Peers, tonight: Night) -> Finding:
    text = f"Grew to {size(tonight.size)}; {_usual(followed, same, tonight)}."
    return "grown", Level.WARNING, text, followed.away[0].time


def _usual(followed: Course, same: Peers, tonight: Night) -> str:
    """`the 14 before were 154 MB`, `Sundays were 3.9 to 4.3 GB in the last 8 weeks`."""
    before = followed.before
    smallest, largest = size(min(night.size for night in before)), size(max(night.size for night in before))
    said = smallest if smallest == largest else f"{smallest} to {largest}"
    if not same.words:
        return f"the {len(before)} before were {said}"
    days = (tonight.date - before[0].date).days
    period = f"{round(days / 7)} weeks" if days < 120 else f"{round(days / 30.4)} months"
    return f"{same.words} were {said} in the last {period}"


def _is_foreseen(earlier: Sequence[Night], tonight: Night, followed: Course) -> bool:
    """Whether so large a backup has come before, or the past is too short to show what comes on such a night: the
    first full one after incremental ones is no surprise."""
    large = tonight.size / CLEARLY
    of_late = [night for night in earlier if (tonight.date - night.date).days <= RECENT and night not in followed.away]
    if sum(night.size >= large for night in of_late) >= TWICE:
        return True
    if any(
        place.has(night.date) and night.size >= large for place in places(tonight.date) for night in earlier[:-RECENT]
    ):
        return True
    if followed.ratio < OF_FULL and unrest([log(night.size) for night in earlier]) < QUIET:
        return False
    if sum(night.date.weekday() == tonight.date.weekday() for night in earlier) < SEEN_WEEKDAY:
        return True
    of_month = tonight.date.day == 1 or next(places(tonight.date)).words.startswith("last")
    return of_month and tonight.time - earlier[0].time < SEEN_MONTHS


def _still(series: Series) -> Finding | None:
    """A series that changed again and again and is the same since long."""
    values, last = series.values, len(series.values) - 1
    latest = next((place for place in range(last, 0, -1) if values[place] != values[place - 1]), 0)
    since, quiet = series.times[latest], series.times[-1] - series.times[latest]
    if quiet < STILL_NIGHTS * DAY:  # of most series no more has to be read
        return None
    starts = [0, *(place for place, (old, new) in enumerate(pairwise(values), 1) if old != new)]
    changes = len(starts) - 1
    if changes < LEAST_CHANGES:
        return None
    longest = max(series.times[later] - series.times[earlier] for earlier, later in pairwise(starts))
    if quiet < STILL_TIMES * longest:
        return None
    grew = sum(values[place] > values[place - 1] for place in starts[1:])
    did, done = ("grown", f"grew {grew}") if grew >= GROWING * changes else ("changed", f"changed {changes}")
    text = f"Has not {did} for {span(quiet)}, {size(values[-1])} each time;"
    text += f" in the {span(since - series.times[0])} before it {done} times."
    return "stopped growing", Level.WARNING, text, since

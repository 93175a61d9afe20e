"""How often a series of backups comes, by its own past, and when the next one is due. Pure; times are UTC seconds.

What comes on some weekdays only has long gaps after one of them, and what comes monthly has gaps of 28 to 31 days:
what is due is told by what came after backups of the same weekday, and by how far such gaps have strayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from collector.judge.case import DAY, HOUR
from collector.wording import span

SAME_RUN = 6 * HOUR
"""Stamps closer than this are one night's run made again by hand, not a rhythm, unless nearly all are so close."""
MOSTLY = 0.8
RECENT, OF_WEEKDAY = 45, 5
"""So many of the latest gaps tell the rhythm, and of those after the same weekday."""
LEAST = 3
"""Backups of a weekday that tell what comes after it."""
TIMES, TIMES_OF_FEW, FEW = 3, 2, 15
"""What gaps have so often strayed from what was due is usual here; where there are but a FEW of them, less often."""
SLACK, LONGEST_SLACK, PART = 6 * HOUR, 18 * HOUR, 1 / 12
"""After what is due: half a gap and SLACK, but not more than LONGEST_SLACK or PART of the gap, whichever is longer."""
VERY_LATE = 3.0
"""In gaps, with SLACK on top."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKING = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`due`: seconds after the newest at which the next is due. `late`, `very_late`: its age from which on it is so.
    `words`: how the earlier ones came, `every night`, `every Sunday`, `every 7 nights`."""

    due: float
    late: float
    very_late: float
    words: str


def rhythm(times: Sequence[int], zone: ZoneInfo) -> Rhythm:
    """The rhythm of backups of these times, ascending; daily where a single one tells none."""
    return _rhythm(tuple(times[-3 * RECENT :]), zone)


@lru_cache(maxsize=4096)
def _rhythm(times: tuple[int, ...], zone: ZoneInfo) -> Rhythm:
    """It is judged and told of by the same times, and copies of a backup have them too."""
    runs = _runs(times)[-RECENT - 1 :]
    gaps = [float(later - earlier) for earlier, later in pairwise(runs)]
    usual = median(gaps) if gaps else float(DAY)
    days = [datetime.fromtimestamp(time, zone).weekday() for time in runs]
    after = {day: max(usual, _after(day, days, gaps, usual)) for day in set(days)}
    wanted = [after[day] for day in days]
    strays = sorted(max(0.0, gap - one) for gap, one in zip(gaps, wanted, strict=False))
    often = TIMES if len(strays) > FEW else TIMES_OF_FEW
    stray = strays[-often] if len(strays) > often else 0.0
    slack = min(usual / 2 + SLACK, max(LONGEST_SLACK, usual * PART))
    due = wanted[-1]
    late = due + stray + slack
    return Rhythm(due, late, max(late, VERY_LATE * usual + SLACK), _words(usual, gaps, days))


def _runs(times: Sequence[int]) -> list[int]:
    """The times without those of runs made again."""
    gaps = [later - earlier for earlier, later in pairwise(times)]
    if sum(gap < SAME_RUN for gap in gaps) > MOSTLY * len(gaps):
        return list(times)
    return [*times[:1], *(time for time, gap in zip(times[1:], gaps, strict=True) if gap >= SAME_RUN)]


def _after(day: int, days: Sequence[int], gaps: Sequence[float], usual: float) -> float:
    """The usual gap after a backup of a weekday."""
    after = [gap for gap, other in zip(gaps, days, strict=False) if other == day][-OF_WEEKDAY:]
    return median(after) if len(after) >= LEAST else usual


def _words(usual: float, gaps: Sequence[float], days: Sequence[int]) -> str:
    seen = set(days)
    if round(usual / DAY) == 1:
        return "every working day" if seen <= WORKING and len(gaps) >= 2 * len(WORKING) else "every night"
    if round(usual / DAY) == 7 and len(seen) == 1 and len(gaps) >= LEAST:
        return f"every {WEEKDAYS[seen.pop()]}"
    if 28 * DAY <= usual < 31.5 * DAY:
        return "every month"
    return f"every {span(usual)}"

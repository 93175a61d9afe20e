"""Series with one fault at the last night, which somebody should be told of. What a sensible operator says stands first.

A step that somebody made on purpose tonight looks like a fault, and should be told once; it is labelled as one.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.judge.labelled import past
from tests.judge.labelled.past import Maker, Past
from tests.judge.labelled.sample import DAY, HOUR, Kind, Sample


def _changed(fault: str, make: Callable[[Maker], Past], least: float, most: float, nights: int = 1) -> Kind:
    """The last nights are such a part of what they were."""

    def kind(maker: Maker) -> Sample:
        points, part = make(maker), maker.random.uniform(least, most)
        ago = maker.random.randrange(1, nights + 1)
        points = [*points[:-ago], *((time, float(int(size * part))) for time, size in points[-ago:])]
        asked = points[-1][0] + maker.random.randrange(1, 9) * HOUR
        return Sample(f"{fault} {make.__name__}", points, fault, asked)

    return kind


def incremental_for_full(maker: Maker) -> Sample:
    """The night of a full backup brought one as small as any other: the full one was not made."""
    points = past.on_full(maker)
    points[-1] = points[-1][0], float(int(points[-2][1] * maker.random.uniform(0.9, 1.2)))
    return Sample("weekly full as small as an incremental", points, "shrunk", points[-1][0] + 5 * HOUR)


def month_end_for_full(maker: Maker) -> Sample:
    """So at the end of a month."""
    points = past.monthly(maker)
    points[-1] = points[-1][0], float(int(points[-2][1] * maker.random.uniform(0.9, 1.2)))
    return Sample("month-end full as small as an incremental", points, "shrunk", points[-1][0] + 5 * HOUR)


def empty(maker: Maker) -> Sample:
    """Nothing is in it."""
    points = maker.random.choice([past.growing, past.short, past.restless, past.weekly, past.gappy])(maker)
    points[-1] = points[-1][0], 0.0
    return Sample("empty", points, "empty", points[-1][0] + 5 * HOUR)


def hollow(maker: Maker) -> Sample:
    """An archive of nothing: 20 to 50 bytes, in a series long or short."""
    points = maker.random.choice([past.growing, past.short, past.restless, past.weekly, past.gappy])(maker)
    points[-1] = points[-1][0], float(maker.random.randrange(20, 51))
    return Sample("an archive of nothing", points, "small", points[-1][0] + 5 * HOUR)


def stopped(maker: Maker) -> Sample:
    """What changed on most nights has been the same to the byte for 30 to 70 nights: the same thing is copied again."""
    points, ago = past.growing(maker), maker.random.randrange(30, 71)
    while len(points) < ago + 60:
        points = past.growing(maker)
    points = [*points[:-ago], *((time, points[-ago][1]) for time, _ in points[-ago:])]
    return Sample("stopped growing", points, "stopped growing", points[-1][0] + 5 * HOUR)


def stopped_database(maker: Maker) -> Sample:
    """A dump that went up and down every night has been the same to the byte for 22 to 60: an old one is copied."""
    points, ago = past.database(maker), maker.random.randrange(23, 61)
    while len(points) < ago + 60:
        points = past.database(maker)
    points = [*points[:-ago], *((time, points[-ago][1]) for time, _ in points[-ago:])]
    return Sample("dump of a database stands still", points, "stopped growing", points[-1][0] + 5 * HOUR)


def stopped_weekly(maker: Maker) -> Sample:
    """What grew every week has been the same for ten to twenty."""
    maker.last, weeks = past.TONIGHT, maker.random.randrange(10, 21)
    days = maker.days(7 * 80)[6::7]
    points = past.zipped(maker, days, maker.growing(days, (0.5, 2.0), busy=0.95))
    points = [*points[:-weeks], *((time, points[-weeks][1]) for time, _ in points[-weeks:])]
    return Sample("stopped growing, weekly", points, "stopped growing", points[-1][0] + 5 * HOUR)


def fewer(maker: Maker) -> Sample:
    """Far fewer are kept than last night: their past is gone."""
    points, keep = past.growing(maker), maker.random.choice([8, 14, 30, 120])
    part, ago = maker.random.uniform(0.1, 0.65), maker.random.randrange(1, 4)
    asked = points[-1][0] + 5 * HOUR
    nights = range(len(points) - 1, -1, -1)
    counts = [(asked - back * DAY, float(int(keep * part) if back < ago else keep)) for back in nights]
    return Sample("count fallen", points, "count", asked, counts)


def _late(name: str, make: Callable[[Maker], Past], after: Callable[[Maker], float]) -> Kind:
    """No backup came for so many days."""

    def kind(maker: Maker) -> Sample:
        points = make(maker)
        return Sample(name, points, "late", points[-1][0] + int(after(maker) * DAY))

    return kind


def _until_monday(maker: Maker) -> float:
    """From the last night, a Thursday or Friday, to the day after the one that did not come."""
    return 4.2 if maker.last.weekday() == 4 else 2.2


LATE = (
    _late("late nightly", past.growing, lambda maker: maker.random.uniform(2.0, 9.0)),
    _late("late nightly, of weekly fulls", past.weekly, lambda maker: maker.random.uniform(2.0, 4.0)),
    _late("late weekly, by a day", past.each_week, lambda maker: maker.random.uniform(8.1, 13.0)),
    _late("late on a working day", past.working_days, _until_monday),
    _late("late monthly, by days", past.each_month, lambda maker: maker.random.uniform(35.0, 45.0)),
    _late("late gappy", past.gappy, lambda maker: maker.random.uniform(5.0, 9.0)),
    _late("late of three days a week", past.three_days, lambda maker: 4.3 if maker.last.weekday() == 4 else 3.3),
    _late("late of first Sundays, by days", past.first_sundays, lambda maker: maker.random.uniform(39.5, 50.0)),
    _late("late of two a day", past.twice, lambda maker: maker.random.uniform(1.6, 4.0)),
    _late("late of weekly since", past.slower_since, lambda maker: maker.random.uniform(9.0, 13.0)),
    _late("late without rhythm", past.by_changes, lambda maker: maker.random.uniform(25.0, 40.0)),
    _late("late restless", past.restless, lambda maker: maker.random.uniform(2.1, 6.0)),
)
KINDS: tuple[Kind, ...] = (
    _changed("shrunk", past.growing, 0.3, 0.75, nights=4),
    _changed("shrunk", past.database, 0.5, 0.75, nights=3),
    _changed("shrunk", past.commits, 0.5, 0.75),
    _changed("shrunk", past.on_full, 0.3, 0.7),
    _changed("shrunk", past.monthly, 0.3, 0.7),
    _changed("shrunk", past.seasonal, 0.4, 0.72),
    _changed("shrunk", past.gappy, 0.3, 0.75),
    _changed("shrunk", past.restless, 0.02, 0.06),
    _changed("shrunk", past.working_days, 0.4, 0.75),
    _changed("shrunk", past.each_week, 0.4, 0.75),
    _changed("shrunk", past.differential, 0.01, 0.02),
    _changed("shrunk", past.weekend_dips, 0.5, 0.72),
    _changed("shrunk", past.two_fulls, 0.3, 0.72),
    _changed("shrunk", past.moved_day, 0.02, 0.7),
    _changed("shrunk", past.week_and_month, 0.02, 0.1),
    _changed("shrunk", past.three_levels, 0.02, 0.6),
    _changed("shrunk", past.twice, 0.4, 0.75),
    _changed("shrunk", past.young, 0.3, 0.6),
    _changed("grown", past.weekend_dips, 2.2, 6.0),
    _changed("grown", past.restless, 15.0, 60.0),
    _changed("grown", past.each_week, 2.5, 8.0),
    _changed("grown", past.growing, 2.2, 8.0, nights=3),
    _changed("grown", past.database, 2.2, 8.0),
    _changed("grown", past.commits, 2.5, 8.0),
    _changed("grown", past.on_full, 2.5, 8.0),
    _changed("grown", past.gappy, 2.5, 8.0),
    incremental_for_full,
    month_end_for_full,
    empty,
    hollow,
    stopped,
    stopped_weekly,
    stopped_database,
    fewer,
    *LATE,
)

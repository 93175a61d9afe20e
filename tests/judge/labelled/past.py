"""Histories of backups as they really go, made from a seed: what a repository, a database or a folder leaves behind.

Each is a list of (UTC seconds, bytes), one a run, that ends with a sound backup of the night TONIGHT or the last
that its rhythm had before it. Nothing here knows what a judge looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import exp, pi, sin
from random import Random
from zoneinfo import ZoneInfo

Past = list[tuple[int, float]]

ZONE = ZoneInfo("Europe/Berlin")
TONIGHT = date(2026, 11, 24)
"""A Tuesday; each history ends up to three weeks before it, so that all weekdays are a last night."""


class Maker:
    """Makes one history. `last` is its last night, `hour` when its runs begin."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self.last = TONIGHT - timedelta(days=self.random.randrange(21))
        self.hour = self.random.choice([0, 1, 2, 3, 4, 22, 23])
        self.base = exp(self.random.uniform(14.5, 23.0))  # 2 MB to 10 GB

    def at(self, day: date) -> int:
        """When the run of a night began, a few minutes apart from the others."""
        minutes = self.hour * 60 + self.random.randrange(25)
        return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()) + minutes * 60

    def days(self, count: int, last: date | None = None) -> list[date]:
        """So many days up to the last night."""
        last = last or self.last
        return [last - timedelta(days=ago) for ago in range(count - 1, -1, -1)]

    def past(self, days: list[date], size: Callable[[date], float]) -> Past:
        """A run on each of these days."""
        return [(self.at(day), float(int(size(day)))) for day in days]

    def next(self, *wanted: int, last: bool = False) -> None:
        """Moves the last night to the latest one of these weekdays, or of such a day of the month."""
        while (self.last + timedelta(days=1)).day != 1 if last else self.last.weekday() not in wanted:
            self.last -= timedelta(days=1)

    # what sizes do

    def growing(self, days: list[date], yearly: tuple[float, float] = (0.03, 0.5), busy: float = 0.85) -> list[float]:
        """A repository: commits on most days, never smaller, on the others the same to the byte."""
        daily = self.random.uniform(*yearly) / 365
        size, sizes = self.base, []
        for _ in days:
            if self.random.random() < busy:
                size *= 1 + daily * self.random.expovariate(1.0) + 1e-6
            sizes.append(float(int(size)))
        return sizes

    def noisy(self, days: list[date], noise: float, drift: float = 0.1) -> list[float]:
        """A database dumped and packed: up and down by `noise` around a slow drift."""
        return [self.base * exp(drift * place / 365 + self.random.gauss(0, noise)) for place, _ in enumerate(days)]


def zipped(maker: Maker, days: list[date], sizes: list[float]) -> Past:
    return [(maker.at(day), float(int(size))) for day, size in zip(days, sizes, strict=True)]


def growing(maker: Maker) -> Past:
    """A repository that people commit to, backed up every night."""
    days = maker.days(maker.random.randrange(60, 400))
    return zipped(maker, days, maker.growing(days))


def database(maker: Maker) -> Past:
    """A database, packed: noise of 2 to 6 %."""
    days = maker.days(maker.random.randrange(60, 400))
    return zipped(maker, days, maker.noisy(days, maker.random.uniform(0.02, 0.06)))


def commits(maker: Maker) -> Past:
    """A repository into which somebody puts 10 to 60 % at once every month or two; it stays."""
    days = maker.days(maker.random.randrange(90, 400))
    sizes, jump = maker.growing(days), 1.0
    for place in range(len(sizes) - 12):
        if maker.random.random() < 1 / 45:
            jump *= 1 + maker.random.uniform(0.1, 0.6)
        sizes[place] *= jump
    return zipped(maker, days, [*sizes[:-12], *(size * jump for size in sizes[-12:])])


def weekly(maker: Maker) -> Past:
    """A full backup on one weekday, what changed since on the others: 1 to 12 % of it, and restless."""
    day = maker.random.choice([4, 5, 6])
    days = maker.days(maker.random.randrange(63, 300))
    share, grown = maker.random.uniform(0.01, 0.12), maker.growing(days)
    sizes = [
        size if one.weekday() == day else size * share * exp(maker.random.gauss(0, 0.35))
        for one, size in zip(days, grown, strict=True)
    ]
    return zipped(maker, days, sizes)


def on_full(maker: Maker) -> Past:
    """As `weekly`, ended on the night of a full backup."""
    full = weekly(maker)
    return full[: 1 + max(range(len(full) - 7, len(full)), key=lambda place: full[place][1])]


def monthly(maker: Maker) -> Past:
    """Incremental every night, full on the last night of a month, ended on such a night."""
    maker.next(last=True)
    days = maker.days(maker.random.randrange(160, 400))
    share, grown = maker.random.uniform(0.02, 0.2), maker.growing(days)
    return zipped(
        maker,
        days,
        [
            size if (one + timedelta(days=1)).day == 1 else size * share * exp(maker.random.gauss(0, 0.3))
            for one, size in zip(days, grown, strict=True)
        ],
    )


def seasonal(maker: Maker) -> Past:
    """What swells in term and shrinks in vacation, by 15 to 35 % over the year."""
    days, swing = maker.days(maker.random.randrange(200, 400)), maker.random.uniform(0.15, 0.35)
    sizes = maker.noisy(days, 0.015)
    phase = maker.random.uniform(0, 2 * pi)
    return zipped(
        maker, days, [size * exp(swing * sin(2 * pi * place / 365 + phase)) for place, size in enumerate(sizes)]
    )


def working_days(maker: Maker) -> Past:
    """Backed up Mondays to Fridays only, ended on a Friday or Thursday."""
    maker.next(3, 4)
    days = [day for day in maker.days(maker.random.randrange(60, 300)) if day.weekday() < 5]
    return zipped(maker, days, maker.growing(days))


def each_week(maker: Maker) -> Past:
    """One backup a week."""
    days = maker.days(7 * maker.random.randrange(10, 60))[6::7]
    return zipped(maker, days, maker.growing(days, (0.5, 2.0)))


def each_month(maker: Maker) -> Past:
    """One backup on the first of each month."""
    days = [day for day in maker.days(maker.random.randrange(240, 700)) if day.day == 1]
    return zipped(maker, days, maker.growing(days, (1.0, 6.0)))


def gappy(maker: Maker) -> Past:
    """A laptop or a bad line: one night in eight missing, and once some weeks."""
    days = maker.days(maker.random.randrange(120, 400))
    hole = maker.random.randrange(20, len(days) - 40)
    kept = [
        day
        for place, day in enumerate(days)
        if not (hole <= place < hole + 18) and (maker.random.random() > 0.125 or day == maker.last)
    ]
    return zipped(maker, kept, maker.growing(kept))


def restless(maker: Maker) -> Past:
    """Small things, a few kB, up and down by half."""
    maker.base = exp(maker.random.uniform(7.5, 11))  # 1.8 to 60 kB
    days = maker.days(maker.random.randrange(60, 300))
    return zipped(maker, days, maker.noisy(days, maker.random.uniform(0.25, 0.45)))


def rotating(maker: Maker) -> Past:
    """A log store: grows for a month by 40 to 70 % and is then cut back. Ended in the midst of it."""
    days, period = maker.days(maker.random.randrange(170, 300)), maker.random.randrange(26, 33)
    rise, start = maker.random.uniform(0.4, 0.7), maker.random.randrange(10, 20)
    sizes = maker.noisy(days, 0.01, 0.0)
    ago = range(len(days) - 1, -1, -1)
    return zipped(
        maker,
        days,
        [size * (1 + rise * ((start - back) % period) / period) for size, back in zip(sizes, ago, strict=True)],
    )


def short(maker: Maker) -> Past:
    """Backed up since a few nights."""
    days = maker.days(maker.random.randrange(1, 5))
    return zipped(maker, days, maker.noisy(days, 0.5))


def young(maker: Maker) -> Past:
    """A project in its first weeks: it grows by 2 to 6 % a night."""
    days, rate = maker.days(maker.random.randrange(8, 50)), maker.random.uniform(1.02, 1.06)
    maker.base /= 20
    sizes = [size * rate**place for place, size in enumerate(maker.noisy(days, 0.02))]
    return zipped(maker, days, sizes)


def differential(maker: Maker) -> Past:
    """Full on Sundays, on the other nights all that changed since: 4 % of it more each night. Ended anywhere."""
    days = maker.days(maker.random.randrange(63, 300))
    share = maker.random.uniform(0.02, 0.06)
    sizes = [
        size * (1 if day.weekday() == 6 else share * (day.weekday() + 1) * exp(maker.random.gauss(0, 0.25)))
        for day, size in zip(days, maker.growing(days), strict=True)
    ]
    return zipped(maker, days, sizes)


def weekend_dips(maker: Maker) -> Past:
    """A database of an office: a fifth to two fifths less on Saturdays and Sundays, with heavy tails of noise."""
    days, dip = maker.days(maker.random.randrange(63, 300)), maker.random.uniform(0.6, 0.8)
    sizes = [
        size
        * (dip if day.weekday() > 4 else 1)
        * (1 + 0.08 * maker.random.expovariate(1) * (maker.random.random() < 0.1))
        for day, size in zip(days, maker.noisy(days, 0.025), strict=True)
    ]
    return zipped(maker, days, sizes)


def two_fulls(maker: Maker) -> Past:
    """Full on Wednesdays and Sundays, ended on one of these."""
    maker.next(2, 6)
    days, share = maker.days(maker.random.randrange(63, 300)), maker.random.uniform(0.02, 0.1)
    sizes = [
        size * (1 if day.weekday() in (2, 6) else share * exp(maker.random.gauss(0, 0.3)))
        for day, size in zip(days, maker.growing(days), strict=True)
    ]
    return zipped(maker, days, sizes)


def moved_day(maker: Maker) -> Past:
    """Full on Sundays, and since six to ten weeks on Saturdays instead; ended on such a Saturday."""
    maker.next(5)
    days, share = maker.days(maker.random.randrange(120, 300)), maker.random.uniform(0.02, 0.1)
    since = maker.last - timedelta(weeks=maker.random.randrange(6, 11))
    sizes = [
        size * (1 if one.weekday() == (5 if one > since else 6) else share * exp(maker.random.gauss(0, 0.4)))
        for one, size in zip(days, maker.growing(days), strict=True)
    ]
    return zipped(maker, days, sizes)


def week_and_month(maker: Maker) -> Past:
    """Full on Sundays and on the first of each month, restless on all others; ended on a first that is no Sunday."""
    while maker.last.day != 1 or maker.last.weekday() == 6:
        maker.last -= timedelta(days=1)
    days, share = maker.days(maker.random.randrange(220, 400)), maker.random.uniform(0.01, 0.06)
    sizes = [
        size * (1 if one.weekday() == 6 or one.day == 1 else share * exp(maker.random.gauss(0, 0.5)))
        for one, size in zip(days, maker.growing(days), strict=True)
    ]
    return zipped(maker, days, sizes)


def three_levels(maker: Maker) -> Past:
    """Full on first Sundays, on the others what changed since, incremental in between; ended on a first Sunday."""
    while maker.last.weekday() != 6 or maker.last.day > 7:
        maker.last -= timedelta(days=1)
    days, of_week = maker.days(maker.random.randrange(180, 400)), maker.random.uniform(0.05, 0.12)
    share = maker.random.uniform(0.005, 0.03)

    def part(day: date) -> float:
        if day.weekday() != 6:
            return share * exp(maker.random.gauss(0, 0.5))
        return 1 if day.day <= 7 else of_week * ((day.day + 6) // 7) * exp(maker.random.gauss(0, 0.2))

    return zipped(maker, days, [size * part(day) for day, size in zip(days, maker.growing(days), strict=True)])


def three_days(maker: Maker) -> Past:
    """Backed up on Mondays, Wednesdays and Fridays, ended on any of these."""
    maker.next(0, 2, 4)
    days = [day for day in maker.days(maker.random.randrange(60, 300)) if day.weekday() in (0, 2, 4)]
    return zipped(maker, days, maker.growing(days))


def first_sundays(maker: Maker) -> Past:
    """One backup on the first Sunday of each month."""
    every = maker.days(maker.random.randrange(240, 700))
    days = [day for day in every if day.weekday() == 6 and day.day <= 7]
    return zipped(maker, days, maker.growing(days, (1.0, 6.0)))


def twice(maker: Maker) -> Past:
    """Every twelve hours."""
    points = growing(maker)
    return [point for time, size in points for point in ((time - 43200, size), (time, size))]


def slower_since(maker: Maker) -> Past:
    """Every night until five to nine weeks ago, every week since."""
    days, weeks = maker.days(maker.random.randrange(150, 300)), maker.random.randrange(5, 10)
    kept = [day for place, day in enumerate(days) if (back := len(days) - 1 - place) > 7 * weeks or back % 7 == 0]
    return zipped(maker, kept, maker.growing(kept))


def by_changes(maker: Maker) -> Past:
    """Backed up only where something changed: three to ten nights apart, without any rhythm."""
    days, day = [maker.last], maker.last
    for _ in range(maker.random.randrange(30, 80)):
        day -= timedelta(days=maker.random.randrange(3, 11))
        days.append(day)
    return zipped(maker, days[::-1], maker.growing(days))

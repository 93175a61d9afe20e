"""Series of which nobody should be told anything, though some look as if. What a sensible operator says stands first."""

from __future__ import annotations

from datetime import timedelta

from tests.judge.labelled import past
from tests.judge.labelled.past import Maker, Past
from tests.judge.labelled.sample import DAY, HOUR, Kind, Sample


def _soon(maker: Maker, points: Past) -> int:
    return points[-1][0] + maker.random.randrange(1, 9) * HOUR


def _sound(make: past.Callable[[Maker], Past]) -> Kind:
    def kind(maker: Maker) -> Sample:
        points = make(maker)
        return Sample(f"sound {make.__name__}", points, None, _soon(maker, points))

    return kind


def pruned(maker: Maker) -> Sample:
    """Pruned to 30 to 70 % ten nights or more ago, and so since: that has been told, and is how things are."""
    points, ago = past.growing(maker), maker.random.randrange(10, 50)
    part = maker.random.uniform(0.3, 0.7)
    points = [*points[:-ago], *((time, float(int(size * part))) for time, size in points[-ago:])]
    return Sample("pruned before", points, None, _soon(maker, points))


def moved(maker: Maker) -> Sample:
    """Taken in or moved out a large part ten nights or more ago."""
    points, ago = past.database(maker), maker.random.randrange(10, 50)
    part = maker.random.choice([0.25, 0.5, 2.5, 4.0])
    points = [*points[:-ago], *((time, float(int(size * part))) for time, size in points[-ago:])]
    return Sample("moved before", points, None, _soon(maker, points))


def committed(maker: Maker) -> Sample:
    """A legitimate commit of 25 to 45 % tonight: people do that."""
    points, part = past.growing(maker), maker.random.uniform(1.25, 1.45)
    points[-1] = points[-1][0], float(int(points[-1][1] * part))
    return Sample("large commit tonight", points, None, _soon(maker, points))


def packed(maker: Maker) -> Sample:
    """Packed better tonight, 5 to 15 % smaller: nothing that anybody would get up for."""
    points, part = past.growing(maker), maker.random.uniform(0.85, 0.95)
    points[-1] = points[-1][0], float(int(points[-1][1] * part))
    return Sample("a little smaller tonight", points, None, _soon(maker, points))


def holiday(maker: Maker) -> Sample:
    """Nobody committed for 7 to 16 nights: a holiday."""
    points, ago = past.growing(maker), maker.random.randrange(7, 17)
    points = [*points[:-ago], *((time, points[-ago][1]) for time, _ in points[-ago:])]
    return Sample("holiday without changes", points, None, _soon(maker, points))


def quiet(maker: Maker) -> Sample:
    """A repository that gets a commit every few weeks: that nothing comes for 40 nights is how it is."""
    days = maker.days(400)
    points = past.zipped(maker, days, maker.growing(days, busy=0.04))
    points = [*points[:-40], *((time, points[-40][1]) for time, _ in points[-40:])]
    return Sample("seldom changed", points, None, _soon(maker, points))


def first_full(maker: Maker) -> Sample:
    """Begun within the week: incremental backups, and tonight the first full one."""
    days, share = maker.days(maker.random.randrange(5, 8)), maker.random.uniform(0.02, 0.1)
    sizes = [maker.base * share * maker.random.uniform(0.7, 1.4) for _ in days[:-1]]
    points = past.zipped(maker, days, [*sizes, maker.base])
    return Sample("first full after incrementals", points, None, _soon(maker, points))


def month_full(maker: Maker) -> Sample:
    """The first full one of a month's end, in a series six weeks old at most."""
    maker.next(last=True)
    days, share = maker.days(maker.random.randrange(9, 29)), maker.random.uniform(0.05, 0.2)
    sizes = [maker.base * share * maker.random.uniform(0.7, 1.4) for _ in days[:-1]]
    points = past.zipped(maker, days, [*sizes, maker.base])
    return Sample("first month-end full", points, None, _soon(maker, points))


def full_a_day_late(maker: Maker) -> Sample:
    """The weekly full one ran a night later: it is there."""
    points = past.on_full(maker)
    incremental, full = points[-2][1], points[-1][1]
    points[-1] = points[-1][0], incremental
    points.append((points[-1][0] + DAY, full))
    return Sample("weekly full a night late", points, None, _soon(maker, points))


def cut_back(maker: Maker) -> Sample:
    """Rotated tonight, as every month: it falls by a third or so and has done so before."""
    points = past.rotating(maker)
    falls = [place for place in range(1, len(points)) if points[place][1] < 0.85 * points[place - 1][1]]
    points = points[: falls[-1] + 1]
    return Sample("rotated tonight", points, None, _soon(maker, points))


def clocks(maker: Maker) -> Sample:
    """The hub now lives in another time zone: its nights are 6 to 9 hours later since a few days."""
    points, shift = past.growing(maker), maker.random.randrange(6, 10) * HOUR
    ago = maker.random.randrange(1, 5)
    points = [*points[:-ago], *((time + shift, size) for time, size in points[-ago:])]
    return Sample("time zone changed", points, None, _soon(maker, points))


def on_its_way(maker: Maker) -> Sample:
    """Asked before tonight's has arrived: a night is not late while it may be on its way."""
    points = past.growing(maker)
    return Sample("tonight's on its way", points, None, points[-1][0] + DAY + maker.random.randrange(1, 12) * HOUR)


def weekend(maker: Maker) -> Sample:
    """Backed up on working days, asked on Sunday or Monday morning: nothing is due."""
    points = past.working_days(maker)
    days = {4: maker.random.choice([2, 3]), 3: 1}[maker.last.weekday()]
    return Sample("weekend", points, None, points[-1][0] + days * DAY + 4 * HOUR)


def within_week(maker: Maker) -> Sample:
    """Backed up weekly, asked in between, or on the day itself."""
    points = past.each_week(maker)
    return Sample("between weekly ones", points, None, points[-1][0] + maker.random.randrange(1, 8) * DAY + 3 * HOUR)


def within_month(maker: Maker) -> Sample:
    """Backed up monthly, asked in between, or on the day after it was due in the shortest month."""
    points = past.each_month(maker)
    return Sample("between monthly ones", points, None, points[-1][0] + maker.random.randrange(1, 31) * DAY + 3 * HOUR)


def missed_before(maker: Maker) -> Sample:
    """A laptop that was away for two nights as it often is."""
    points = past.gappy(maker)
    return Sample("two nights away, often so", points, None, points[-1][0] + 2 * DAY + 3 * HOUR)


def recovered(maker: Maker) -> Sample:
    """Was shrunk or empty some nights ago and is whole again."""
    points, ago = past.database(maker), maker.random.randrange(2, 8)
    for place in range(len(points) - ago, len(points) - 1):
        points[place] = points[place][0], float(int(points[place][1] * maker.random.choice([0.0, 0.1, 0.5])))
    return Sample("whole again", points, None, _soon(maker, points))


def _counted(maker: Maker, kind: str, count: past.Callable[[int], float], fault: str | None = None) -> Sample:
    points = past.growing(maker)
    asked = _soon(maker, points)
    nights = range(len(points) - 1, -1, -1)
    counts = [(asked - ago * DAY, float(int(count(ago)))) for ago in nights]
    return Sample(kind, points, fault, asked, counts)


def count_kept(maker: Maker) -> Sample:
    """So many are kept, one fewer where a night was missed."""
    keep = maker.random.choice([4, 7, 14, 30, 120])
    return _counted(maker, "count kept", lambda _: keep - (maker.random.random() < 0.05))


def count_purged(maker: Maker) -> Sample:
    """A purge each week takes seven at once."""
    keep, day = maker.random.choice([7, 14, 30]), maker.random.randrange(7)
    return _counted(maker, "count purged weekly", lambda ago: keep + (day - ago) % 7)


def count_lowered(maker: Maker) -> Sample:
    """Somebody chose to keep fewer, some weeks ago."""
    keep, ago = maker.random.choice([30, 60, 365]), maker.random.randrange(10, 40)
    return _counted(maker, "count lowered before", lambda back: keep if back >= ago else keep // 3)


def incremental(maker: Maker) -> Sample:
    """An incremental night after full ones, also the one after the full one."""
    points = past.on_full(maker)
    more = maker.random.randrange(0, 6)
    points = (
        points[:-1] if not more else [*points, *((points[-1][0] + n * DAY, points[-8 + n][1]) for n in range(1, more))]
    )
    return Sample("incremental among fulls", points, None, _soon(maker, points))


def spikes(maker: Maker) -> Sample:
    """A packed database that has doubled for a night now and then, and was half as large: not tonight."""
    points = past.database(maker)
    for place in maker.random.sample(range(len(points) - 3), len(points) // 25):
        points[place] = points[place][0], float(int(points[place][1] * maker.random.choice([0.5, 2.0, 3.0])))
    return Sample("odd nights before", points, None, _soon(maker, points))


def made_again(maker: Maker) -> Sample:
    """The run broke off and was made again by hand: its remains lie before the whole one."""
    points = past.growing(maker)
    points.append((points[-1][0] + maker.random.randrange(1, 5) * HOUR, points[-1][1]))
    points[-2] = points[-2][0], float(int(points[-1][1] * maker.random.uniform(0.1, 0.9)))
    return Sample("made again by hand", points, None, _soon(maker, points))


def moved_full(maker: Maker) -> Sample:
    """The full one is made on another weekday since four to six weeks."""
    points, weeks = past.on_full(maker), maker.random.randrange(4, 7)
    turn, sizes = len(points) - 7 * weeks, [size for _, size in points]
    sizes = [*sizes[:turn], *sizes[turn + 3 :], *sizes[turn + 4 : turn + 7]]
    points = [(time, size) for (time, _), size in zip(points, sizes, strict=True)]
    return Sample("full on another weekday since", points, None, _soon(maker, points))


def seldom(maker: Maker) -> Sample:
    """Backed up when something changed, asked within the gaps that have come before."""
    points = past.by_changes(maker)
    return Sample("without rhythm", points, None, points[-1][0] + maker.random.randrange(1, 10) * DAY)


def next_first_sunday(maker: Maker) -> Sample:
    """Asked on the day before the first Sunday of the month, or on it."""
    points = past.first_sundays(maker)
    day = past.datetime.fromtimestamp(points[-1][0], past.ZONE).date() + timedelta(days=28)
    days = 28 if day.day <= 7 else 35
    return Sample(
        "between first Sundays", points, None, points[-1][0] + days * DAY - DAY + maker.random.randrange(30) * HOUR
    )


_PASTS = (
    past.growing,
    past.database,
    past.commits,
    past.weekly,
    past.on_full,
    past.monthly,
    past.seasonal,
    past.working_days,
    past.each_week,
    past.each_month,
    past.gappy,
    past.restless,
    past.rotating,
    past.short,
    past.young,
    past.differential,
    past.weekend_dips,
    past.two_fulls,
    past.moved_day,
    past.week_and_month,
    past.three_levels,
    past.three_days,
    past.first_sundays,
    past.twice,
    past.slower_since,
)
KINDS: tuple[Kind, ...] = (
    *map(_sound, _PASTS),
    pruned,
    moved,
    committed,
    packed,
    holiday,
    quiet,
    first_full,
    month_full,
    full_a_day_late,
    cut_back,
    clocks,
    on_its_way,
    weekend,
    within_week,
    within_month,
    missed_before,
    recovered,
    count_kept,
    count_purged,
    count_lowered,
    incremental,
    spikes,
    made_again,
    moved_full,
    seldom,
    next_first_sunday,
)

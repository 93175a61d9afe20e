"""What is said of sizes and counts: the sentence with its numbers, and for how long a step is told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.judge.labelled.sample import DAY, Sample, told

SUNDAY = datetime(2026, 11, 22, 2, tzinfo=ZoneInfo("Europe/Berlin"))


def nightly(sizes, last=SUNDAY):
    nights = [last - timedelta(days=ago) for ago in range(len(sizes) - 1, -1, -1)]
    return [(int(night.timestamp()), float(size)) for night, size in zip(nights, sizes, strict=True)]


def said(sizes, counts=()):
    past = nightly(sizes)
    asked = past[-1][0] + 3600
    kept = [
        (asked - ago * DAY, float(count)) for ago, count in zip(range(len(counts) - 1, -1, -1), counts, strict=True)
    ]
    return [(one.level.word, one.rule, one.text) for one in told(Sample("", past, None, asked, kept))]


FULLS = [4.2e9 if ago % 7 == 0 else 0.3e9 + ago * 1e6 for ago in range(70, -1, -1)]
GROWN = [1e9 + 1e6 * night for night in range(60)]
RESTLESS = [1e9 + 1e6 * (night * 7 % 5) for night in range(60)]
MOVED = [4e9 + (52 - ago) if ago % 7 == (1 if ago > 49 else 0) else 0.1e9 * (1 + ago % 3) for ago in range(140, -1, -1)]
"""Full once a week; since eight weeks a day later in the week."""


@pytest.mark.parametrize(
    ("sizes", "counts", "wanted"),
    [
        (FULLS, (), []),
        (
            [*FULLS[:-1], 1.2e9],
            (),
            [("critical", "shrunk", "Shrank to 1.2 GB; Sundays were 4.2 GB in the last 10 weeks.")],
        ),
        (
            [*GROWN, *[1.059e9] * 30],
            (),
            [("warning", "stopped growing", "Has not grown for 30 nights, 1.1 GB each time; in the 59 nights before it grew 59 times.")],
        ),
        (
            [*RESTLESS, *[1.002e9] * 30],
            (),
            [("warning", "stopped growing", "Has not changed for 29 nights, 1 GB each time; in the 60 nights before it changed 60 times.")],
        ),
        (
            [*MOVED[:-1], 1.9e9],
            (),
            [("critical", "shrunk", "Shrank to 1.9 GB; Sundays were 4 GB in the last 7 weeks.")],
        ),
        (
            [*GROWN[:-1], 45],
            (),
            [("critical", "small", "The newest backup has 45 bytes; an archive that holds nothing is as large.")],
        ),
        (
            [*GROWN[:8], 4e9],
            (),
            [("warning", "grown", "Grew to 4 GB; the 8 before were 1 GB.")],
        ),
        ([*GROWN[:6], 40e9], (), []),
        ([1e9, 1.3e9, 0.8e9, 1.1e9, 0.9e9, 4e9], (), []),
        (GROWN, [30] * 20 + [12], [("critical", "count", "Keeps 12 backups; on the 14 nights before there were 30.")]),
        (GROWN, [30] * 20 + [29], []),
        (GROWN, [0], []),
    ],
)  # fmt: skip
def test_a_sentence_names_what_it_was_compared_with(sizes, counts, wanted):
    found = said(sizes, counts)
    assert [one for one in found if one[1] != "none"] == wanted


def test_a_full_backup_of_each_month_is_missed_beside_those_of_each_week():
    first = datetime(2026, 12, 1, 2, tzinfo=SUNDAY.tzinfo)
    days = [first - timedelta(days=ago) for ago in range(240, -1, -1)]
    sizes = [4e9 if day.weekday() == 6 or day.day == 1 else 1e8 * (1 + day.toordinal() * 5 % 7) for day in days]
    for tonight, wanted in (
        (4e9, ()),
        (3e8, ("Shrank to 300 MB; first days of a month were 4 GB in the last 7 months.",)),
    ):
        past = nightly([*sizes[:-1], tonight], first)
        assert tuple(one.text for one in told(Sample("", past, None, past[-1][0] + 3600))) == wanted


@pytest.mark.parametrize("part", [0.5, 2.5])
def test_a_step_that_stays_is_told_for_seven_nights_and_then_is_how_things_are(part):
    rule = "shrunk" if part < 1 else "grown"
    rules = [
        [one for _, one, _ in said([*GROWN, *(1e9 * part + night for night in range(nights))])]
        for nights in range(1, 20)
    ]
    assert rules == [[rule]] * 7 + [[]] * 12


def test_a_series_of_a_few_nights_concludes_nothing():
    for nights in range(1, 5):
        assert said([1e9, 4e9, 2e8, 5e9][:nights]) == []

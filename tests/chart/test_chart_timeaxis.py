"""The time axis: ticks where the calendar of the zone has its borders."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.chart.picture import LATEST
from collector.chart.timeaxis import day, time_ticks

TAIPEI, BERLIN, BEIRUT = ZoneInfo("Asia/Taipei"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Beirut")
LETTERS = 68


def at(zone, *local):
    return int(datetime(*local, tzinfo=zone).timestamp())


def labels(start, end, zone, letters=LETTERS):
    return [tick.label for tick in time_ticks(start, end, zone, letters)]


MONTHS = ["Dec", "2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
LABELS = [
    ((2025, 11, 24), (2026, 11, 24), MONTHS),
    ((2026, 11, 23), (2026, 11, 23, 12), ["23 Nov", *(f"{hour:02}:00" for hour in range(2, 13, 2))]),
    ((2026, 11, 22, 2), (2026, 11, 24, 2), ["06:00", "12:00", "18:00", "23 Nov", "06:00", "12:00", "18:00", "24 Nov"]),
    (
        (2026, 10, 31, 12),
        (2026, 11, 5),
        ["12:00", "1 Nov", "12:00", "2 Nov", "12:00", "3 Nov", "12:00", "4 Nov", "12:00", "5 Nov"],
    ),
    (
        (2026, 11, 20, 1),
        (2026, 11, 29),
        ["21 Nov", "22 Nov", "23 Nov", "24 Nov", "25 Nov", "26 Nov", "27 Nov", "28 Nov", "29 Nov"],
    ),
    ((2026, 10, 25), (2026, 11, 24), ["26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov"]),
    ((2024, 11, 24), (2026, 11, 24), ["2025", "Apr", "Jul", "Oct", "2026", "Apr", "Jul", "Oct"]),
    ((2016, 11, 24), (2026, 11, 24), [str(year) for year in range(2017, 2027)]),
    ((1971, 1, 2), (2026, 11, 24), [str(year) for year in range(1975, 2026, 5)]),
]


@pytest.mark.parametrize(("start", "end", "wanted"), LABELS)
def test_ticks_follow_the_length_of_the_window(start, end, wanted):
    assert labels(at(TAIPEI, *start), at(TAIPEI, *end), TAIPEI) == wanted


def test_days_begin_at_local_midnight_across_both_changes_of_the_clock():
    for month, days in ((3, (28, 29, 30)), (10, (24, 25, 26))):
        ticks = time_ticks(at(BERLIN, 2026, month, days[0]), at(BERLIN, 2026, month, days[2], 1), BERLIN, 22)
        assert [tick.time for tick in ticks] == [at(BERLIN, 2026, month, date) for date in days]


def test_an_hour_that_summer_time_skips_has_no_tick_and_one_that_comes_twice_has_one():
    spring = labels(at(BERLIN, 2026, 3, 29, 0), at(BERLIN, 2026, 3, 29, 6), BERLIN)
    autumn = labels(at(BERLIN, 2026, 10, 25, 0), at(BERLIN, 2026, 10, 25, 6), BERLIN)
    assert spring == ["29 Mar", "01:00", "03:00", "04:00", "05:00", "06:00"]
    assert autumn == ["25 Oct", "01:00", "02:00", "03:00", "04:00", "05:00", "06:00"]


def test_a_day_without_midnight_begins_with_its_first_hour():
    """In Beirut 2026-03-29 begins at 01:00."""
    ticks = time_ticks(at(BEIRUT, 2026, 3, 28), at(BEIRUT, 2026, 3, 30), BEIRUT, 14)
    assert [tick.label for tick in ticks] == ["28 Mar", "29 Mar", "30 Mar"]
    assert ticks[1].time - ticks[0].time == 86400
    assert ticks[2].time - ticks[1].time == 82800


@given(
    st.integers(0, LATEST - 1),
    st.integers(1, 3 * 10**10),
    st.integers(1, 120),
    st.sampled_from([TAIPEI, BERLIN, BEIRUT]),
)
def test_any_window_has_a_few_ascending_ticks_within_it(start, length, letters, zone):
    end = min(start + length, LATEST)
    times = [tick.time for tick in time_ticks(start, end, zone, letters)]
    assert times
    assert times == sorted(set(times))
    assert start <= times[0] and times[-1] <= end
    assert len(times) <= max(letters, 12)


def test_days_are_named_in_the_zone_of_the_picture():
    assert day(at(TAIPEI, 2026, 11, 24, 2), TAIPEI) == "24 Nov 2026"
    assert day(at(TAIPEI, 2026, 11, 24, 2), BERLIN) == "23 Nov 2026"

"""When a rising number meets its limit: from known rates, with an interval, and silent where nobody could know."""

import math
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from collector.judge.forecast import forecast
from collector.store.records import Series
from collector.wording import between

DAY = 86400
START = 1_790_000_000


def daily(values):
    return Series(tuple(START + day * DAY for day in range(len(values))), tuple(values))


def rising(days, rate, noise, seed=1, base=0.5):
    random = Random(seed)
    return [base + rate * day + random.gauss(0, noise) for day in range(days)]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("rate", "noise"), [(0.005, 0.0), (0.005, 0.002), (0.002, 0.003)])
def test_the_day_lies_within_the_interval(rate, noise, seed):
    series = daily(rising(70, rate, noise, seed))
    found = forecast(series, 1.0)
    days = (1.0 - series.values[-1]) / rate
    assert found.first <= found.likely <= found.last
    assert found.first - 0.02 * days * DAY <= series.times[-1] + days * DAY <= found.last + 0.02 * days * DAY
    assert found.rate == pytest.approx(rate, rel=0.15)


def test_what_rises_in_steps_is_met_at_the_rate_of_all_of_them():
    random, value, values = Random(3), 0.2, []
    for _ in range(60):
        value += random.choice([0, 0, 0, 0.02])
        values.append(value)
    found = forecast(daily(values), 1.0)
    days = (1.0 - value) / 0.005
    assert found.first < START + (59 + days) * DAY < found.last


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([0.7] * 60, id="always the same"),
        pytest.param(rising(60, 0.0, 0.02), id="noise"),
        pytest.param(rising(60, 0.0003, 0.05), id="a rise within the noise"),
        pytest.param(rising(60, -0.004, 0.001, base=0.9), id="falling"),
        pytest.param(rising(12, 0.01, 0.0), id="too short"),
        pytest.param([0.5, 0.6], id="two values"),
        pytest.param([0.5 + 0.4 * (day % 7) / 7 for day in range(90)], id="cleared every week"),
        pytest.param([0.5 + 0.4 * (day % 29) / 29 for day in range(112)], id="cleared every month"),
        pytest.param([0.5 + 0.2 * math.sin(day / 9) for day in range(90)], id="up and down"),
        pytest.param(rising(60, 0.0001, 0.0), id="in many years"),
        pytest.param(rising(60, 0.01, 0.0, base=0.6), id="met already"),
        pytest.param([*rising(50, 0.0, 0.0), *rising(10, 0.02, 0.0)], id="since a few days only"),
        pytest.param([*rising(50, 0.006, 0.001), *rising(9, 0.0, 0.001, base=0.8)], id="stopped nine days ago"),
        pytest.param([*rising(30, 0.012, 0.001), *rising(26, 0.0, 0.001, base=0.86)], id="stopped weeks ago"),
        pytest.param([math.nan] * 60, id="no numbers"),
    ],
)
def test_nothing_is_foretold_where_the_trend_does_not_bear_it(values):
    assert forecast(daily(values), 1.0) is None


def test_what_rises_on_working_days_only_is_met_whatever_day_it_is():
    values = [0.5 + 0.006 * (day // 7 * 5 + min(day % 7, 5)) for day in range(76)]
    for days in range(69, 76):
        assert forecast(daily(values[:days]), 1.0).rate == pytest.approx(0.006 * 5 / 7, rel=0.1)


def test_after_one_clearing_the_rate_since_counts():
    series = daily([*rising(60, 0.008, 0.0, base=0.4), *rising(20, 0.01, 0.0, base=0.3)])
    found = forecast(series, 1.0)
    assert found.rate == pytest.approx(0.01)
    assert (found.likely - series.times[-1]) / DAY == pytest.approx(51, abs=0.5)


def test_many_values_a_day_cost_no_more_and_gaps_are_no_zeros():
    hours = [hour for hour in range(24 * 70) if not 400 < hour < 700]
    series = Series(tuple(START + hour * 3600 for hour in hours), tuple(0.2 + 0.00025 * hour for hour in hours))
    assert forecast(series, 1.0).rate == pytest.approx(0.006)


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ((2026, 12, 3), (2026, 12, 19), "between 3 and 19 December"),
        ((2026, 11, 28), (2026, 12, 19), "between 28 November and 19 December"),
        ((2026, 12, 28), (2027, 1, 2), "between 28 December 2026 and 2 January 2027"),
        ((2027, 1, 2), (2027, 1, 5), "between 2 and 5 January 2027"),
        ((2026, 12, 3), (2026, 12, 3), "on 3 December"),
    ],
)
def test_days_to_come_are_named_without_what_goes_without_saying(first, last, wanted):
    zone = ZoneInfo("Asia/Taipei")
    days = [int(datetime(*day, 5, tzinfo=zone).timestamp()) for day in (first, last)]
    assert between(*days, zone, 1_795_486_200) == wanted

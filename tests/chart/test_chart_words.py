"""Changes and thresholds in words."""

import math

import pytest

from collector.chart.picture import Threshold
from collector.chart.words import change, threshold_word


@pytest.mark.parametrize(
    ("before", "last", "unit", "wanted"),
    [
        (1.9e9, 1.907e9, "bytes", "+7 MB (+0.4 %)"),
        (1.9e9, 8.1e8, "bytes", "−1.1 GB (−57.4 %)"),
        (2.3e9, 2.3e9 - 4e5, "bytes", "−400 kB (<0.1 %)"),
        (0.0, 5.0, "bytes", "+5 B"),
        (5.0, 0.0, "bytes", "−5 B (−100 %)"),
        (0.91, 0.914, "ratio", "+0.4 points"),
        (20.0, 17.0, "celsius", "−3 °C"),
        (0.5, 1.25, "load", "+0.75"),
        (3.0, 3.0, "count", "unchanged"),
        (3.0, math.nan, "count", ""),
    ],
)
def test_a_change_is_told_in_its_unit_and_in_percent_where_that_means_something(before, last, unit, wanted):
    assert change(before, last, unit) == wanted


def test_a_threshold_has_a_side():
    assert threshold_word(Threshold(0.9, "warning"), "ratio") == "warning from 90 %"
    assert threshold_word(Threshold(1.6e9, "critical", "below"), "bytes") == "critical below 1.6 GB"

"""The value axis: round ticks in readable units that hold every value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.amounts import amount
from collector.chart.valueaxis import near_thresholds, value_axis

UNITS = ("bytes", "seconds", "count", "ratio", "celsius", "load", "furlongs")

LABELS = [
    ([1.9e9], "bytes", 0.0, ["0", "0.5 GB", "1.0 GB", "1.5 GB", "2.0 GB"]),
    ([2.1e9], "bytes", 0.0, ["0", "0.5 GB", "1.0 GB", "1.5 GB", "2.0 GB", "2.5 GB"]),
    ([4226393.0], "bytes", None, ["4.20 MB", "4.21 MB", "4.22 MB", "4.23 MB", "4.24 MB", "4.25 MB"]),
    ([3.0], "bytes", 0.0, ["0", "1 B", "2 B", "3 B"]),
    ([30], "seconds", 0.0, ["0", "10 s", "20 s", "30 s"]),
    ([200], "seconds", 0.0, ["0", "1 min", "2 min", "3 min", "4 min"]),
    ([5400], "seconds", 0.0, ["0", "0.5 h", "1.0 h", "1.5 h"]),
    ([162000], "seconds", 0.0, ["0", "12 h", "24 h", "36 h", "48 h"]),
    ([34560000], "seconds", 0.0, ["0", "100 d", "200 d", "300 d", "400 d"]),
    ([1], "count", 0.0, ["0", "1"]),
    ([7], "count", 0.0, ["0", "2", "4", "6", "8"]),
    ([120e3], "count", 0.0, ["0", *(f"{ten}\u202f000" for ten in (25, 50, 75, 100, 125))]),
    ([0.97], "ratio", 0.0, ["0", "25 %", "50 %", "75 %", "100 %"]),
    ([-3.5, 22], "celsius", None, ["−10 °C", "0", "10 °C", "20 °C", "30 °C"]),
    ([21, 21], "celsius", None, ["20.8 °C", "20.9 °C", "21.0 °C", "21.1 °C", "21.2 °C"]),
    ([3.2], "load", 0.0, ["0", "1", "2", "3", "4"]),
    ([0.0], "bytes", 0.0, ["0", "1 B"]),
    ([], "count", 0.0, ["0", "1"]),
]


@pytest.mark.parametrize(("values", "unit", "floor", "wanted"), LABELS)
def test_ticks_are_round_numbers_in_the_units_of_the_field(values, unit, floor, wanted):
    assert [label for _, label in value_axis(values, unit, floor, 5).ticks] == wanted


def test_a_low_panel_has_few_ticks():
    assert [label for _, label in value_axis([8], "count", 0.0, 2).ticks] == ["0", "5", "10"]


@given(
    st.lists(st.floats(-1e300, 1e300), max_size=5),
    st.sampled_from(UNITS),
    st.sampled_from([None, 0.0]),
    st.integers(1, 5),
)
def test_an_axis_holds_every_value_between_ascending_ticks(values, unit, floor, most):
    axis = value_axis(values, unit, floor, most)
    slack = (axis.high - axis.low) * 1e-6
    places = [place for place, _ in axis.ticks]
    assert all(
        axis.low - slack <= value <= axis.high + slack for value in [*values, *([] if floor is None else [floor])]
    )
    assert places == sorted(set(places))
    assert 2 <= len(places) <= max(most, 2) + 1


def test_a_threshold_far_above_the_values_does_not_flatten_them():
    assert near_thresholds([40.0], [60.0, 90.0, float("nan"), float("inf")]) == [60.0]


AMOUNTS = [
    (0, "bytes", "0 B"),
    (1.9e9, "bytes", "1.9 GB"),
    (999.96e6, "bytes", "1 GB"),
    (1e15, "bytes", "1 PB"),
    (1e30, "bytes", "1e+12 EB"),
    (-5e6, "bytes", "−5 MB"),
    (0.6, "seconds", "0.6 s"),
    (5400, "seconds", "1.5 h"),
    (129600, "seconds", "36 h"),
    (604800, "seconds", "7 d"),
    (0.615, "ratio", "61.5 %"),
    (1284, "count", "1\u202f284"),
    (2.5e6, "count", "2.5 M"),
    (-3.26, "celsius", "−3 °C"),
    (-0.2, "celsius", "0 °C"),
    (0.416, "load", "0.42"),
    (3.5, "furlongs", "3.5 furlongs"),
    (0.003, "count", "0.003"),
    (0.0004, "ratio", "<0.1 %"),
    (0.004, "seconds", "0.004 s"),
]


@pytest.mark.parametrize(("value", "unit", "wanted"), AMOUNTS)
def test_amounts_are_short_and_carry_their_unit(value, unit, wanted):
    assert amount(value, unit) == wanted

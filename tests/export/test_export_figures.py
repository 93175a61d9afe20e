"""Which pictures the statistics of instances get, and what they say in words."""

import pytest

from collector.chart.figure import Bars, Pie, Spot, Steps, WorldMap
from collector.export.figures import around, chart, made
from collector.export.registry import PlaceEntry
from collector.instances.locally import Locally
from collector.instances.statistics import Distribution

ROWS = (("3.10", 5.0), ("3.9", 3.0), ("Unknown", 2.0))


def drawn(kind, of_numbers, rows=ROWS, locale="en_GB", unit="count"):
    return chart(Distribution("f", "Users", kind, "Python", of_numbers, tuple(rows)), unit, Locally(locale))


@pytest.mark.parametrize(
    ("kind", "of_numbers", "rows", "wanted"),
    [
        ("bar", "Number of instances", ROWS, Bars),
        ("line", "avg", ROWS, Steps),
        ("pie", "Number of instances", ROWS, Pie),
        ("pie", "sum", ROWS, Pie),
        ("pie", "avg", ROWS, Bars),  # averages are no parts of a whole
        ("pie", "sum", (("a", -1.0), ("b", 3.0)), Bars),
        ("pie", "sum", (("a", 0.0),), Bars),
        ("pie", "sum", (), Bars),
    ],
)
def test_a_pie_is_drawn_of_parts_of_a_whole_only(kind, of_numbers, rows, wanted):
    assert type(drawn(kind, of_numbers, rows).figure) is wanted


def test_the_smallest_groups_are_drawn_as_one_where_they_add_up():
    rows = [(f"v{n}", float(n)) for n in range(30, 0, -1)]
    pie = drawn("pie", "Number of instances", rows).figure
    assert [(group.name, group.value) for group in pie.groups[-2:]] == [("v24", 24.0), ("23 others", 276.0)]
    assert sum(group.value for group in pie.groups) == sum(range(31))
    assert [group.name for group in drawn("bar", "avg", rows).figure.groups] == [f"v{n}" for n in range(30, 10, -1)]


def test_a_line_goes_from_small_to_large_and_ends_with_what_is_unknown():
    rows = [("3.10", 1.0), ("Unknown", 1.0), ("3.9", 1.0), ("²", 1.0), ("", 1.0), ("10", 1.0)]
    names = [group.name for group in drawn("line", "sum", rows).figure.groups]
    assert names[-1] == "Unknown"
    assert names.index("3.9") < names.index("3.10") < names.index("10")


def test_words_tell_what_is_drawn_in_the_locale():
    told = drawn("pie", "sum", [("3.9", 12.5), ("3.10", 1234.5)], "de_DE")
    assert told.alt == "Sum of Users by Python: 3.9 12,5, 3.10 1.234."
    assert told.figure.groups[0].written == "12,5 (1,0 %)"
    many = drawn("bar", "Number of instances", [(f"v{n}", 1.0) for n in range(10)])
    assert many.alt.endswith("v7 1, and 2 more.")
    assert made(Distribution("f", "Users", "bar", "Country", "avg", ())) == "Average of Users"


def test_a_place_is_a_map_around_it_and_none_without_a_point():
    found = around(PlaceEntry("ZA", "South Africa", -33.92, 18.42, True, False))
    assert found.figure == WorldMap((("ZA", 3),), (Spot(-33.92, 18.42),), Spot(-33.92, 18.42))
    assert found.alt == "A map: South Africa, at 33.9° S, 18.4° E."
    assert around(PlaceEntry("ZA", "South Africa", -29.0, 25.0, False, True)).alt.endswith("a point in its middle.")
    assert around(PlaceEntry("AP", "AP", None, None, False, True)) is None

"""Panels, names and legends share a picture without touching."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from collector.chart.layout import lay_out
from collector.chart.picture import Line, Panel, Picture


def wide(text):
    return 8.0 * len(text)


def placed(*panels, width=720, height=360, titled=False):
    return lay_out(Picture("title", 0, 86400, panels, ZoneInfo("UTC"), titled=titled), width, height, wide)


def panel(*names, name="", share=1.0):
    return Panel("count", tuple(Line((), (), line) for line in names), name, share=share)


NAMES = tuple(f"svn/item number {number}" for number in range(8))


@pytest.mark.parametrize("width", [360, 720])
@pytest.mark.parametrize("name", ["", "sizes"])
def test_a_legend_stays_in_its_rows_between_the_edges_of_the_plot(width, name):
    (place,) = placed(panel(*NAMES, name=name), width=width).panels
    boxes = [entry.box for entry in place.legend]
    assert [entry.line for entry in place.legend] == list(range(8))
    assert all(box.left >= place.plot.left and box.right <= place.plot.right + 1e-9 for box in boxes)
    assert all(box.bottom <= place.plot.top for box in boxes)
    assert all(a.right < b.left if a.top == b.top else a.bottom <= b.top for a, b in pairwise(boxes))
    if place.heading:
        assert all(place.heading.right < box.left for box in boxes if box.top == place.heading.top)


def test_panels_share_the_height_that_titles_names_and_labels_leave():
    above, below = placed(panel(*NAMES, share=2), panel("", name="OK"), titled=True).panels
    assert above.plot.height == pytest.approx(2 * below.plot.height)
    assert above.plot.bottom < below.heading.top
    assert below.plot.bottom == pytest.approx(360 - 26)


def test_lines_without_a_name_and_a_single_line_have_no_legend():
    assert placed(panel("", "")).panels[0].legend == ()
    assert placed(panel("alone")).panels[0].legend == ()


def test_a_picture_too_low_for_its_panels_still_has_them():
    assert [place.plot.height for place in placed(*[panel("a", "b")] * 3, height=40).panels] == [1.0, 1.0, 1.0]

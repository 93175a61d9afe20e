"""Panels, names and legends share a picture without touching."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from collector.chart.layout import keys, lay_out
from collector.chart.picture import Line, Panel, Picture, Threshold


def wide(text):
    return 8.0 * len(text)


def placed(*panels, width=720, height=360, titled=False, banded=False, events=False):
    picture = Picture("title", 0, 86400, panels, ZoneInfo("UTC"), titled=titled)
    return lay_out(picture, [keys(panel, banded, events) for panel in panels], (width, height), wide)


def panel(*names, name="", share=1.0):
    return Panel("count", tuple(Line((), (), line) for line in names), name, share=share)


NAMES = tuple(f"svn/item number {number}" for number in range(8))


@pytest.mark.parametrize("width", [360, 720])
@pytest.mark.parametrize("name", ["", "sizes"])
def test_a_legend_stays_in_its_rows_between_the_edges_of_the_plot(width, name):
    (place,) = placed(panel(*NAMES, name=name), width=width).panels
    boxes = [entry.box for entry in place.legend]
    assert [entry.key.number for entry in place.legend] == list(range(8))
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


def compared(**fields):
    lines = Line((), ()), Line((), (), "a year before", "pale")
    bounds = Threshold(0.9, "warning"), Threshold(0.97, "critical"), Threshold(0.1, "warning", "below")
    return Panel("ratio", lines, thresholds=bounds, note="+0.4 points since 23 Nov", **fields)


def test_the_legend_explains_all_that_is_drawn_and_keeps_off_the_note():
    (place,) = placed(compared(), banded=True, events=True).panels
    assert [entry.key.name for entry in place.legend] == [
        "a year before",
        "lowest to highest",
        "warning from 90 %",
        "critical from 97 %",
        "warning below 10 %",
        "events",
    ]
    assert place.note.right == pytest.approx(place.plot.right)
    first = [entry.box for entry in place.legend if entry.box.top == place.note.top]
    assert first
    assert all(box.right < place.note.left for box in first)
    assert all(entry.box.bottom <= place.plot.top for entry in place.legend)


def test_a_note_alone_takes_a_row():
    (noted,) = placed(Panel("count", (Line((), ()),), note="unchanged since 23 Nov")).panels
    (plain,) = placed(panel("")).panels
    assert noted.plot.top - plain.plot.top == 21
    assert noted.legend == ()

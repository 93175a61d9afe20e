"""The sentence for those who do not see the picture."""

from dataclasses import replace

from collector.chart.alt import alt
from collector.chart.picture import Line, Panel, Picture, Threshold

DAY, END = 86400, 1795459200


def said(*panels, events=()):
    return alt(Picture("svn/dybsvn", END - 364 * DAY, END, panels, events=events))


def line(*values, name="", role="main", before=0):
    times = tuple(END - (len(values) - 1 - night + before) * DAY for night in range(len(values)))
    return Line(times, values, name, role)


def test_a_line_is_told_with_its_last_value_range_change_and_gaps():
    sizes = Line((END - 9 * DAY, END - 8 * DAY, END - 2 * DAY, END - DAY), (1.2e9, 1.1e9, 1.5e9, 1.9e9))
    before = line(5e8, 6e8, name="a year before", role="pale")
    assert said(Panel("bytes", (sizes, before), note="+0.4 GB (+26.7 %) since 21 Nov"), events=(5, END - DAY)) == (
        "svn/dybsvn, 24 Nov 2025 to 23 Nov 2026: 1.9 GB on 22 Nov 2026, +0.4 GB (+26.7 %) since 21 Nov,"
        " lowest 1.1 GB on 15 Nov 2026, highest 1.9 GB on 22 Nov 2026; 1 gap, 15 Nov 2026 to 21 Nov 2026; 1 event;"
        " a year before: 500 MB to 600 MB."
    )


def test_a_gap_that_is_known_is_told_whatever_the_points_say():
    known = line(1e9, 2e9, 3e9)
    assert "gap" not in said(Panel("bytes", (known,)))
    assert "; 1 gap, 22 Nov 2026 to 23 Nov 2026." in said(Panel("bytes", (replace(known, gaps=(1,)),)))


def test_a_threshold_is_told_as_passed_since_or_when_it_last_was():
    bounds = Threshold(0.9, "warning"), Threshold(0.97, "critical"), Threshold(3.0, "critical")
    low = Threshold(0.5, "warning", "below")
    told = {
        (
            0.8,
            0.92,
            0.95,
        ): "warning from 90 %, since 22 Nov 2026; critical from 97 %, not reached; warning below 50 %, n",
        (
            0.98,
            0.8,
            0.91,
        ): "warning from 90 %, since 23 Nov 2026; critical from 97 %, last on 21 Nov 2026; warning below",
        (0.4, 0.48, 0.45): "warning from 90 %, not reached; warning below 50 %, since 21 Nov 2026.",
    }
    for values, wanted in told.items():
        assert wanted in said(Panel("ratio", (line(*values),), thresholds=(*bounds, low)))


def test_what_means_nothing_is_not_told():
    window = "svn/dybsvn, 24 Nov 2025 to 23 Nov 2026: "
    told = {
        said(Panel("bytes", (line(),))): "nothing recorded.",
        said(Panel("bytes", (line(5e6),))): "5 MB on 23 Nov 2026.",
        said(Panel("count", (line(3.0, 3.0),))): "3 on 23 Nov 2026, lowest 3 on 22 Nov 2026, highest 3 on 22 Nov 2026.",
        said(Panel("count", (line(0.0, 3.0),))): "3 on 23 Nov 2026, lowest 0 on 22 Nov 2026, highest 3 on 23 Nov 2026.",
        said(
            Panel("celsius", (line(20.0, 30.0),))
        ): "30 °C on 23 Nov 2026, lowest 20 °C on 22 Nov 2026, highest 30 °C on 23 Nov 2026.",
    }
    for sentence, wanted in told.items():
        assert sentence == window + wanted


def test_of_several_lines_each_is_named_and_an_old_value_is_dated():
    sizes = (line(1e6, name="a"), line(2e6, name="b", before=7), line(name="c"))
    assert said(Panel("bytes", sizes), Panel("count", (line(2.0),), "OK")) == (
        "svn/dybsvn, 24 Nov 2025 to 23 Nov 2026: a 1 MB; b 2 MB on 16 Nov 2026; c nothing recorded; OK 2."
    )


def test_more_lines_than_a_listener_follows_are_counted():
    many = tuple(line(1.0, name=str(number)) for number in range(11))
    assert said(Panel("count", many)).endswith("; 7 1; and 3 more.")

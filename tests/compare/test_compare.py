"""What differs between two nights, from their documents alone."""

from dataclasses import replace

import pytest

from collector.compare import Difference, compare
from collector.export.documents import NodeDocument, SourceDocument
from collector.export.readings import Metric, ProblemDocument, Provenance, StateValue, Subject

NIGHT = "2026-11-24T02:10:00Z"
MB = 1_000_000.0
FROM = Provenance(7, "tarballs:ZZ", NIGHT, 0.5, "ok", 0)


def metric(name="size", value=10 * MB, unit="bytes"):
    return Metric(name, "known", unit, value, NIGHT, None, FROM)


def state(value="ok", name="last"):
    return StateValue(name, "known", value, "", NIGHT, NIGHT, FROM)


def subject(name="tarball:ZZ/svn/a", *values, present=True, level="ok"):
    metrics = tuple(value for value in values if isinstance(value, Metric))
    states = tuple(value for value in values if isinstance(value, StateValue))
    kind, _, rest = name.partition(":")
    label = rest.removeprefix("ZZ/")
    return Subject(name, kind, label, "a", "", "ZZ", level, True, present, NIGHT, NIGHT, metrics, states)


def problem(level="warning", text="Is late.", rule="late", of="tarball:ZZ/svn/a"):
    return ProblemDocument("SDU", of, of and of.removeprefix("tarball:ZZ/"), rule, level, text, NIGHT)


def node(*subjects, problems=(), hidden=(), outcome="ok", reason="", source="ok", name="SDU"):
    sources = (SourceDocument("tarballs:ZZ", "tarballs", "ZZ", source, "", NIGHT, 0.5, 0, NIGHT),)
    return NodeDocument(
        1, name, name, "nodes/x", "ssh", "x", (), (), (), "ok", outcome == "ok", outcome, reason, NIGHT, NIGHT, 1.0,
        0.0, sources, tuple(subjects), tuple(problems), hidden=tuple(hidden),
    )  # fmt: skip


def of_item(what, name, before, after, unit=""):
    return Difference(what, "SDU", "svn/a", name, before, after, unit)


def of_node(what, name, before, after):
    return Difference(what, "SDU", None, name, before, after)


SILENT = "unreachable"
LATE, LOST = "warning: Is late.", "critical: Is late."


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (node(), node(), []),
        (node(), node(outcome=SILENT, reason="no route"), [of_node("stopped answering", "outcome", "ok", "unreachable: no route")]),
        (node(outcome=SILENT), node(), [of_node("answers again", "outcome", "unreachable", "ok")]),
        (node(), node(problems=[problem()]), [of_item("problem opened", "late", None, LATE)]),
        (node(problems=[problem()]), node(), [of_item("problem closed", "late", LATE, None)]),
        (node(problems=[problem()]), node(problems=[problem("critical")]), [of_item("problem worsened", "late", LATE, LOST)]),
        (node(problems=[problem("critical")]), node(problems=[problem()]), [of_item("problem eased", "late", LOST, LATE)]),
        (node(problems=[problem(text="For 2 nights.")]), node(problems=[problem(text="For 3 nights.")]), []),
        (
            node(problems=[problem()]),
            node(problems=[problem(rule="clock", of=None)]),
            [of_node("problem opened", "clock", None, LATE), of_item("problem closed", "late", LATE, None)],
        ),
        # what is not known closes nothing
        (
            node(problems=[problem()]),
            node(outcome=SILENT, hidden=[problem()]),
            [of_node("stopped answering", "outcome", "ok", "unreachable")],
        ),
        (node(subject(), problems=[problem()]), node(subject(), hidden=[problem()], source="failed"), []),
        (node(subject(), hidden=[problem()]), node(subject(), problems=[problem()]), []),
        (node(subject(), hidden=[problem()]), node(subject()), [of_item("problem closed", "late", LATE, None)]),
        (node(), node(subject()), [of_item("new", "tarball", None, "there")]),
        (node(subject()), node(), [of_item("gone", "tarball", "there", None)]),
        (node(subject()), node(subject(present=False)), [of_item("gone", "tarball", "there", None)]),
        (node(subject(present=False)), node(subject()), [of_item("new", "tarball", None, "there")]),
        (node(subject(present=False)), node(), []),
        (
            node(subject("tarball:ZZ/svn/a", state("ok"))),
            node(subject("tarball:ZZ/svn/a", state("dangling"))),
            [of_item("state", "last", "ok", "dangling")],
        ),
        (
            node(subject("tarball:ZZ/svn/a", state("a.tar.gz", "newest"))),
            node(subject("tarball:ZZ/svn/a", state("b.tar.gz", "newest"))),
            [],
        ),
    ],
)  # fmt: skip
def test_each_thing_that_differs_is_said_once(before, after, wanted):
    assert [one for one in compare([before], [after]) if one.what != "count"] == wanted


@pytest.mark.parametrize(
    ("before", "after", "unit", "name", "is_told"),
    [
        (10 * MB, 10 * MB, "bytes", "size", False),
        (10 * MB, 10.9 * MB, "bytes", "size", False),
        (10 * MB, 12 * MB, "bytes", "size", True),
        (12 * MB, 10 * MB, "bytes", "used", True),
        (1000.0, 2000.0, "bytes", "size", False),
        (1000.0, 0.0, "bytes", "size", True),
        (0.0, 1.0, "bytes", "size", True),
        (0.0, 0.0, "bytes", "size", False),
        (None, 10 * MB, "bytes", "size", False),
        (10 * MB, 90 * MB, "bytes", "memory_available", False),
        (10 * MB, 90 * MB, "count", "size", False),
    ],
)
def test_a_size_is_told_if_it_changed_notably(before, after, unit, name, is_told):
    nights = [node(subject("tarball:ZZ/svn/a", metric(name, value, unit))) for value in (before, after)]
    wanted = [of_item("size", name, before, after, "bytes")] if is_told else []
    assert [one for one in compare(nights[:1], nights[1:]) if one.what == "size"] == wanted


def test_figures_of_the_overview_are_compared():
    well, late = subject(), subject(level="warning")
    process = replace(subject("process:web", state("RUNNING", "state")), hub=None)
    assert [one for one in compare([node(well)], [node(late, process)]) if one.what == "count"] == [
        Difference("count", None, None, "Backups fresh", 1.0, None, "count"),
        Difference("count", None, None, "Backups suspect", None, 1.0, "count"),
        Difference("count", None, None, "Processes", None, 1.0, "count"),
        Difference("count", None, None, "Processes running", None, 1.0, "count"),
    ]


def test_a_node_that_only_one_configuration_has_is_no_difference_of_nights():
    assert [one.what for one in compare([node()], [node(), node(name="C")])] == ["count", "count"]


def test_the_way_back_tells_the_opposite():
    before = [node(subject("tarball:ZZ/svn/a", state("ok"), metric(value=0.0)), problems=[problem()])]
    after = [
        node(
            subject("tarball:ZZ/svn/a", state("bad"), metric(value=5.0)),
            subject("disk:/"),
            problems=[problem("critical")],
        )
    ]
    opposite = {"problem worsened": "problem eased", "new": "gone"}
    there, back = compare(before, after), compare(after, before)
    assert [(opposite.get(d.what, d.what), d.name, d.after, d.before) for d in there] == [
        (d.what, d.name, d.before, d.after) for d in back
    ]

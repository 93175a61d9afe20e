"""Numbers, times and levels as people read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sphinxext.almanac import format
from sphinxext.almanac.arrange import (
    by_answer,
    by_kind,
    folded,
    foremost,
    named,
    naturally,
    side_by_side,
    telling,
    worst_first,
)
from sphinxext.almanac.export import Record

NIGHT = "2026-11-22T18:10:00Z"


@pytest.mark.parametrize(
    ("amount", "wanted"),
    [
        (0, "0 B"), (1, "1 B"), (999, "999 B"), (999.6, "1 kB"), (1000, "1 kB"), (4_226_393, "4.2 MB"), (52e6, "52 MB"),
        (99_949_000, "99.9 MB"), (99_951_000, "100 MB"), (999_499_999, "999 MB"), (999_500_001, "1 GB"),
        (1_901_400_000, "1.9 GB"), (8e12, "8 TB"), (2e21, "2000 EB"), (-1500, "−1.5 kB"),
    ],
)  # fmt: skip
def test_sizes_carry_a_decimal_unit(amount: float, wanted: str) -> None:
    assert format.size(amount) == wanted


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (0, "0 s"), (0.04, "0.04 s"), (0.62, "0.6 s"), (9.96, "10 s"), (38, "38 s"), (59.4, "59 s"), (59.6, "1 min"),
        (3569, "59 min"), (3570, "1 h"), (57_600, "16 h"), (170_999, "47 h"), (172_800, "2 d"), (576_000, "7 d"),
        (86_400 * 1000, "1\u202f000 d"), (-90, "−2 min"),
    ],
)  # fmt: skip
def test_spans_are_told_in_their_own_largest_unit(seconds: float, wanted: str) -> None:
    assert format.duration(seconds) == wanted


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        (1284, "count", "1\u202f284"), (0, "count", "0"), (118, "", "118"), (1.5, "count", "1.5"), (0.61, "ratio", "61 %"),
        (0, "ratio", "0 %"), (0.0042, "ratio", "0.4 %"), (1.0, "ratio", "100 %"), (41.4, "celsius", "41 °C"),
        (-3, "celsius", "−3 °C"), (0.42, "load", "0.42"), (0, "bytes", "0 B"), (60, "seconds", "1 min"),
        (3, "furlongs", "3 furlongs"), (0.0004, "ratio", "<0.1 %"), (0.003, "count", "0.003"), (0.004, "V", "0.004 V"),
        (-0.0009, "", "−0.0009"), (2e-9, "", "2e−09"), (0.005, "", "0.01"), (0.5, "ms", "0.5 ms"),
    ],
)  # fmt: skip
def test_every_number_has_its_unit(value: float, unit: str, wanted: str) -> None:
    assert format.number(value, unit) == wanted


def test_a_change_stands_in_a_line_of_its_own() -> None:
    changes = ("+0.4 %", "−57 %", "none", "<0.1 % more", "from 0", "first")
    assert [format.changed(change) for change in changes] == [
        "+0.4 % change", "−57 % change", "no change", "<0.1 % more", "from 0", "first",
    ]  # fmt: skip


def test_a_sentence_has_one_end() -> None:
    assert [format.ended(said) for said in ("is it up?", "refused", "Refused.")] == [
        "is it up?",
        "refused.",
        "Refused.",
    ]


def test_what_took_no_second_by_a_clock_of_seconds_took_less_than_one() -> None:
    assert [format.spent(seconds) for seconds in (0.0, 1.0, 90.0)] == ["<1 s", "1 s", "2 min"]


@pytest.mark.parametrize(
    ("value", "previous", "wanted"),
    [
        (52e6, 121e6, "−57 %"), (1004, 1000, "+0.4 %"), (1000, 1000, "none"), (0, 0, "none"), (5, 0, "from 0"),
        (5, None, "first"), (100_001, 100_000, "<0.1 % more"), (99_999, 100_000, "<0.1 % less"), (0, 7, "−100 %"),
    ],
)  # fmt: skip
def test_a_change_is_told_against_the_night_before(value: float, previous: float | None, wanted: str) -> None:
    assert format.change(value, previous) == wanted


@pytest.mark.parametrize(
    ("time", "zone", "now", "wanted"),
    [
        ("2026-11-16T02:08:00Z", "Asia/Taipei", NIGHT, "16 Nov 10:08 CST"),
        ("2025-11-16T02:08:00Z", "Asia/Taipei", NIGHT, "16 Nov 2025 10:08 CST"),
        ("2025-12-31T16:30:00Z", "Asia/Taipei", NIGHT, "1 Jan 00:30 CST"),
        ("2026-07-01T00:00:00Z", "Europe/Berlin", NIGHT, "1 Jul 02:00 CEST"),
        ("2026-11-16T02:08:00Z", "America/Sao_Paulo", NIGHT, "15 Nov 23:08 UTC-03"),
        ("2026-11-16T02:08:00Z", "UTC", None, "16 Nov 2026 02:08 UTC"),
    ],
)
def test_every_time_has_a_zone_and_a_year_unless_it_is_this_one(
    time: str, zone: str, now: str | None, wanted: str
) -> None:
    assert format.clock(time, zone, now) == wanted


@pytest.mark.parametrize(
    ("time", "wanted"),
    [(NIGHT, "0 s"), ("2026-11-22T02:10:00Z", "16 h"), ("2026-11-22T21:10:00Z", "in 3 h")],
)
def test_an_age_is_as_of_the_pass(time: str, wanted: str) -> None:
    assert format.age(time, NIGHT) == wanted


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ([0.0, 1.0], "M0 32l2-32"),
        ([5.0, 5.0, 5.0, 5.0], "M0 16l6+0"),
        ([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], "M0 32l4+0 2-32 4+0"),
        ([0.0, 2.0, None, None, 1.0, 0.0], "M0 32l2-32M8 16l2+16"),
        ([None, 3.0, None], "M2 16l0+0"),
        ([7.0], "M0 16l0+0"),
        ([-1e300, 0.0, 1e300], "M0 32l2-16 2-16"),
    ],
)
def test_a_night_without_a_value_is_a_gap_in_the_line(points: list[float | None], wanted: str) -> None:
    known = [point for point in points if point is not None]
    assert format.curve(points, min(known), max(known)) == wanted


@pytest.mark.parametrize(
    ("count", "wanted"), [(0, "no problems"), (1, "1 problem"), (2, "2 problems"), (1284, "1\u202f284 problems")]
)
def test_nouns_are_counted(count: int, wanted: str) -> None:
    assert format.plural(count, "problem") == wanted


def test_a_level_is_a_class_a_word_and_a_sign_all_different() -> None:
    looks = [format.look(word) for word in ("ok", "unknown", "warning", "critical")]
    assert all(len(set(column)) == 4 for column in zip(*looks, strict=True))
    assert format.look("dreadful") == format.look("unknown")


def _made(**fields: Any) -> Record:
    return Record(fields)


def test_the_worst_comes_first_and_equals_keep_their_order() -> None:
    things = [
        _made(level=level, n=n) for n, level in enumerate(["ok", "critical", "odd", "unknown", "warning", "critical"])
    ]
    assert [thing.n for thing in worst_first(things)] == [1, 5, 4, 2, 3, 0]
    assert worst_first([{"level": "ok"}, {"level": "warning"}])[0] == {"level": "warning"}


def test_kinds_have_an_order_and_strange_ones_come_last() -> None:
    subjects = [_made(kind=kind) for kind in ("weather", "disk", "tarball", "disk", "aviary")]
    assert [(kind, len(some)) for kind, some in by_kind(subjects)] == [
        ("tarball", 1), ("disk", 2), ("aviary", 1), ("weather", 1),
    ]  # fmt: skip


def test_backups_of_a_hub_stand_side_by_side_and_those_of_others_do_not() -> None:
    def tarball(label: str, hub: str = "ZZ") -> Any:
        return _made(label=label, hub=hub, kind="tarball")

    both, only, foreign = tarball("svn/a"), tarball("svn/b"), tarball("svn/c", "C2")
    nodes = [_made(subjects=[both]), _made(subjects=[both, only, foreign]), _made(subjects=[])]
    assert side_by_side(nodes, "ZZ") == [("svn/a", [both, both, None]), ("svn/b", [None, only, None])]


def test_the_year_is_seen_first_or_what_there_is() -> None:
    month, year, whole = (_made(range=name) for name in ("month", "year", "all"))
    assert foremost([whole, year, month]) is year
    assert foremost([month, whole]) is month


def test_a_problem_s_chart_is_the_metric_that_its_rule_is_named_for_else_a_size_else_any() -> None:
    def metric(name: str, thresholds: tuple[int, ...] = ()) -> Record:
        return _made(name=name, charts=[1], thresholds=thresholds)

    size, load1, load15 = metric("size"), metric("load1"), metric("load15", (1,))
    assert telling([size, load1, load15], "load") is load15
    assert telling([size, load1], "load") is load1
    assert telling([load1, size], "late") is size
    assert telling([load1], "late") is load1
    filling = Record(load1, name="used_ratio", forecast={"limit": 1.0})
    assert telling([size, filling], "filling") is filling
    assert telling([_made(name="size", charts=[])], "late") is None
    assert named([size], "age") is None


def test_values_that_one_answer_told_stand_together() -> None:
    mine, other = {"pass_id": 1}, {"pass_id": 2}
    read = [
        _made(name=name, provenance=source, standing="known")
        for name, source in (("a", other), ("b", mine), ("c", mine), ("d", None))
    ]
    assert [[one["name"] for one in some] for some, _ in by_answer(read)] == [["b", "c"], ["a"], ["d"]]


def test_numbers_in_names_are_ordered_by_their_size() -> None:
    names = ["swap_used", "load15", "load1", "cpus", "load5", "5min", "area1²"]
    assert [one["name"] for one in naturally([Record(name=name) for name in names])] == [
        "5min",
        "area1²",
        "cpus",
        "load1",
        "load5",
        "load15",
        "swap_used",
    ]


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        ("2026-12-03", "2026-12-19", "reaches 100 % between 3 and 19 Dec 2026"),
        ("2026-11-28", "2026-12-19", "reaches 100 % between 28 Nov and 19 Dec 2026"),
        ("2026-12-28", "2027-01-02", "reaches 100 % between 28 Dec 2026 and 2 Jan 2027"),
        ("2026-12-03", "2026-12-03", "reaches 100 % on 3 Dec 2026"),
    ],
)
def test_a_forecast_names_the_days_between_which_a_limit_is_met(low: str, high: str, wanted: str) -> None:
    assert format.foreseen({"limit": 1.0, "low": low, "high": high}, "ratio") == wanted


def test_scripts_call_zones_as_pages_do() -> None:
    assert json.loads(format.zone_names("Asia/Taipei")) == {"GMT+08:00": "CST"}
    assert json.loads(format.zone_names("Europe/Berlin")) == {"GMT+01:00": "CET", "GMT+02:00": "CEST"}
    assert json.loads(format.zone_names("UTC")) == {"GMT": "UTC"}
    assert json.loads(format.zone_names("America/Sao_Paulo"))["GMT-03:00"] == "UTC-03"


@pytest.mark.parametrize(
    ("levels", "shown", "rest"),
    [
        (["ok"] * 20, ["ok"] * 20, []),
        (["ok"] * 30, ["ok"] * 5, ["ok"] * 25),
        (["ok"] * 30 + ["warning"] * 7 + ["critical"], ["critical"] + ["warning"] * 7, ["ok"] * 30),
        (["unknown"] * 30 + ["critical"], ["critical"] + ["unknown"] * 4, ["unknown"] * 26),
        (["unknown"] * 7 + ["ok"] * 30, ["unknown"] * 7, ["ok"] * 30),
        (["gone"] * 7 + ["ok"] * 30, ["unknown"] * 5, ["unknown"] * 2 + ["ok"] * 30),
    ],
)
def test_of_many_things_the_worst_are_shown_and_all_are_kept(
    levels: list[str], shown: list[str], rest: list[str]
) -> None:
    things = [{"level": "unknown" if one == "gone" else one, "present": one != "gone"} for one in levels]
    both = folded(things)
    assert [[one["level"] for one in some] for some in both] == [shown, rest]

"""Backups that were taken away, never came, or are being transferred: what is there now counts, not what once was."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector.config import parse
from collector.judge import judge, levels
from collector.judge.case import is_retired
from collector.model import Level
from collector.store.records import NodeRecord
from tests.judge.records import CONFIG, DAY, EVERY_NIGHT, HOUR, ITEM, NOW, backup, metric, node, state, subject, told

ALL = parse(
    Path(__file__).with_name("all.toml").read_text(),
    Path("/etc/almanac/almanac.toml"),
    {},
)
"""Hub ZZ keeps its own backups and C's; it selects nothing, so everything is judged."""


def count(value):
    return metric("count", [NOW], [value], "count")


def kept(times, *tracks, newest=None, **fields):
    """A backup whose newest tarball that is there now is `newest`, by default the last on record."""
    age = metric("age", [NOW], [NOW - (times[-1] if newest is None else newest)], "seconds")
    return subject(ITEM, metric("size", times, [2e9] * len(times)), age, count(len(times)), *tracks, **fields)


def text(record, hub=None, config=CONFIG):
    found = judge(config, record, NOW, lambda name: hub or NodeRecord(name))
    return [(problem.level.word, problem.rule, problem.text) for problem in found]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        pytest.param(kept(EVERY_NIGHT), [], id="all are there"),
        pytest.param(
            kept(EVERY_NIGHT, newest=EVERY_NIGHT[-4]),
            [("warning", "late", "No new backup for 3 nights; before that one every night. Last: 2026-11-21 10:00 CST, 2 GB.")],
            id="the newest three were taken away",
        ),
        pytest.param(
            subject(ITEM, metric("size", EVERY_NIGHT, [2e9] * 21, read=NOW - DAY), count(0)),
            [("critical", "none", "No backup is left; the last on record is of 2026-11-24 10:00 CST.")],
            id="all were taken away",
        ),
        pytest.param(subject(ITEM, count(0)), [("warning", "none", "Has no backup yet.")], id="a place without any"),
        pytest.param(
            subject(ITEM, count(0), state("transfer", "unfinished", ".x.a1b2c3", NOW - HOUR)),
            [("warning", "none", "Has no backup yet. A transfer is under way: .x.a1b2c3.")],
            id="the first is on its way",
        ),
        pytest.param(subject(ITEM, state("last", "ok")), [], id="what could not be counted is not said to be none"),
        pytest.param(
            backup(values=[0] * 20 + [5e6]),
            [("warning", "grown", "Grew to 5 MB; the 14 before were 0 B.")],
            id="after nothing but empty ones",
        ),
        pytest.param(
            kept(EVERY_NIGHT[:-3], state("transfer", "unfinished", ".x.a1b2c3", NOW - 2 * DAY)),
            [
                ("warning", "late", "No new backup for 3 nights; before that one every night. Last: 2026-11-21 10:00 CST, 2 GB."),
                ("warning", "transfer", "A transfer was left unfinished: .x.a1b2c3."),
            ],
            id="a transfer left behind explains nothing",
        ),
        pytest.param(
            kept(EVERY_NIGHT, state("transfer", "unfinished", ".x.a1b2c3", NOW - 9 * DAY)),
            [],
            id="each pass meets the night's transfer under way, and backups come in",
        ),
        pytest.param(
            kept(EVERY_NIGHT, metric("differing", [NOW], [3], "count")),
            [("warning", "differing", "3 of the tarballs kept are not as long as their sidecars say.")],
            id="old ones differ",
        ),
        pytest.param(
            kept(EVERY_NIGHT, metric("differing", [NOW], [1], "count"), state("digest", "differs", "why?")),
            [("critical", "digest", "Differs from its sidecar: why?")],
            id="the newest differs, said once",
        ),
        pytest.param(
            backup(present=False, last_seen=0),
            [("critical", "missing", "Is not there; it is known from imported history only.")],
            id="imported",
        ),
    ],
)  # fmt: skip
def test_what_is_there_now_counts(found, wanted):
    assert text(node(found)) == wanted


def lock(age):
    detail = "LOCKED: rsync-starting since 2026-11-24 01:00:00"
    return subject("lock:ZZ", state("lock", "held", detail), metric("age", [NOW], [age], "seconds"))


def test_a_young_lock_explains_a_late_backup_and_a_stale_one_does_not():
    late = "No new backup for 7 nights; before that one every night. Last: 2026-11-17 10:00 CST, 2 GB."
    held = "LOCKED: rsync-starting since 2026-11-24 01:00:00."
    stopped = kept(EVERY_NIGHT[:-7])
    assert text(node(stopped, lock(HOUR))) == [("warning", "late", f"{late} A lock is held: {held}")]
    assert text(node(stopped, lock(3 * DAY))) == [
        ("critical", "late", late),
        ("warning", "lock", f"A lock held for 3 nights stops every transfer: {held}"),
    ]


def test_an_item_of_the_hub_that_was_never_copied_is_missed_on_the_node():
    other = "tarball:ZZ/svn/toysvn"
    hub = node(kept(EVERY_NIGHT), backup(name=other), name="ZZ")
    assert text(node(kept(EVERY_NIGHT)), hub, ALL) == [
        ("warning", "not copied", "Is not copied here; ZZ has 21 backups of it.")
    ]
    assert text(node(kept(EVERY_NIGHT)), hub, CONFIG) == []  # not selected there
    young = node(kept(EVERY_NIGHT), backup(EVERY_NIGHT[-1:], name=other), name="ZZ")
    assert text(node(kept(EVERY_NIGHT)), young, ALL) == []


def closed(folders, value="partial", since=NOW - DAY):
    return subject("backups:ZZ", state("listing", value, folders, since))


def in_part(folder, nights=EVERY_NIGHT[:-9]):
    """An item of which a folder is closed: what is listed is all old."""
    return subject(ITEM, metric("size", nights, [2e9] * len(nights)), state("listing", "partial", folder))


@pytest.mark.parametrize(
    ("listing", "item", "wanted"),
    [
        (closed("svn"), None, [("closed", "backups:ZZ")]),
        (closed("2026-11-23", "in doubt"), None, [("closed", "backups:ZZ")]),
        (closed("svn2 // tracs"), None, [("closed", "backups:ZZ"), ("missing", ITEM)]),
        (closed("", "whole"), in_part("svn/dybsvn/2026/11"), [("closed", ITEM)]),
    ],
)
def test_what_may_lie_in_a_closed_folder_is_not_missed(listing, item, wanted):
    record = node(listing, item or backup(present=False, last_seen=NOW - 2 * DAY))
    assert sorted(rules(record, node(backup(), name="ZZ"))) == wanted
    assert levels(record, [])[ITEM] is Level.UNKNOWN


def rules(record, hub):
    return [(one.rule, one.subject) for one in judge(ALL, record, NOW, lambda name: hub)]


def test_an_item_that_was_never_seen_may_lie_in_a_closed_folder():
    assert rules(node(closed("svn")), node(backup(), name="ZZ")) == [("closed", "backups:ZZ")]
    assert [rule for _, rule, _ in text(node(closed("svn")))] == ["closed"]  # though it is selected


def test_a_closed_folder_is_named_and_what_lay_there_never_retires():
    ((level, _, said),) = text(node(closed("a // b // c // d")), config=ALL)
    assert (level, said) == ("warning", "Can't be read: a, b, c and more; what lies there is not known.")
    gone = backup(present=False, last_seen=NOW - 40 * DAY)
    assert not is_retired(ALL, node(closed("svn"), gone), gone)
    assert is_retired(ALL, node(closed("tracs"), gone), gone)


def test_what_the_hub_keeps_for_another_hub_is_no_original():
    foreign = "tarball:C/svn/env"
    theirs = replace(subject(foreign, metric("size", EVERY_NIGHT, [2e9] * 21)), hub="C")
    ours = replace(subject(foreign, metric("size", EVERY_NIGHT, [3e9] * 21)), hub="C")
    assert text(node(ours), node(theirs, name="ZZ"), ALL) == []


def test_a_copy_that_is_behind_with_its_transfer_under_way_is_not_told_twice():
    sending = state("transfer", "unfinished", ".x.a1b2c3", NOW - HOUR)
    hub = node(kept([*EVERY_NIGHT, NOW - 60]), name="ZZ")
    assert text(node(kept(EVERY_NIGHT[:-1], sending)), hub) == []
    assert [rule for _, rule, _ in text(node(kept(EVERY_NIGHT[:-1])), hub)] == ["behind"]


@pytest.mark.parametrize(
    ("name", "tracks", "wanted"),
    [
        (
            "process:web:x",
            [state("state", "EXITED", "killed by a signal")],
            [("warning", "failed", "Process is EXITED: killed by a signal.")],
        ),
        ("unit:x.service", [state("state", "not-found", "dead")], [("warning", "failed", "Unit is not-found: dead.")]),
        ("unit:x.service", [state("state", "inactive", "dead")], []),
        (
            "disk:/",
            [metric("inodes_ratio", [NOW], [0.93], "ratio")],
            [("warning", "inodes_ratio", "93 % of its inodes used.")],
        ),
    ],
)
def test_processes_units_and_inodes(name, tracks, wanted):
    assert told(node(backup(), subject(name, *tracks))) == wanted


@pytest.mark.parametrize(
    ("late_by", "wanted"), [(30, "critical"), (-30, "critical"), (-3600, "critical"), (-3 * HOUR, "warning")]
)
def test_the_third_missed_night_is_an_outage_though_cron_is_late_and_clocks_change(late_by, wanted):
    record = node(outcome="unreachable", reason="is it up?", failing_since=NOW - 2 * DAY - late_by)
    assert text(record) == [(wanted, "silent", "Has never answered: is it up?")]

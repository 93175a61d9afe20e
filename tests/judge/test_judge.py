"""Records in, whole sentences out; each rule fires, and is silent on its sound neighbour."""

from dataclasses import replace

import pytest

from collector.judge import levels
from collector.model import Level
from collector.store.records import (
    NodeRecord,
    SourceRecord,
)
from tests.judge.records import (
    DAY,
    EVERY_NIGHT,
    HOUR,
    ITEM,
    NOW,
    answer,
    backup,
    metric,
    node,
    since,
    state,
    subject,
    told,
)


def test_a_sound_node_has_no_problem_and_is_ok():
    record = node(backup())
    assert told(record) == []
    assert levels(record, []) == {ITEM: Level.OK, None: Level.OK}


STOPPED = EVERY_NIGHT[:-7]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        pytest.param(backup(EVERY_NIGHT[:-1]), [], id="one night may be on its way"),
        pytest.param(
            backup(EVERY_NIGHT[:-2]),
            [
                (
                    "warning",
                    "late",
                    "No new backup for 2 nights; before that one every night. Last: 2026-11-22 10:00 CST, 1.9 GB.",
                )
            ],
            id="late",
        ),
        pytest.param(
            backup(STOPPED),
            [
                (
                    "critical",
                    "late",
                    "No new backup for 7 nights; before that one every night. Last: 2026-11-17 10:00 CST, 1.9 GB.",
                )
            ],
            id="stopped a week ago",
        ),
        pytest.param(
            backup([NOW - 6 * DAY - week * 7 * DAY for week in (3, 2, 1, 0)]),
            [],
            id="weekly is not late after six days",
        ),
        pytest.param(
            backup([NOW - 20 * DAY - week * 7 * DAY for week in (3, 2, 1, 0)]),
            [
                (
                    "warning",
                    "late",
                    "No new backup for 20 nights; before that one every Wednesday. Last: 2026-11-04 10:10 CST, 1.9 GB.",
                )
            ],
            id="weekly, late",
        ),
        pytest.param(
            backup([t + again for t in EVERY_NIGHT for again in (0, 300)]),
            [],
            id="a run made again by hand is no rhythm",
        ),
        pytest.param(
            backup([NOW - 10 * DAY]),
            [("critical", "late", "No new backup for 10 nights. Last: 2026-11-14 10:10 CST, 1.9 GB.")],
            id="one backup, long ago",
        ),
        pytest.param(
            backup(EVERY_NIGHT[:-3], None, state("transfer", "unfinished", ".dybsvn.tar.gz.a1b2c3", NOW - HOUR)),
            [
                (
                    "warning",
                    "late",
                    "No new backup for 3 nights; before that one every night. Last: 2026-11-21 10:00 CST, 1.9 GB."
                    " A transfer is under way: .dybsvn.tar.gz.a1b2c3.",
                )
            ],
            id="late with a transfer under way",
        ),
        pytest.param(
            backup(values=[154e6] * 20 + [77e6]),
            [("critical", "shrunk", "Shrank to 77 MB; the 14 before were 154 MB.")],
            id="shrunk by half",
        ),
        pytest.param(backup(values=[154e6] * 20 + [128e6]), [], id="a sixth smaller is no alarm"),
        pytest.param(
            backup(values=[154e6] * 18 + [77e6] * 3),
            [("critical", "shrunk", "Shrank to 77 MB; the 14 before were 154 MB.")],
            id="shrunk three nights ago and stayed so",
        ),
        pytest.param(
            backup(values=[*range(150_000_000, 150_000_020), 600e6]),
            [("warning", "grown", "Grew to 600 MB; the 14 before were 150 MB.")],
            id="grown",
        ),
        pytest.param(backup(EVERY_NIGHT[-4:], [9e6, 9e6, 9e6, 1e6]), [], id="too few to compare with"),
        pytest.param(
            backup(values=[1e6] * 20 + [0]), [("critical", "empty", "The newest backup is empty, 0 B.")], id="empty"
        ),
        pytest.param(
            backup(EVERY_NIGHT, None, state("digest", "differs", "the sidecar says 5 bytes, the file has 4")),
            [("critical", "digest", "Differs from its sidecar: the sidecar says 5 bytes, the file has 4.")],
            id="digest differs",
        ),
        pytest.param(backup(EVERY_NIGHT, None, state("digest", "same", "MD5")), [], id="digest is the same"),
        pytest.param(
            backup(EVERY_NIGHT, None, state("digest", "differs", "of last night", read=NOW - DAY)),
            [],
            id="not read now",
        ),
        pytest.param(
            backup(EVERY_NIGHT, None, state("archive", "broken", "gzip: unexpected end of file")),
            [("critical", "archive", "The newest archive is broken: gzip: unexpected end of file.")],
            id="archive broken",
        ),
        pytest.param(
            backup(EVERY_NIGHT, None, state("archive", "untested", "there is no zstd")),
            [("warning", "archive", "The newest archive could not be tested: there is no zstd.")],
            id="archive untested",
        ),
        pytest.param(
            backup(EVERY_NIGHT, None, state("last", "dangling", "points to 2012")),
            [("warning", "last", "Its link `last` leads nowhere: points to 2012.")],
            id="last dangles",
        ),
        pytest.param(
            backup(present=False, last_seen=NOW - DAY),
            [("critical", "missing", "Is no longer there; last seen 2026-11-23 10:10 CST.")],
            id="gone",
        ),
    ],
)
def test_backups(found, wanted):
    assert told(node(found)) == wanted


def test_what_a_hub_does_not_select_is_not_judged():
    other = backup(STOPPED, name="tarball:ZZ/svn/toysvn")
    assert told(node(backup(), other)) == []


def test_what_is_selected_and_was_never_seen_is_missed_since_the_source_first_told_anything():
    record = node(backup(name="tarball:ZZ/svn/toysvn"))
    assert told(record) == [("critical", "never seen", "Is selected in hubs.ZZ and was never seen here.")]
    assert since(record) == [NOW - 30 * DAY]


@pytest.mark.parametrize(("age", "wanted"), [(HOUR, []), (3 * DAY, ["lock"])])
def test_a_lock_is_a_problem_once_it_is_stale(age, wanted):
    lock = subject("lock:ZZ", state("lock", "held", "LOCKED: rsync"), metric("age", [NOW], [age], "seconds"))
    assert [rule for _, rule, _ in told(node(backup(), lock))] == wanted


def test_problems_date_from_when_they_began():
    assert since(node(backup(STOPPED))) == [STOPPED[-1] + DAY]
    assert since(node(backup(values=[154e6] * 18 + [77e6] * 3))) == [EVERY_NIGHT[-3]]


HUB = "tarballs:ZZ"


@pytest.mark.parametrize(
    ("theirs", "ours", "wanted"),
    [
        pytest.param(backup(), backup(), [], id="the same"),
        pytest.param(backup(), backup(EVERY_NIGHT[:-1]), [], id="tonight's is on its way"),
        pytest.param(
            backup(values=[2e9] * 20 + [1.9e9 + 24]),
            backup(),
            [("critical", "copy", "The copy of 2026-11-24 10:00 CST differs from ZZ: 1900000000 bytes here, 1900000024 there (24 B apart).")],
            id="cut off",
        ),
        pytest.param(
            backup(EVERY_NIGHT, None, state("fingerprint", "aa 5 T")),
            backup(EVERY_NIGHT, None, state("fingerprint", "bb 5 T")),
            [("critical", "copy", "The copy of 2026-11-24 10:00 CST differs from ZZ: MD5 bb here, aa there.")],
            id="as long and not the same",
        ),
        pytest.param(
            backup([t - (t == EVERY_NIGHT[-1]) for t in EVERY_NIGHT] + [NOW - 60]),
            backup(EVERY_NIGHT[:-1]),
            [("warning", "behind", "Is 2 backups behind ZZ, which has one of 2026-11-24 10:09 CST.")],
            id="behind",
        ),
    ],
)  # fmt: skip
def test_a_copy_is_compared_with_its_hub(theirs, ours, wanted):
    assert told(node(ours), node(theirs, name="ZZ")) == wanted


def test_a_late_copy_is_one_problem_told_in_the_words_of_both_rules():
    (problem,) = told(node(backup(STOPPED)), node(backup(), name="ZZ"))
    assert problem[2].endswith(
        " Last: 2026-11-17 10:00 CST, 1.9 GB. Is 7 backups behind ZZ, which has one of 2026-11-24 10:00 CST."
    )


def test_nothing_is_compared_with_a_hub_that_did_not_answer():
    silent = node(backup(values=[5e9] * 21, last_seen=NOW - DAY), name="ZZ", outcome="unreachable")
    assert told(node(backup()), silent) == []


def test_a_silent_node_is_one_problem_whatever_its_old_values_say():
    old = backup(STOPPED, last_seen=NOW - DAY)
    record = node(old, outcome="unreachable", reason="no route to host", answered=NOW - DAY, failing_since=NOW)
    assert told(record) == [
        ("warning", "silent", "Does not answer: no route to host. Its values are of 2026-11-23 10:10 CST.")
    ]


@pytest.mark.parametrize(
    ("failing_since", "answered", "wanted"),
    [
        (NOW - DAY, NOW - 2 * DAY, ("warning", "Does not answer: r. Its values are of 2026-11-22 10:10 CST.")),
        (NOW - 2 * DAY, NOW - 3 * DAY, ("critical", "Does not answer: r. Its values are of 2026-11-21 10:10 CST.")),
        (NOW, None, ("warning", "Has never answered: r.")),
    ],
)
def test_silence_grows_graver(failing_since, answered, wanted):
    record = node(outcome="unreachable", reason="r", failing_since=failing_since, answered=answered)
    ((level, _, text),) = told(record)
    assert ((level, text), since(record)) == (wanted, [failing_since])


def test_a_node_that_answered_in_part_is_not_said_never_to_have():
    source = SourceRecord(answer(), NOW, (), NOW)
    record = node(backup(), source=source, outcome="timed out", reason="r", failing_since=NOW, answered=None)
    assert told(record) == [("warning", "silent", "Did not answer whole: r.")]
    assert levels(record, []) == {ITEM: Level.OK, None: Level.UNKNOWN}


def test_a_node_that_never_answered_is_never_ok():
    assert levels(NodeRecord("SDU"), [])[None] is Level.UNKNOWN
    assert told(NodeRecord("SDU")) == [("unknown", "never asked", "No pass has asked it yet.")]


def test_values_that_were_not_read_now_are_unknown():
    stale = backup(last_seen=NOW - DAY)
    assert levels(node(stale), [])[ITEM] is Level.UNKNOWN


def test_a_source_that_failed_is_told_and_its_items_are_not_judged():
    failed = SourceRecord(answer(outcome="failed", reason="no folder"), NOW - DAY)
    record = node(backup(STOPPED, last_seen=NOW - DAY), source=failed)
    assert told(record) == [("warning", "source tarballs:ZZ", "tarballs:ZZ: failed: no folder.")]
    assert levels(record, [])[ITEM] is Level.UNKNOWN


@pytest.mark.parametrize("outcome", ["timed out", "too long"])
def test_what_a_cut_answer_told_whole_is_judged_and_nothing_is_missed(outcome):
    cut = SourceRecord(answer(outcome=outcome, reason="60 s"), NOW - DAY, (), NOW - 30 * DAY)
    record = node(backup(STOPPED, [1.9e9] * 13 + [0]), source=cut)
    assert [rule for _, rule, _ in told(record)] == ["empty", "late", "source tarballs:ZZ"]
    assert [rule for _, rule, _ in told(replace(record, outcome="timed out", reason="r"))] == [
        "empty",
        "late",
        "silent",
    ]
    gone = node(backup(present=False, last_seen=NOW - DAY), source=cut)
    assert [rule for _, rule, _ in told(gone)] == ["source tarballs:ZZ"]


def test_an_item_that_a_cut_answer_lists_in_part_is_unknown():
    cut = SourceRecord(answer(outcome="too long"), NOW - DAY)
    listed = subject(ITEM, metric("size", STOPPED, [2e9] * 14), metric("count", [NOW], [14], "count", read=NOW - DAY))
    for record in (node(listed, source=cut), node(subject(ITEM, metric("size", STOPPED, [2e9] * 14)), source=cut)):
        assert ([rule for _, rule, _ in told(record)], levels(record, [])[ITEM]) == (
            ["source tarballs:ZZ"],
            Level.UNKNOWN,
        )


@pytest.mark.parametrize(("skew", "rules"), [(59.0, []), (-61.0, ["clock"]), (None, [])])
def test_a_clock_that_is_off_is_told(skew, rules):
    assert [rule for _, rule, _ in told(node(backup(), skew=skew))] == rules


@pytest.mark.parametrize(
    ("name", "tracks", "wanted"),
    [
        ("process:web:gunicorn", [state("state", "RUNNING")], []),
        ("process:web:gunicorn", [state("state", "STOPPED")], []),
        (
            "process:web:gunicorn",
            [state("state", "FATAL", "Exited too quickly (process log may have details)")],
            [("critical", "failed", "Process is FATAL: Exited too quickly (process log may have details).")],
        ),
        ("process:web:cron", [state("state", "EXITED"), metric("exitstatus", [NOW], [0], "count")], []),
        (
            "process:web:cron",
            [state("state", "EXITED"), metric("exitstatus", [NOW], [3], "count")],
            [("warning", "failed", "Process is EXITED.")],
        ),
        (
            "unit:cron.service",
            [state("state", "failed", "exit-code")],
            [("critical", "failed", "Unit is failed: exit-code.")],
        ),
        ("disk:/", [metric("used_ratio", [NOW], [0.89], "ratio")], []),
        (
            "disk:/",
            [metric("used_ratio", [NOW], [0.985], "ratio"), metric("free", [NOW], [3e9])],
            [("critical", "used_ratio", "98.5 % full; 3 GB left.")],
        ),
        ("disk:/", [metric("used_ratio", [NOW], [float("nan")], "ratio")], []),
        ("disk:/", [metric("used_ratio", [NOW - DAY], [0.99], "ratio", read=NOW - DAY)], []),
        (
            "host:system",
            [metric("memory_available", [NOW], [1e9]), metric("memory_total", [NOW], [32e9])],
            [("warning", "memory", "1 GB of 32 GB memory left.")],
        ),
        ("host:system", [metric("load15", [NOW], [9.0], "load")], []),
        (
            "host:system",
            [metric("load15", [NOW], [9.0], "load"), metric("cpus", [NOW], [2], "count")],
            [("warning", "load", "Load is 9.00 over 15 minutes on 2 processors.")],
        ),
    ],
)
def test_processes_and_hosts(name, tracks, wanted):
    assert told(node(backup(), subject(name, *tracks))) == wanted


def test_a_full_disk_dates_from_when_it_became_full():
    used = metric("used_ratio", [NOW - 2 * DAY, NOW - DAY, NOW], [0.8, 0.95, 0.98], "ratio")
    assert since(node(backup(), subject("disk:/", used))) == [NOW - DAY]

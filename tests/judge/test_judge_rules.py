"""Each kind of rule fires in a sentence with its numbers, and is silent where it is sound or nothing is known."""

from dataclasses import replace

import pytest

from collector.config import parse
from collector.judge import in_force, judge, thresholds
from collector.judge.rules import rule_of
from collector.model import Level, Problem
from collector.store.records import NodeRecord, SourceRecord
from tests.judge.records import DAY, EVERY_NIGHT, FILE, ITEM, NOW, answer, backup, metric, node, state, subject

NAN = float("nan")
HEAD = """
[site]
time_zone = "Asia/Taipei"
[hubs.ZZ]
server = "dayabay"
node = "ZZ"
nodes = ["SDU"]
[nodes.ZZ]
sources = [{ kind = "tarballs", folder = "/backup/dayabay" }]
[nodes.SDU]
sources = [{ kind = "tarballs", folder = "/backup/dayabay" }]
[[rules]]
name = "mine"
"""


def config(text):
    return parse(f"{HEAD}{text}", FILE, {})


def told(text, *subjects, hub=None, **fields):
    """What the rule of this text finds on a node with these subjects."""
    record = node(backup(), *subjects, **fields)
    found = judge(config(text), record, NOW, lambda name: hub or NodeRecord(name))
    return [(one.level.word, one.subject, one.text, one.since) for one in found if one.rule == "mine"]


def nights(name, *values, unit="count"):
    times = [NOW - (len(values) - 1 - back) * DAY for back in range(len(values))]
    return metric(name, times, values, unit)


HOT = 'rule = "above"\nmetric = "temperature"\nwarning = "60 °C"\ncritical = 70\nclear = "50 °C"\n'


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([59], []),
        ([60], [("warning", "temperature is 60 °C (60 °C or more).", NOW)]),
        ([80, 65, 72], [("critical", "temperature is 72 °C (70 °C or more), for 2 nights.", NOW - 2 * DAY)]),
        (
            [61, 55],
            [("warning", "temperature is 55 °C (it was 60 °C or more, and is over below 50 °C), for 1 night.", NOW - DAY)],
        ),
        ([61, 49, 55], []),
        ([NAN], []),
        ([80, NAN], []),
        ([80, NAN, 55], [("critical", "temperature is 55 °C (it was 70 °C or more, and is over below 50 °C), for 2 nights.", NOW - 2 * DAY)]),
    ],
)  # fmt: skip
def test_a_number_above_a_limit_is_a_problem_until_it_has_come_back_far_enough(values, wanted):
    found = told(HOT, subject("temperature:cpu", nights("temperature", *values, unit="celsius")))
    assert [(level, text, since) for level, _, text, since in found] == wanted


def test_what_was_not_read_now_is_not_judged_by_any_kind():
    old = [
        replace(nights("free", 1.0, unit="bytes"), read=NOW - DAY),
        state("state", "FATAL", read=NOW - DAY),
        metric("size", [NOW - 9 * DAY], [1], read=NOW - DAY),
    ]
    gone = subject("disk:/", *old, last_seen=NOW - DAY)
    for text in (
        'rule = "below"\nmetric = "free"\nwarning = "5 GB"',
        'rule = "state"\nstate = "state"\nwanted = "RUNNING"',
        'rule = "age"\nmetric = "size"\nsubject = "disk:*"\nwarning = "2d"',
        'rule = "change"\nmetric = "free"\nwarning = "1 %"',
        'rule = "ratio"\nmetric = "free"\nsibling = "ZZ"\nwarning = "90 %"',
    ):
        assert told(text, gone) == []


def test_a_number_below_a_share_of_another_is_a_problem():
    text = 'rule = "below"\nmetric = "free"\nper = "size"\nwarning = "10 %"\ncritical = "5 %"'
    disk = subject("disk:/data", nights("free", 4e9, unit="bytes"), nights("size", 100e9, unit="bytes"))
    assert told(text, disk) == [("critical", "disk:/data", "free per size is 4 % (below 5 %).", NOW)]
    assert told(text, subject("disk:/data", nights("free", 4e9, unit="bytes"))) == []
    assert told(text, subject("disk:/data", nights("free", 0, unit="bytes"), nights("size", 0, unit="bytes"))) == []


def test_what_has_no_new_value_for_too_long_is_old():
    text = 'rule = "age"\nmetric = "size"\nsubject = "tarball:*"\nwarning = "2d"\ncritical = "1w"'
    record = backup([time - 3 * DAY for time in EVERY_NIGHT])
    (found,) = told(text, record)
    wanted = "The last size is 3 nights old, of 2026-11-21 10:00 CST (2 d or more)."
    assert found == ("warning", ITEM, wanted, EVERY_NIGHT[-1] - DAY)
    assert told(text, backup()) == []


@pytest.mark.parametrize(
    ("rule", "found", "wanted"),
    [
        ("process:web", subject("process:web"), []),
        ("process:web", None, [("critical", "process:web", "Should be there and is not, for 30 nights.")]),
        ("process:*", None, [("critical", None, "Nothing is there that process:* means, for 30 nights.")]),
        (
            "process:*",
            subject("process:web", present=False, last_seen=NOW - 2 * DAY),
            [("critical", "process:web", "Is no longer there; last seen 2026-11-22 10:10 CST, for 2 nights.")],
        ),
        (
            "process:*",
            subject("process:web", present=False, last_seen=NOW - 40 * DAY),
            [("critical", None, "Nothing is there that process:* means, for 30 nights.")],
        ),
    ],
)
def test_what_should_be_there_and_is_not_is_a_problem(rule, found, wanted):
    text = f'rule = "absent"\nsubject = "{rule}"\nlevel = "critical"\nnode = "SDU"'
    assert [one[:3] for one in told(text, *([found] if found else []))] == wanted
    assert told(text, *([found] if found else []), outcome="unreachable") == []


@pytest.mark.parametrize(
    ("limits", "values", "wanted"),
    [
        ('warning = "20 %"', (100e9, 130e9), "size rose from 100 GB to 130 GB, 30 %, since 2026-11-23 10:10 CST."),
        ('warning = "20 %"', (100e9, 110e9), None),
        ('warning = "5 GB"\nway = "down"', (100e9, 90e9), "size fell from 100 GB to 90 GB, −10 %, since 2026-11-23 10:10 CST."),
        ('warning = "5 GB"\nway = "down"', (100e9, 110e9), None),
        ('warning = "20 %"', (100e9, 100e9), None),
        ('warning = "20 %"', (100e9,), None),
        ('warning = "20 %"', (0, 1e9), "size rose from 0 B to 1 GB, since 2026-11-23 10:10 CST."),
        ('warning = "20 %"', (100e9, NAN), None),
    ],
)  # fmt: skip
def test_a_change_from_one_night_to_the_next_is_told(limits, values, wanted):
    text = f'rule = "change"\nmetric = "size"\nsubject = "disk:*"\n{limits}'
    found = told(text, subject("disk:/", nights("size", *values, unit="bytes")))
    assert [text for _, _, text, _ in found] == ([wanted] if wanted else [])


def test_a_word_that_changed_tonight_is_told_and_one_first_seen_tonight_is_not():
    text = 'rule = "change"\nstate = "kernel"'
    assert [one[2] for one in told(text, subject("host:system", state("kernel", "6.1", since=NOW)))] == [
        "kernel became 6.1 on 2026-11-24 10:10 CST."
    ]
    assert told(text, subject("host:system", state("kernel", "6.1", since=NOW - DAY))) == []
    new = replace(subject("host:system", state("kernel", "6.1", since=NOW)), first_seen=NOW)
    assert told(text, new) == []


def test_a_state_is_as_it_is_wanted_or_a_problem():
    text = 'rule = "state"\nstate = "state"\nsubject = "process:batch"\nwanted = "STOPPED"\nlevel = "critical"'
    running = subject("process:batch", state("state", "RUNNING", "pid 12", since=NOW - 2 * DAY))
    wanted = "Process is RUNNING, not STOPPED: pid 12, for 2 nights."
    assert told(text, running) == [("critical", "process:batch", wanted, NOW - 2 * DAY)]
    assert told(text, subject("process:batch", state("state", "STOPPED"))) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ('critical = ["down"]', [("unknown", "State is unknown: FROZEN, which is new, for 2 nights.")]),
        ('critical = ["down", "unknown"]', [("critical", "VM is unknown: FROZEN, which is new, for 2 nights.")]),
        ('wanted = ["running", "unknown"]', []),
    ],
)
def test_a_state_that_is_unknown_is_not_well_and_no_more_unless_a_rule_says_so(words, found):
    text = f'rule = "state"\nstate = "state"\nsubject = "vm:*"\n{words}'
    one = subject("vm:a", state("state", "unknown", "FROZEN, which is new", since=NOW - 2 * DAY))
    assert told(text, one) == [(level, "vm:a", said, NOW - 2 * DAY) for level, said in found]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("", [("unknown", "State is unknown.")]),
        ('[[rules]]\nname = "demo"\nwanted = ["alive", "not running", "unknown"]', []),
    ],
)
def test_a_demo_that_is_hidden_is_told_as_unknown_unless_that_is_wanted(rule, found):
    fleet = parse(f'[nodes.SDU]\nsources = [{{ kind = "demos" }}]\n{rule}', FILE, {})
    record = node(subject("demo:arm.py", state("state", "unknown")))
    problems = [one for one in judge(fleet, record, NOW, NodeRecord) if one.rule == "demo"]
    assert [(one.level.word, one.text) for one in problems] == found


def test_an_owner_may_be_called_unknown():
    text = 'rule = "state"\nstate = "owner"\nsubject = "vm:*"\nwarning = ["nobody"]'
    assert told(text, subject("vm:a", state("owner", "unknown"))) == []


def test_a_number_is_held_against_the_same_one_on_the_hub():
    text = 'rule = "ratio"\nmetric = "count"\nsubject = "tarball:*"\nwarning = "90 %"\ncritical = "50 %"'
    few, many = backup(EVERY_NIGHT[-8:]), node(backup(), name="ZZ")
    record = node(few)
    found = judge(config(text), record, NOW, lambda name: many if name == "ZZ" else NodeRecord(name))
    assert [(one.level.word, one.text) for one in found if one.rule == "mine"] == [
        ("critical", "count is 8, 38.1 % of 21 on ZZ.")
    ]
    assert told(text, hub=many) == []
    assert told(text, hub=NodeRecord("ZZ")) == []


def test_a_default_rule_is_changed_or_switched_off_where_the_file_says_so():
    late = backup(EVERY_NIGHT[:-7])
    disk = subject("disk:/", nights("used_ratio", 0.85, unit="ratio"))
    changed = parse(
        HEAD.replace("[[rules]]\nname = \"mine\"\n", "")
        + '[[rules]]\nname = "late"\nnode = "SDU"\noff = true\n[[rules]]\nname = "used_ratio"\nwarning = "80 %"\n'
        + 'runbook = "guide/disks"\npasses = 2\n[[rules]]\nname = "clock"\nwarning = "5s"\ncritical = "30s"\n',
        FILE,
        {},
    )  # fmt: skip
    record = node(late, disk, skew=40.0)
    found = judge(changed, record, NOW, NodeRecord)
    assert [(one.rule, one.level.word) for one in found] == [("clock", "critical"), ("used_ratio", "warning")]
    assert [one.value for one in thresholds(in_force(changed, record, disk), disk, "used_ratio")] == [0.8, 0.97]
    rule = rule_of(changed, found[1])
    assert (rule.runbook, rule.passes) == ("guide/disks", 2)
    assert rule_of(changed, Problem("SDU", None, "silent", Level.WARNING, "", NOW)).name == "silent"
    assert rule_of(changed, Problem("SDU", None, "source host", Level.WARNING, "", NOW)).name == "source"


QUOTA = (
    'rule = "forecast"\nmetric = "bytes"\nlimit = "500 GB"\nwarning = "30d"\ncritical = "7d"\nsubject = "backups:ZZ"'
)


@pytest.mark.parametrize(
    ("last", "a_day", "wanted"),
    [
        (440e9, 1e9, []),
        (
            480e9,
            1e9,
            [("warning", "bytes will reach 500 GB on 14 December at the present rate of 7 GB a week; 20 GB left.", NOW - 9 * DAY)],
        ),
        (495e9, 1e9, [("critical", "bytes will reach 500 GB on 29 November at the present rate of 7 GB a week; 5 GB left.", NOW - 24 * DAY)]),
        (500e9, 1e9, [("critical", "bytes is 500 GB, at its limit of 500 GB.", NOW)]),
        (480e9, 0, []),
    ],
)  # fmt: skip
def test_a_number_that_will_meet_its_limit_is_told_before_it_does(last, a_day, wanted):
    values = [last - a_day * ago for ago in range(59, -1, -1)]
    found = told(QUOTA, subject("backups:ZZ", nights("bytes", *values, unit="bytes")))
    assert [(level, text, since) for level, _, text, since in found] == wanted


def test_a_disk_that_fills_up_is_one_problem_with_how_full_it_is_and_when_it_is_full():
    used = nights("used_ratio", *(0.95 - 0.004 * ago for ago in range(59, -1, -1)), unit="ratio")
    disk = replace(subject("disk:/", used, nights("free", 9e9, unit="bytes")), source="host")
    host = SourceRecord(replace(answer("host"), source="host", kind="host"), NOW, (), NOW)
    record = node(backup(), disk)
    record = replace(record, sources={**record.sources, "host": host})
    found = judge(config(f"{HOT}off = true"), record, NOW, NodeRecord)
    assert [(one.level.word, one.rule, one.text) for one in found] == [
        (
            "warning",
            "used_ratio",
            "95 % full; 9 GB left, for 12 nights. Full on 6 December at the present rate of 2.8 % a week; 9 GB left.",
        )
    ]

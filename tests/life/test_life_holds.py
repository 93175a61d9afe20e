"""What holds alarms: who is meant, when, and what lies behind what; whole answers compared."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.config import parse
from collector.life import selector, windows
from collector.life.cycle import Moment, lives
from collector.life.holds import Hold, Said, hold, on_host
from collector.life.selector import NoSelector
from collector.model import Level, Problem
from collector.store.records import Ack, AnswerRecord, NodeRecord, Silence, StateRecord, SubjectRecord

CONFIG = parse(
    """
[site]
time_zone = "Europe/Berlin"
[hubs.ZZ]
server = "dayabay"
node = "H1"
nodes = ["SDU"]
[nodes.H1]
address = "h1.example.org"
[[nodes.H1.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
[nodes.SDU]
address = "sdu.example.org"
jump = "me@gate.example.org:22,h1.example.org"
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
[nodes.web-1]
[environments]
production = ["web-1"]
[groups.webs]
nodes = ["web-1"]
""",
    Path("/etc/almanac/almanac.toml"),
    {},
)
NOW = 1_795_486_200
ZONE = ZoneInfo("Europe/Berlin")


def problem(node="SDU", subject="tarball:ZZ/svn/dybsvn", rule="late", opened=NOW):
    finding = Problem(node, subject, rule, Level.WARNING, "text", NOW)
    return next(iter(lives([], [finding], lambda _: True, Moment(opened, 1))))


def silence(text="node=SDU", first=NOW - 60, last=NOW + 60, every="", **more):
    return Silence(1, NOW - 90, "ann", "new disks", text, first, last, every, **more)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], "SDU tarball:ZZ/svn/dybsvn late, web-1 disk:/data used_ratio, SDU None silent"),
        (["node=SDU"], "SDU tarball:ZZ/svn/dybsvn late, SDU None silent"),
        (["node=web-*"], "web-1 disk:/data used_ratio"),
        (["hub=ZZ"], "SDU tarball:ZZ/svn/dybsvn late, SDU None silent"),
        (["environment=production"], "web-1 disk:/data used_ratio"),
        (["group=webs"], "web-1 disk:/data used_ratio"),
        (["subject=svn/*"], "SDU tarball:ZZ/svn/dybsvn late"),
        (["subject=disk:*"], "web-1 disk:/data used_ratio"),
        (["subject=/data"], "web-1 disk:/data used_ratio"),
        (["rule=sil*"], "SDU None silent"),
        (["node=SDU", "rule=late"], "SDU tarball:ZZ/svn/dybsvn late"),
        (["subject=a b'c"], ""),
    ],
)
def test_whom_a_selector_means(words, meant):
    every = [problem(), problem("web-1", "disk:/data", "used_ratio"), problem("SDU", None, "silent")]
    parsed = selector.parse(words)
    assert selector.read(parsed.text) == parsed
    found = [f"{one.node} {one.subject} {one.rule}" for one in every if parsed.means(CONFIG, one)]
    assert ", ".join(found) == meant


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["SDU"], '"SDU" selects nothing; write one of hub=NAME, environment=NAME, group=NAME, node=NAME, subject=NAME, rule=NAME'),
        (["nod=SDU"], '"nod=SDU" selects nothing; write node=SDU'),
        (["node="], '"node=" selects nothing; write node=NAME'),
        (["node=SDV"], '/etc/almanac/almanac.toml: there is no node "SDV"; did you mean "SDU"?'),
    ],
)  # fmt: skip
def test_what_selects_nothing_is_told(words, said):
    with pytest.raises(NoSelector) as raised:
        selector.expect(CONFIG, selector.parse(words))
    assert str(raised.value) == said


def at(words):
    return int(datetime.fromisoformat(words).replace(tzinfo=ZONE).timestamp())


@pytest.mark.parametrize(
    ("every", "moment", "window"),
    [
        ("sun 02:00-04:00", "2026-11-22T03:00", ("2026-11-22T02:00", "2026-11-22T04:00")),
        ("sun 02:00-04:00", "2026-11-22T04:00", None),
        ("sun 02:00-04:00", "2026-11-23T03:00", None),
        ("mon,sat 22:00-01:00", "2026-11-22T00:30", ("2026-11-21T22:00", "2026-11-22T01:00")),
        ("daily 12:00-12:30", "2026-11-24T12:00", ("2026-11-24T12:00", "2026-11-24T12:30")),
        ("Daily  12:00-12:00", "2026-11-24T11:59", ("2026-11-23T12:00", "2026-11-24T12:00")),
        ("sun 01:30-03:30", "2026-03-29T03:15", ("2026-03-29T01:30", "2026-03-29T03:30")),
    ],
)
def test_windows_that_come_again(every, moment, window):
    found = windows.every(every).around(at(moment), ZONE)
    assert found == (window and (at(window[0]), at(window[1])))


@pytest.mark.parametrize("words", ["sun", "sum 02:00-04:00", "sun 25:00-26:00", "daily,sun 02:00-04:00", "sun 2-4", ""])
def test_what_is_no_window_is_told(words):
    with pytest.raises(windows.NoTime, match='is no window that comes again; write "sun 02:00-04:00"'):
        windows.every(words)


def test_times_are_days_or_iso():
    assert windows.moment("2026-11-24", ZONE) == at("2026-11-24T00:00")
    assert windows.moment("2026-11-24", ZONE, is_end=True) == at("2026-11-25T00:00")
    assert windows.moment("2026-11-24T02:10:00+00:00", ZONE) == int(
        datetime(2026, 11, 24, 2, 10, tzinfo=UTC).timestamp()
    )
    with pytest.raises(windows.NoTime, match='"tomorrow" is no day and no time'):
        windows.moment("tomorrow", ZONE)


ACK = Ack(1, problem().key, NOW + 5, "ann", "disk is ordered", None)
ACKNOWLEDGED = Hold("acknowledged", "ann", "disk is ordered", NOW + 5, None)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (Said(NOW + 9), None),
        (Said(NOW + 9, [ACK]), ACKNOWLEDGED),
        (Said(NOW + 9, [replace(ACK, key=("SDU", "", "late"))]), None),
        (Said(NOW + 9, [replace(ACK, until=NOW + 10)]), replace(ACKNOWLEDGED, until=NOW + 10)),
        (Said(NOW + 9, [replace(ACK, until=NOW + 9)]), None),
        (Said(NOW + 9, [replace(ACK, made=NOW - 1)]), None),
        (Said(NOW + 9, [replace(ACK, until=NOW + 7), ACK]), None),
        (Said(NOW + 9, [replace(ACK, level=Level.WARNING)]), ACKNOWLEDGED),
        (Said(NOW + 9, [replace(ACK, level=Level.CRITICAL)]), ACKNOWLEDGED),
        (Said(NOW + 9, [replace(ACK, level=Level.UNKNOWN)]), None),
        (Said(NOW, (), [silence()]), Hold("silenced", "ann", "new disks", NOW - 90, NOW + 60)),
        (Said(NOW, (), [silence("node=web-1")]), None),
        (Said(NOW + 60, (), [silence()]), None),
        (Said(NOW + 9, [ACK], [silence()]), ACKNOWLEDGED),
        (Said(NOW, (), (), frozenset({"H1"})), Hold("behind", node="H1")),
        (Said(NOW, (), (), frozenset({"web-1"})), None),
    ],
)  # fmt: skip
def test_why_nobody_is_alarmed(said, wanted):
    assert hold(CONFIG, said, problem()) == wanted


@pytest.mark.parametrize(
    ("one", "behind"),
    [
        (problem("SDU", None, "silent"), "H1"),
        (problem("H1", None, "silent"), None),
        (problem("web-1", None, "silent"), None),
        (problem("SDU", None, "clock"), None),
        (problem("SDU", "tarball:ZZ/svn/dybsvn", "digest"), None),
        (problem("H1", "tarball:ZZ/svn/dybsvn", "late"), None),
        (problem("SDU", "disk:/", "late"), None),
    ],
)
def test_what_lies_behind_a_node_that_is_down(one, behind):
    found = hold(CONFIG, Said(NOW, (), (), frozenset({"H1", "SDU"})), one)
    assert (found and found.node) == behind


ANSWER = AnswerRecord(1, 1, "cluster", "cluster", None, NOW, 1.0, "ok", "", 0)


def subject(name, **words):
    states = {key: StateRecord(key, word, "", NOW, NOW, ANSWER) for key, word in words.items()}
    return SubjectRecord(name, "cluster", None, NOW, NOW, True, {}, states)


@pytest.mark.parametrize(
    ("vm", "host", "others", "is_held"),
    [
        ("stranded", "offline", [problem("m", "clusternode:h", "out of service")], True),
        ("stranded", "silent", [problem("m", "clusternode:h", "ours")], True),
        ("stranded", "drained", [problem("m", "clusternode:h", "out of service")], False),
        ("down", "offline", [problem("m", "clusternode:h", "out of service")], False),
        ("stranded", "offline", [problem("m", "clusternode:other", "out of service")], False),
        ("stranded", "offline", [replace(problem("m", "clusternode:h"), stage="closed")], False),
        ("stranded", "offline", [replace(problem("m", "clusternode:h"), known=False)], False),
        ("stranded", "offline", [], False),
    ],
)
def test_a_stranded_vm_lies_behind_its_host_only_while_that_is_told(vm, host, others, is_held):
    subjects = [subject("vm:a", state=vm, host="h"), subject("clusternode:h", state=host), subject("clusternode:other")]
    record = NodeRecord("m", subjects={one.name: one for one in subjects})
    held = Hold("behind", node="m", subject="clusternode:h") if is_held else None
    assert on_host(record, problem("m", "vm:a", "wrong state"), others) == held
    assert on_host(record, replace(problem("m", "vm:a"), known=False), others) is None
    assert on_host(record, problem("m", "clusternode:h"), others) is None
    assert on_host(record, problem("m", None, "silent"), others) is None

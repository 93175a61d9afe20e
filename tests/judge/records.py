"""A node's record as the store would give it, and what is judged of it in words."""

from pathlib import Path

from collector.config import parse
from collector.judge import judge
from collector.judge.rules import rule_of
from collector.store.records import (
    AnswerRecord,
    MetricRecord,
    NodeRecord,
    Series,
    SourceRecord,
    StateRecord,
    SubjectRecord,
)

HOUR, DAY = 3600, 86400
FILE = Path("/etc/almanac/almanac.toml")
NOW = 1_795_486_200  # 2026-11-24 02:10 UTC
EVERY_NIGHT = [NOW - 600 - night * DAY for night in range(20, -1, -1)]
ITEM = "tarball:ZZ/svn/dybsvn"
CONFIG = parse(
    """
[site]
time_zone = "Asia/Taipei"
[hubs.ZZ]
server = "dayabay"
node = "ZZ"
nodes = ["SDU"]
select = ["svn/dybsvn"]
[nodes.ZZ]
[[nodes.ZZ.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
[nodes.SDU]
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
""",
    Path("/etc/almanac/almanac.toml"),
    {},
)


def answer(source="tarballs:ZZ", outcome="ok", reason="", asked=NOW):
    return AnswerRecord(1, 7, source, source.partition(":")[0], "ZZ", asked, 0.5, outcome, reason, 0)


def metric(name, times, values, unit="bytes", read=NOW):
    return MetricRecord(name, unit, Series(tuple(times), tuple(map(float, values))), read, answer(), answer())


def state(name, value, detail="", since=NOW, read=NOW):
    return StateRecord(name, value, detail, since, read, answer())


def subject(name, *tracks, source="tarballs:ZZ", present=True, last_seen=NOW):
    metrics = {track.name: track for track in tracks if isinstance(track, MetricRecord)}
    states = {track.name: track for track in tracks if isinstance(track, StateRecord)}
    return SubjectRecord(name, source, "ZZ", NOW - 30 * DAY, last_seen, present, metrics, states)


def backup(times=EVERY_NIGHT, values=None, *states, name=ITEM, last_seen=NOW, **fields):
    count = metric("count", [last_seen], [len(times)], "count", read=last_seen)
    sizes = metric("size", times, values or [1.9e9] * len(times))
    return subject(name, sizes, count, *states, last_seen=last_seen, **fields)


def node(*subjects, name="SDU", outcome="ok", source=None, **fields):
    source = source or SourceRecord(
        answer(outcome=outcome), NOW if outcome == "ok" else None, (), NOW - 30 * DAY if outcome == "ok" else None
    )
    fields = {"asked": NOW, "answered": NOW if outcome == "ok" else None} | fields
    return NodeRecord(
        name, outcome=outcome, sources={"tarballs:ZZ": source}, subjects={s.name: s for s in subjects}, **fields
    )


def told(record, hub=None):
    found = judge(CONFIG, record, NOW, lambda name: hub or NodeRecord(name))
    assert all(rule_of(CONFIG, problem) for problem in found), "a rule that almanac.toml can change"
    return [(problem.level.word, problem.rule, problem.text) for problem in found]


def since(record, hub=None):
    return [problem.since for problem in judge(CONFIG, record, NOW, lambda name: hub or NodeRecord(name))]

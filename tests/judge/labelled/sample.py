"""One labelled series, and what a judge says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from collector.config import parse
from collector.judge import judge
from collector.model import Problem
from collector.store.records import (
    AnswerRecord,
    MetricRecord,
    NodeRecord,
    Series,
    SourceRecord,
    SubjectRecord,
)
from tests.judge.labelled.past import ZONE, Maker, Past

HOUR, DAY = 3600, 86400
CONFIG = parse(
    f"""
[site]
time_zone = "{ZONE.key}"
[nodes.n]
[[nodes.n.sources]]
kind = "tarballs"
folder = "/backup"
layout = "dated-files"
""",
    Path("/etc/almanac/almanac.toml"),
    {},
)


@dataclass(frozen=True, slots=True)
class Sample:
    """`fault`: the rule that should speak, None where nobody should be told anything. `asked`: when it is judged."""

    kind: str
    past: Past
    fault: str | None
    asked: int
    counts: Past = field(default_factory=list)


Kind = Callable[[Maker], Sample]


def told(sample: Sample) -> tuple[Problem, ...]:
    """What is wrong with a sample, found as in a pass."""
    answer = AnswerRecord(1, 1, "tarballs", "tarballs", None, sample.asked, 0.1, "ok", "", 0)

    def metric(name: str, unit: str, points: Past) -> MetricRecord:
        times, values = zip(*points, strict=True)
        return MetricRecord(name, unit, Series(times, values), sample.asked, answer, answer)

    newest = sample.past[-1][0]
    metrics = {
        "size": metric("size", "bytes", sample.past),
        "age": metric("age", "seconds", [(sample.asked, float(sample.asked - newest))]),
        "count": metric("count", "count", sample.counts or [(sample.asked, float(len(sample.past)))]),
    }
    name = "tarball:item"
    subject = SubjectRecord(name, "tarballs", None, sample.past[0][0], sample.asked, True, metrics)
    source = SourceRecord(answer, sample.asked, (), sample.past[0][0])
    record = NodeRecord(
        "n", sample.asked, "ok", "", 0.1, 0.0, sample.asked, sources={"tarballs": source}, subjects={name: subject}
    )
    return judge(CONFIG, record, sample.asked, NodeRecord)

"""The nodes of the sample export: each shows some of the things that a page can be asked to show."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from collector.export.documents import (
    VERSION,
    EventDocument,
    ExcerptDocument,
    FaultDocument,
    NodeDocument,
    SourceDocument,
)
from collector.export.readings import Chart, Metric, ProblemDocument, Provenance, StateValue, Subject
from collector.export.slug import page_slug, slug
from tests.sphinxext.hostile import HOSTILE, HOSTILE_TEXT
from tests.sphinxext.sample_logs import LOG_DAY

NOW = datetime(2026, 11, 22, 18, 10, tzinfo=UTC)
RANKS = ["ok", "unknown", "warning", "critical"]


def stamp(days: float = 0, hours: float = 0) -> str:
    """The time so long before the pass."""
    return (NOW - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_of(name: str) -> str:
    return f"nodes/{slug(name)}"


def with_page(problem: ProblemDocument) -> ProblemDocument:
    return replace(problem, page=f"problems/{page_slug(problem.node, problem.subject or '', problem.rule)}")


def worst(levels: list[str]) -> str:
    return max(levels, key=RANKS.index, default="unknown")


def sample_nodes() -> tuple[NodeDocument, ...]:
    special = (_sdu(), _dayabay(), _cms02(), _c(), _h1(), _z9(), _web2(), _new_box(), _hostile())
    return special + tuple(_demo(i) for i in range(1, 15))


def _node(name: str, subjects: tuple[Subject, ...], **fields: object) -> NodeDocument:
    document = NodeDocument(
        version=VERSION, name=name, title=name, page=page_of(name), reach="ssh", address=f"{name}.example.org",
        hubs=(), environments=("production",), groups=(), level="ok", reached=True, outcome="ok", reason="",
        asked=stamp(), answered=stamp(), took=1.84, skew=0.4, sources=(), subjects=subjects, problems=(),
    )  # fmt: skip
    document = replace(document, **fields)  # type: ignore[arg-type]
    problems = tuple(map(with_page, document.problems))
    named = tuple(replace(s, page=f"subjects/{page_slug(name, s.name)}") for s in subjects)
    level = worst([p.level for p in problems]) if problems else document.level
    return replace(document, level=level, problems=problems, subjects=named)


def _from(source: str = "tarballs:ZZ", ago: float = 0) -> Provenance:
    return Provenance(1284 - round(ago), source, stamp(days=ago), 0.62, "ok", 0)


def _source(name: str, hub: str | None = None, **fields: object) -> SourceDocument:
    made = SourceDocument(name, name.partition(":")[0], hub, "ok", "", stamp(), 0.62, 0, stamp())
    return replace(made, **fields)  # type: ignore[arg-type]


def _spark(base: float, growth: float = 0.002, gaps: tuple[int, ...] = ()) -> tuple[float | None, ...]:
    return tuple(
        None if i in gaps else round(base * (1 + growth * i + 0.004 * math.sin(i * 1.7) + 0.003 * math.cos(i * 0.6)), 3)
        for i in range(60)
    )


def _metric(name: str, unit: str, value: float | None, ago: float = 0, **fields: object) -> Metric:
    spark = _spark(value) if value and "spark" not in fields else ()
    standing = "known" if value is not None else "unknown"
    made = Metric(name, standing, unit, value, stamp(days=ago), None, _from(ago=ago), spark)
    return replace(made, **fields)  # type: ignore[arg-type]


def _state(name: str, value: str | None, detail: str = "", **fields: object) -> StateValue:
    made = StateValue(name, "known", value, detail, stamp(days=12), stamp(), _from())
    return replace(made, **fields)  # type: ignore[arg-type]


def _subject(
    name: str,
    label: str,
    level: str,
    metrics: tuple[Metric, ...],
    states: tuple[StateValue, ...] = (),
    **fields: object,
) -> Subject:
    kind = name.partition(":")[0]
    made = Subject(
        name, kind, label, slug(name), "", None, level, True, True, stamp(days=400), stamp(), metrics, states
    )  # type: ignore[arg-type]
    return replace(made, **fields)  # type: ignore[arg-type]


def _tarball(hub: str, item: str, size: float, level: str = "ok", ago: float = 0.66, **fields: object) -> Subject:
    digest = str(fields.pop("digest", "same"))
    pictures = tuple(
        chart(f"{hub}-{item.replace('/', '-')}", r, f"{item}: {size / 1e6:.0f} MB, last {r}")
        for r in ["month", "year", "all"]
    )
    size_metric = _metric("size", "bytes", size, ago, previous=size * 0.996, charts=pictures)
    metrics = (
        replace(size_metric, **fields.pop("reading", {})),  # type: ignore[call-overload]
        _metric("count", "count", 4.0, spark=()),
        _metric("duration", "seconds", 431.0, spark=()),
    )
    states = (
        _state("digest", digest),
        _state("archive", "sound"),
        _state("newest", "dybsvn-18642.tar.gz", "revision 18642"),
    )
    return _subject(
        f"tarball:{hub}/{item}", item, level, metrics, states, hub=hub, group=item.partition("/")[0], **fields
    )


def _host(level: str = "ok") -> tuple[Subject, ...]:
    def read(name: str, unit: str, value: float | None, **fields: object) -> Metric:
        return _metric(name, unit, value, provenance=_from("host"), **fields)

    machine = (
        read("load1", "load", 0.51), read("load5", "load", 0.46), read("load15", "load", 0.42, charts=charts("load", "Load over 15 minutes")),
        read("cpus", "count", 8.0, spark=()), read("memory_used", "bytes", 20.5e9), read("memory_total", "bytes", 33_654_214_656.0, spark=()),
        read("swap_used", "bytes", 0.0, spark=()), read("swap_total", "bytes", 2e9, spark=()), read("uptime", "seconds", 18_316_800.0, spark=()),
        read("processes", "count", 214.0),
    )  # fmt: skip
    words = (_state("os", "Debian GNU/Linux 12 (bookworm)"), _state("kernel", "6.1.0-18-amd64"), _state("boot", "8f2c"))
    return (
        _subject("host:system", "system", "ok", machine, words),
        _subject("temperature:Core 0", "Core 0", "ok", (_metric("temperature", "celsius", 41.0),)),
        _subject(
            "temperature:Core 1", "Core 1", "unknown", (_metric("temperature", "celsius", 43.0, 3, standing="unknown"),)
        ),
        _disk("/", 0.42, 52e9),
        _disk("/volume1", 0.93 if level == "warning" else 0.78, 8.0e12, level),
    )


def _disk(mount: str, used: float, total: float, level: str = "ok") -> Subject:
    metrics = (
        _metric("used_ratio", "ratio", used, charts=charts(f"disk{mount.replace('/', '-')}", f"{mount} used")),
        _metric("size", "bytes", total, spark=()),
        _metric("free", "bytes", total * (1 - used), spark=()),
        _metric("inodes_ratio", "ratio", 0.07, spark=()),
    )
    return _subject(f"disk:{mount}", mount, level, metrics)


def _sdu() -> NodeDocument:
    gone = _tarball(
        "ZZ",
        "svn/old",
        12_000_000.0,
        "unknown",
        41,
        present=False,
        selected=False,
        last_seen=stamp(days=41),
        reading={"standing": "stale"},
    )
    empty = _tarball("ZZ", "folders/svnsetup", 0.0, reading={"previous": 0.0}, selected=False)
    never = _subject(
        "tarball:ZZ/tracs/toysvn", "tracs/toysvn", "unknown",
        (Metric("size", "never", "bytes", None, None, None, None),),
        hub="ZZ", group="tracs", present=False, first_seen=None, last_seen=None,
    )  # fmt: skip
    lock = _subject(
        "lock:ZZ", "ZZ", "ok", (_metric("age", "seconds", 1420.0, spark=()),),
        (_state("lock", "held", "by scm-backup-rsync since 23 Nov 01:46"),), hub="ZZ",
    )  # fmt: skip
    late = _tarball(
        "ZZ",
        "svn/dybsvn",
        1_901_400_000.0,
        "critical",
        6.67,
        reading={"spark": _spark(1.9e9)[:53] + (None,) * 7},
    )
    fault = FaultDocument(17, HOSTILE_TEXT, "the stamp 2026/13/45/999999 is no time")
    text = "No new backup for 7 nights; before that one every night. Last: 16 Nov 10:08 CST, 1.9 GB."
    return _node(
        "SDU",
        (late, _tarball("ZZ", "tracs/dybsvn", 3_312_000_000.0), never, empty, gone, lock, *_host()),
        title="Shandong, rh02",
        hubs=("ZZ",),
        groups=("nas",),
        sources=(_source("tarballs:ZZ", "ZZ", faults=(fault, fault)), _source("host")),
        problems=(ProblemDocument("SDU", "tarball:ZZ/svn/dybsvn", "svn/dybsvn", "late", "critical", text, stamp(days=6.67), late.metrics[0].spark),),
        events=(EventDocument("tarball:ZZ/svn/old", stamp(days=41), "info", "left the hub"),),
    )  # fmt: skip


def _dayabay() -> NodeDocument:
    items = (_tarball("ZZ", "svn/dybsvn", 1_902_100_000.0), _tarball("ZZ", "tracs/dybsvn", 3_312_000_000.0))
    return _node("dayabay", (*items, *_host()), hubs=("ZZ",), sources=(_source("tarballs:ZZ", "ZZ"), _source("host")))


def _cms02() -> NodeDocument:
    shrunk = _tarball(
        "C2",
        "tracs/env",
        52_000_000.0,
        "critical",
        reading={"previous": 121e6, "spark": (*_spark(112e6, 0.0015)[:59], 52e6)},
    )
    text = "52 MB tonight; 24 nights before were 114 to 121 MB. The copy on C shrank too, so the hub made it small."
    problem = ProblemDocument(
        "cms02",
        "tarball:C2/tracs/env",
        "tracs/env",
        "shrunk",
        "critical",
        text,
        stamp(),
        shrunk.metrics[0].spark,
    )
    subjects = (shrunk, _tarball("C2", "repos/env", 4_226_393.0), *_host("warning"))
    full = ProblemDocument(
        "cms02",
        "disk:/volume1",
        "/volume1",
        "full",
        "warning",
        "93 % used; full in 23 to 31 days.",
        stamp(days=9),
        _spark(0.9),
    )
    return _node(
        "cms02",
        subjects,
        hubs=("C2",),
        problems=(problem, full),
        sources=(_source("tarballs:C2", "C2"), _source("host")),
    )


def _c() -> NodeDocument:
    subjects = (
        _tarball("C2", "tracs/env", 52_000_000.0),
        _tarball("C2", "repos/env", 4_226_393.0),
        _tarball("C2", "repos/heprez2", 812_000.0),
    )
    return _node("C", subjects, hubs=("C2",), sources=(_source("tarballs:C2", "C2"),))


def _h1() -> NodeDocument:
    old = {"standing": "stale", "provenance": _from("tarballs:C2", 2), "time": stamp(days=2.3)}
    reason = "Its host key changed: ssh-ed25519 SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDEk6wtxGqhVzBXJTA; if that is right, run: ssh-keygen -R hep1.example.org"
    items = tuple(
        _tarball("C2", item, size, "unknown", reading=old)
        for item, size in (("tracs/env", 121e6), ("repos/env", 4_226_001.0))
    )
    items = tuple(
        replace(i, states=tuple(replace(s, standing="stale", time=stamp(days=2)) for s in i.states)) for i in items
    )
    text = "Did not answer: host key changed. Its last values are of 21 Nov and shown as such."
    return _node(
        "H1", items, hubs=("C2",), environments=("lab & attic",), reached=False, outcome="refused", reason=reason, answered=stamp(days=2),
        took=0.31, skew=None, problems=(ProblemDocument("H1", None, None, "unreachable", "warning", text, stamp(days=2)),),
        sources=(_source("tarballs:C2", "C2", outcome="refused", reason=reason, took=None, status=None, last_ok=stamp(days=2)),),
    )  # fmt: skip


def _z9() -> NodeDocument:
    text = "Digest differs from its sidecar: the copy is damaged or was cut off. The hub's own copy is sound."
    data = _tarball(
        "G",
        "repos/data",
        640_000_000.0,
        "warning",
        digest="differs",
        reading={"spark": _spark(6.4e8, gaps=(9, 10, 31))},
    )
    problem = ProblemDocument(
        "Z9:229", data.name, "repos/data", "digest", "warning", text, stamp(), data.metrics[0].spark
    )
    return _node(
        "Z9:229",
        (data,),
        address="Z9",
        hubs=("G",),
        environments=("lab & attic",),
        problems=(problem,),
        sources=(_source("tarballs:G", "G"),),
    )


def _process(name: str, state: str, detail: str, uptime: float | None, level: str = "ok") -> Subject:
    metrics = (
        (_metric("uptime", "seconds", uptime, spark=(), provenance=_from("processes")),) if uptime is not None else ()
    )
    states = (
        _state(
            "state",
            state,
            detail,
            provenance=_from("processes"),
            since=stamp(days=3) if level == "ok" else stamp(hours=6),
        ),
    )
    return _subject(f"process:{name}", name, level, metrics, states, group=name.partition(":")[0])


def _web2() -> NodeDocument:
    text = "Process is FATAL: exited too quickly (exit status 3). Others of its group run."
    subjects = (
        _process("web:gunicorn", "FATAL", "Exited too quickly (process log may have details)", None, "critical"),
        _process("web:celery", "RUNNING", "pid 4711, uptime 3 days, 2:10:01", 266_000.0),
        _process("web:cron beat", "STOPPED", "Not started", None),
        _process("queue:worker_00", "RUNNING", "pid 812, uptime 0:00:09", 9.0),
        _subject("unit:nginx.service", "nginx.service", "ok", (), (_state("state", "active", "running"),)),
        _subject(
            "unit:ntpd.service",
            "ntpd.service",
            "ok",
            (),
            (_state("state", None, standing="unknown", since=None, time=None),),
        ),
        *_host(),
    )
    problem = ProblemDocument(
        "web-2", "process:web:gunicorn", "web:gunicorn", "failed", "critical", text, stamp(hours=6)
    )
    sources = (
        _source("processes"),
        _source(
            "host",
            outcome="timed out",
            reason="The section did not end within 30 s",
            status=None,
            took=30.0,
            last_ok=stamp(days=1),
        ),
    )
    return _node("web-2", subjects, groups=("web",), problems=(problem,), sources=sources)


def _new_box() -> NodeDocument:
    reason = "No connection to new-box.example.org port 22 within 10 s"
    return _node(
        "new-box", (), environments=("lab & attic",), level="unknown", reached=False, outcome="unreachable", reason=reason,
        answered=None, took=10.0, skew=None,
        problems=(ProblemDocument("new-box", None, None, "unreachable", "unknown", "Has never answered: " + reason + ".", stamp(days=30)),),
        sources=(_source("host", outcome="unreachable", reason=reason, took=None, status=None, last_ok=None),),
    )  # fmt: skip


def _hostile() -> NodeDocument:
    subject = _subject(
        f"process:{HOSTILE_TEXT}",
        HOSTILE_TEXT,
        "warning",
        (),
        (_state(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT),),
        group=HOSTILE_TEXT,
    )
    return _node(
        HOSTILE, (subject, _subject("weather:roof", "x" * 180, "ok", (_metric("rain", "furlongs", 3.0),))), title=HOSTILE,
        logs=(LOG_DAY,), address=HOSTILE_TEXT, environments=("lab & attic",), groups=(HOSTILE_TEXT,), sources=(_source(HOSTILE_TEXT, reason=HOSTILE_TEXT, outcome="failed", status=3),),
        problems=(ProblemDocument(HOSTILE, subject.name, HOSTILE_TEXT, "failed", "warning", HOSTILE_TEXT, stamp(hours=1)),),
        events=(EventDocument(subject.name, stamp(hours=1), "error", HOSTILE_TEXT),),
        excerpts=(ExcerptDocument(subject.name, "stderr", stamp(), f"{HOSTILE_TEXT}\nits last words"),),
    )  # fmt: skip


def _demo(number: int) -> NodeDocument:
    return _node(
        f"demo-{number}", _host(), environments=("demos",), sources=(_source("host"),), took=0.2 + number / 10,
        reach="local", address="this machine",
    )  # fmt: skip


def charts(name: str, alt: str) -> tuple[Chart, ...]:
    return tuple(chart(name, r, f"{alt}, last {r}") for r in ["month", "year", "all"])


def chart(name: str, span: str, alt: str) -> Chart:
    return Chart(span, f"charts/{name}-{span}-light.png", f"charts/{name}-{span}-dark.png", 720, 230, alt)

"""What leaves the database: four kinds of knowing, small charts, levels, changes, and the schema that all of it keeps."""

import json
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from collector.config import parse
from collector.export import schemas
from collector.export.documents import Change
from collector.export.life import Lives, lives
from collector.export.manifest import answering, manifest
from collector.export.nodes import node_document, node_entry
from collector.export.slug import slug
from collector.export.subjects import Edition, group_of, label_of, spark
from collector.life.cycle import Moment
from collector.life.cycle import lives as after_pass
from collector.model import Fault, Level, Problem, worst_word
from collector.store.records import (
    AnswerRecord,
    MetricRecord,
    NodeRecord,
    PassRecord,
    Series,
    SourceRecord,
    StateRecord,
    SubjectRecord,
)

DAY = 86400
TONIGHT = 1_795_486_200  # 2026-11-24 02:10 UTC
LAST_NIGHT = TONIGHT - DAY

CONFIG = parse(
    """
[site]
time_zone = "Asia/Taipei"
[hubs.ZZ]
server = "dayabay"
nodes = ["SDU"]
select = ["svn/dybsvn", "tracs/dybsvn"]
[nodes.SDU]
address = "backup.example.org"
user = "almanac"
port = 2200
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
[[nodes.SDU.sources]]
kind = "host"
[environments]
production = ["SDU"]
""",
    Path("/etc/almanac/almanac.toml"),
    {},
)


def answer(asked, source="tarballs:ZZ", outcome="ok", reason=""):
    return AnswerRecord(1, 7, source, source.partition(":")[0], "ZZ", asked, 0.5, outcome, reason, 0)


def metric(name, unit, points, read):
    times, values = zip(*points, strict=True)
    return MetricRecord(name, unit, Series(times, values), read, answer(read), answer(read))


def subject(name, *, metrics=(), states=(), present=True, seen=TONIGHT, source="tarballs:ZZ", hub="ZZ"):
    return SubjectRecord(
        name, source, hub, LAST_NIGHT, seen, present, {m.name: m for m in metrics}, {s.name: s for s in states}
    )


def record(*subjects, tarballs="ok", **fields):
    sources = {
        "tarballs:ZZ": SourceRecord(answer(TONIGHT, outcome=tarballs), TONIGHT if tarballs == "ok" else LAST_NIGHT)
    }
    fields = {"asked": TONIGHT, "outcome": "ok", "answered": TONIGHT, "took": 1.4, "skew": 0.0} | fields
    return NodeRecord("SDU", sources=sources, subjects={s.name: s for s in subjects}, **fields)


def edition(previous=LAST_NIGHT):
    before = PassRecord(6, previous, previous + 9, 1, 1) if previous else None
    return Edition(CONFIG, PassRecord(7, TONIGHT, TONIGHT + 9, 1, 1), before, lambda *_: ())


def told(node_record, **levels):
    return node_document(edition(), node_record, Lives(), {None: Level.OK} | levels)


def test_zero_unknown_stale_and_never_are_four_different_things():
    document = told(
        record(
            subject(
                "tarball:ZZ/svn/dybsvn",
                metrics=[
                    metric("size", "bytes", [(TONIGHT, 0.0)], TONIGHT),
                    metric("age", "seconds", [(LAST_NIGHT, 5.0)], LAST_NIGHT),
                ],
            ),
            subject(
                "host:system",
                source="host",
                hub=None,
                metrics=[metric("load1", "load", [(LAST_NIGHT, 2.0)], LAST_NIGHT)],
            ),
        )
    )
    found = {(s.label, m.name): (m.standing, m.value) for s in document.subjects for m in s.metrics}
    assert found == {
        ("svn/dybsvn", "size"): ("known", 0.0),
        ("svn/dybsvn", "age"): ("unknown", 5.0),
        ("system", "load1"): ("stale", 2.0),
        ("tracs/dybsvn", "size"): ("never", None),
    }


def test_a_node_that_did_not_answer_keeps_its_last_values_dated():
    size = metric("size", "bytes", [(LAST_NIGHT - 60, 9.0)], LAST_NIGHT)
    silent = record(
        subject("tarball:ZZ/svn/dybsvn", metrics=[size], seen=LAST_NIGHT),
        tarballs="unreachable", outcome="unreachable", reason="no route", answered=LAST_NIGHT,
    )  # fmt: skip
    document = told(silent)
    (value,) = document.subjects[0].metrics
    assert (document.reached, document.reason, document.answered) == (False, "no route", "2026-11-23T02:10:00Z")
    assert (value.standing, value.value, value.time) == ("stale", 9.0, "2026-11-23T02:09:00Z")


def test_a_number_tells_when_it_was_last_confirmed_beside_where_it_was_first_read():
    june = MetricRecord("size", "bytes", Series((LAST_NIGHT,), (1.0,)), TONIGHT, answer(LAST_NIGHT), answer(TONIGHT))
    (value,) = told(record(subject("tarball:ZZ/svn/dybsvn", metrics=[june]))).subjects[0].metrics
    assert (value.time, value.read) == ("2026-11-23T02:10:00Z", "2026-11-24T02:10:00Z")
    assert (value.provenance.asked, value.confirmed.asked) == ("2026-11-23T02:10:00Z", "2026-11-24T02:10:00Z")


def test_what_is_known_from_imported_history_only_was_never_confirmed_nor_seen():
    past = answer(0, outcome="imported")
    size = MetricRecord("size", "bytes", Series((LAST_NIGHT,), (1.0,)), 0, past, past)
    of_old = SubjectRecord("tarball:ZZ/svn/dybsvn", "tarballs:ZZ", "ZZ", 0, 0, False, {"size": size})
    found = told(record(of_old)).subjects[0]
    assert (found.first_seen, found.last_seen, found.metrics[0].read, found.metrics[0].confirmed) == (None,) * 4


def test_every_value_tells_where_it_came_from():
    running = StateRecord("state", "RUNNING", "", LAST_NIGHT, TONIGHT, answer(TONIGHT))
    document = told(record(subject("process:web:gunicorn", states=[running])))
    (state,) = next(s for s in document.subjects if s.kind == "process").states
    assert asdict(state) == {
        "name": "state",
        "standing": "known",
        "value": "RUNNING",
        "detail": "",
        "since": "2026-11-23T02:10:00Z",
        "time": "2026-11-24T02:10:00Z",
        "provenance": {
            "pass_id": 7,
            "source": "tarballs:ZZ",
            "asked": "2026-11-24T02:10:00Z",
            "took": 0.5,
            "outcome": "ok",
            "status": 0,
            "reason": "",
        },
    }


def test_a_source_never_asked_says_so_and_faults_are_told():
    silent = record()
    source = SourceRecord(answer(TONIGHT), TONIGHT, (Fault(3, "find: x", "no stamp"),))
    document = told(NodeRecord("SDU", TONIGHT, "ok", sources={"tarballs:ZZ": source}, subjects=silent.subjects))
    assert [(s.name, s.outcome, [f.reason for f in s.faults]) for s in document.sources] == [
        ("tarballs:ZZ", "ok", ["no stamp"]),
        ("host", "never asked", []),
    ]
    assert document.address == "almanac@backup.example.org:2200"


def test_a_node_without_sources_is_unknown_not_well():
    bare = Edition(parse("[nodes.SDU]", Path("almanac.toml"), {}), edition().last_pass, None, lambda *_: ())
    assert node_document(bare, NodeRecord("SDU", TONIGHT, "ok"), Lives(), {None: Level.OK}).level == "unknown"


def test_what_a_hub_does_not_select_is_shown_and_marked():
    document = told(record(subject("tarball:ZZ/svn/toysvn")))
    assert {s.label: s.selected for s in document.subjects} == {
        "svn/toysvn": False,
        "svn/dybsvn": True,
        "tracs/dybsvn": True,
    }


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ([], ()),
        ([(TONIGHT - 61 * DAY, 1.0)], ()),
        ([(TONIGHT, 1.0)], ()),
        ([(TONIGHT - 2 * DAY, 1.0), (TONIGHT - 2 * DAY + 60, 2.0), (TONIGHT, 3.0)], (*[None] * 57, 2.0, None, 3.0)),
    ],
)
def test_a_small_chart_has_a_place_for_every_night(points, wanted):
    series = Series(tuple(t for t, _ in points), tuple(v for _, v in points))
    assert spark(series, TONIGHT, ZoneInfo("Asia/Taipei")) == wanted


def whole(previous=LAST_NIGHT, *documents):
    entries = {d.name: node_entry(d, "digest") for d in documents}
    return manifest(edition(previous), documents, entries, {})


def test_the_manifest_lists_the_gravest_first_and_takes_the_worst_level():
    problems = [
        Problem("SDU", None, "skew", Level.WARNING, "clock", TONIGHT),
        Problem("SDU", "tarball:ZZ/svn/dybsvn", "late", Level.CRITICAL, "late", LAST_NIGHT),
    ]
    found = lives(after_pass((), problems, lambda _: True, Moment(TONIGHT, 1)), ())
    document = node_document(edition(), record(), found, {None: Level.CRITICAL})
    found = whole(LAST_NIGHT, document)
    assert [(p.level, p.label, p.rule) for p in found.problems] == [
        ("critical", "svn/dybsvn", "late"),
        ("warning", None, "skew"),
    ]
    assert (found.level, found.hubs["ZZ"].level, found.environments["production"].level) == ("critical",) * 3


def test_changes_are_told_against_the_pass_before_and_not_on_the_first():
    fatal = StateRecord("state", "FATAL", "", TONIGHT, TONIGHT, answer(TONIGHT))
    gone = subject("tarball:ZZ/svn/dybsvn", present=False, seen=LAST_NIGHT)
    document = told(record(subject("process:web:gunicorn", states=[fatal], hub=None), gone))
    assert whole(LAST_NIGHT, document).changes == (
        Change("SDU", "web:gunicorn: state is now FATAL"),
        Change("SDU", "svn/dybsvn is gone"),
    )
    assert whole(None, document).changes == ()


def test_nodes_and_sources_that_stop_or_begin_to_answer_are_changes():
    reached, silent = told(record()), told(record(outcome="unreachable", reason="no route"))
    source = told(record(tarballs="timed out"))
    well = {("SDU", ""): "ok", ("SDU", "tarballs:ZZ"): "ok"}
    poor = {("SDU", ""): "ok", ("SDU", "tarballs:ZZ"): "timed out"}
    assert list(answering([reached], well)) == list(answering([reached], {})) == []
    assert list(answering([silent], well)) == [Change("SDU", "stopped answering: no route")]
    assert list(answering([silent], {("SDU", ""): "refused"})) == []
    assert list(answering([reached], {("SDU", ""): "refused"})) == [Change("SDU", "answers again")]
    assert list(answering([source], well)) == [Change("SDU", "tarballs:ZZ could not be read: ")]
    assert list(answering([reached], poor)) == [Change("SDU", "tarballs:ZZ is read again")]


def test_what_is_new_is_counted_from_the_pass_before():
    document = told(record())
    assert whole(LAST_NIGHT, document).last_pass.previous == "2026-11-23T02:10:00Z"
    assert whole(None, document).last_pass.previous is None


def test_an_export_of_nothing_is_unknown_not_ok():
    assert worst_word([]) == "unknown"


def test_documents_keep_their_schemas():
    document = told(
        record(subject("tarball:ZZ/svn/dybsvn", metrics=[metric("size", "bytes", [(TONIGHT, 1.0)], TONIGHT)]))
    )
    for name, value in (("node", document), ("manifest", whole(LAST_NIGHT, document))):
        schema = json.loads((schemas.FOLDER / f"{name}.schema.json").read_text())
        jsonschema.validate(json.loads(json.dumps(asdict(value))), schema)


def test_the_schemas_beside_the_code_are_those_of_the_types():
    for name, text in schemas.schemas():
        kept, made = (said_of(json.loads(one)) for one in ((schemas.FOLDER / name).read_text(), text))
        assert kept == made, name
    assert {file.name for file in schemas.FOLDER.iterdir()} == {name for name, _ in schemas.schemas()}


def said_of(schema):
    """What a schema says of each type: its words, what must be there, and the kinds of all keys. How it writes that differs
    from release to release of pydantic."""
    parts = {"": schema, **schema.get("$defs", {})}
    return {
        name: (
            part.get("description"),
            set(part.get("required", ())),
            {key: set(kinds_in(kind)) for key, kind in part.get("properties", {}).items()},
        )
        for name, part in parts.items()
    }


def kinds_in(part):
    """The types, references and constants that a part of a schema is put together from."""
    if isinstance(part, list):
        yield from (kind for inner in part for kind in kinds_in(inner))
    elif isinstance(part, dict):
        for key, inner in part.items():
            if key in ("type", "$ref", "const", "enum"):
                yield from map(str, inner if isinstance(inner, list) else [inner])
            else:
                yield from kinds_in(inner)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("SDU", "SDU"),
        ("Z9:229", "Z9_3A229"),
        ("a_b", "a_5Fb"),
        ("index", "_index"),
        (".hidden", "_.hidden"),
        ("é", "_C3_A9"),
        ("<script>", "_3Cscript_3E"),
    ],
)
def test_slugs(name, wanted):
    assert slug(name) == wanted


def test_long_slugs_stay_apart():
    assert len(slug("x" * 300)) < 200
    assert slug("x" * 300) != slug("x" * 301)


@pytest.mark.parametrize(
    ("name", "hub", "label", "group"),
    [
        ("tarball:ZZ/svn/dybsvn", "ZZ", "svn/dybsvn", "svn"),
        ("process:web:gunicorn", None, "web:gunicorn", "web"),
        ("disk:/data", None, "/data", ""),
        ("host:system", None, "system", ""),
    ],
)
def test_labels_and_groups(name, hub, label, group):
    assert (label_of(name, hub), group_of(label)) == (label, group)

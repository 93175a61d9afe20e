"""Recording: idempotent, in any order, one transaction a node, cheap."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Event, Fault, NodeAnswer, Observation, Outcome, Reading, State
from collector.store import query
from collector.store.errors import StoreError
from collector.store.records import Series
from tests.store.answers import ITEM, SOURCE, START, content, hasty, heard, night, reading, record, sizes, word

WINDOW = 10**9
NAMES = st.sampled_from([ITEM, "process:web:gunicorn", "disk:/data 'x' \"y\" <script>", "unit:\\x00é"])
TIMES = st.integers(START - 5, START + 5)
READINGS = st.builds(
    Reading,
    observations=st.lists(
        st.builds(Observation, NAMES, st.sampled_from(["size", "age"]), TIMES, st.floats(), st.just("bytes")),
        max_size=6,
    ).map(tuple),
    states=st.lists(
        st.builds(State, NAMES, st.sampled_from(["state", "last"]), TIMES, st.sampled_from(["a", "b", "c"]), st.text("xyz")),
        max_size=6,
    ).map(tuple),
    events=st.lists(st.builds(Event, NAMES, TIMES, st.just("info"), st.text("xyz")), max_size=3).map(tuple),
    faults=st.lists(st.builds(Fault, st.integers(0, 9), st.text("xyz"), st.just("odd")), max_size=3).map(tuple),
)  # fmt: skip
OUTCOMES = st.sampled_from([Outcome.OK, Outcome.OK, Outcome.FAILED, Outcome.CUT_OFF])


@settings(max_examples=40)
@given(st.lists(st.tuples(READINGS, OUTCOMES), min_size=1, max_size=5), st.randoms())
def test_recording_any_answer_again_changes_nothing(tmp_path_factory, nights, chance):
    with hasty(tmp_path_factory.mktemp("db") / "almanac.db") as store:
        for number, (told, outcome) in enumerate(nights):
            record(store, number, told, outcome=outcome)
        before = content(store)
        again = list(enumerate(nights))
        chance.shuffle(again)
        for number, (told, outcome) in again:
            record(store, number, told, outcome=outcome)
        assert content(store) == before


def test_a_word_is_kept_as_its_changes_alone(store):
    for number, last in enumerate(["ok", "ok", "dangling", "dangling", "ok"]):
        record(store, number, reading(number, last=last))
    rows = store.db.execute("SELECT asked, value FROM state ORDER BY asked").fetchall()
    assert rows == [(night(0), "ok"), (night(2), "dangling"), (night(4), "ok")]


def test_an_older_recording_breaks_into_a_word_and_leaves_what_was_read_later(store):
    record(store, 0, reading(0, last="ok"))
    record(store, 2, reading(2, last="ok"))
    record(store, 1, reading(1, last="dangling"))
    rows = store.db.execute("SELECT asked, value FROM state ORDER BY asked").fetchall()
    assert rows == [(night(0), "ok"), (night(1), "dangling"), (night(2), "ok")]


def test_a_word_that_tells_its_own_time_is_since_then(store):
    record(store, 0, Reading(states=(word("FATAL", night(0) - 500),)))
    record(store, 1, Reading(states=(word("RUNNING", night(0) - 900),)))  # its clock was set back
    node = query.node_record(store.db, "SDU", query.last_pass(store.db), WINDOW)
    assert (node.subjects[ITEM].states["last"].value, node.subjects[ITEM].states["last"].since) == (
        "RUNNING",
        night(0) - 900,
    )


@pytest.mark.parametrize(
    ("order", "wanted"),
    [((0, 1), 20.0), ((1, 0), 20.0), ((0, 2, 1), 10.0), ((0, 1, 2), 10.0), ((2, 1, 0), 10.0)],
)
def test_another_value_in_the_place_of_one_stands_if_it_was_read_later(store, order, wanted):
    values = {0: 10.0, 1: 20.0, 2: 10.0}
    for number in order:
        record(store, number, Reading(sizes({START: values[number]})))
    node = query.node_record(store.db, "SDU", query.last_pass(store.db), WINDOW)
    assert node.subjects[ITEM].metrics["size"].series == Series.of({START: wanted})


def test_a_value_read_again_keeps_the_answer_that_brought_it_and_another_brings_its_own(store):
    for number, value in enumerate([10.0, 10.0, 20.0]):
        pass_id = record(store, number, Reading(sizes({START: value})))
        size = query.node_record(store.db, "SDU", query.last_pass(store.db), WINDOW).subjects[ITEM].metrics["size"]
        assert size.answer.pass_id == {0: pass_id, 1: pass_id - 1, 2: pass_id}[number]
        assert (size.confirmed.pass_id, size.read) == (pass_id, night(number))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_known(store, value):
    good = Observation(ITEM, "count", START, 3.0, "count")
    record(store, 0, Reading((Observation(ITEM, "size", START, value, "bytes"), good)))
    node = query.node_record(store.db, "SDU", query.last_pass(store.db), WINDOW)
    assert list(node.subjects[ITEM].metrics) == ["count"]


def test_a_node_is_recorded_whole_or_not_at_all(store):
    record(store, 0)
    pass_id = store.begin_pass(night(1))
    before = content(store)
    store.db.execute(
        "CREATE TEMP TRIGGER broken BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'disk torn out'); END"
    )
    with pytest.raises(StoreError, match="disk torn out"):
        store.record(pass_id, heard(1), {SOURCE: reading(1)})
    assert content(store) == before


def test_a_pass_begun_again_is_the_same_pass_and_its_end_stands(store):
    first = store.begin_pass(START)
    store.end_pass(first, START + 5)
    assert store.begin_pass(START) == first
    store.end_pass(first, START + 99)
    assert store.db.execute("SELECT * FROM pass").fetchall() == [(first, START, START + 5)]


def test_imported_history_overrides_nothing_and_says_where_it_is_from(store):
    record(store, 0, Reading(sizes({START: 10.0})))
    past = sizes({START - 86400: 7.0, START: 99.0})
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", past)
    once = content(store)
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", past)
    assert content(store) == once
    rows = store.db.execute(
        "SELECT time, value, outcome FROM observation JOIN answer ON answer.id = answer ORDER BY time"
    ).fetchall()
    assert rows == [(START - 86400, 7.0, "imported"), (START, 10.0, "ok")]


def test_faults_that_stay_the_same_are_kept_once(store):
    for number in range(4):
        record(
            store, number, Reading(faults=(Fault(1, "odd", "not a stamp"), Fault(2, str(number // 2), "not a size")))
        )
    assert store.db.execute("SELECT text FROM fault").fetchall() == [("odd",), ("0",), ("odd",), ("1",)]


def test_fourteen_thousand_old_tarballs_read_again_add_nothing(store):
    past = Reading(sizes({START - 3600 * hour: 1e9 + hour for hour in range(14_600)}))
    record(store, 0, past)
    record(store, 1, past)
    assert store.db.execute("SELECT count(*) FROM observation").fetchone() == (14_600,)


def fleet_of_hundred(number):
    """A hundred nodes with five subjects of four numbers and a word each."""
    for node in range(100):
        answer = heard(number, node=f"node{node}")
        told = Reading(
            tuple(
                Observation(f"disk:/{disk}", metric, night(number), float(number), "bytes")
                for disk in range(5)
                for metric in ("size", "used", "free", "used_ratio")
            ),
            tuple(State(f"disk:/{disk}", "state", night(number), "ok") for disk in range(5)),
        )
        yield answer, {SOURCE: told}


def test_a_hundred_nodes_are_recorded_night_by_night(store):
    for number in range(2):
        pass_id = store.begin_pass(night(number))
        for answer, readings in fleet_of_hundred(number):
            assert isinstance(answer, NodeAnswer)
            store.record(pass_id, answer, readings)
    assert store.db.execute("SELECT count(*) FROM observation").fetchone() == (4000,)


def test_a_word_last_read_by_an_answer_that_was_cut_stays_the_last(store):
    record(store, 0, reading(0, last="ok"))
    record(store, 2, reading(2, last="ok"), outcome=Outcome.CUT_OFF)
    record(store, 1, reading(1, last="dangling"))
    node = query.node_record(store.db, "SDU", query.last_pass(store.db), WINDOW)
    assert (node.subjects[ITEM].states["last"].value, node.subjects[ITEM].states["last"].since) == ("ok", night(2))

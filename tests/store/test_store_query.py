"""What is read back: the four kinds of knowing, silence, absence, older passes."""

import pytest

from collector.model import Event, Observation, Outcome, Reading
from collector.store import query
from collector.store.records import NodeRecord, Series
from tests.store.answers import DAY, ITEM, SOURCE, START, night, reading, record, sizes, word

WINDOW = 30 * DAY
DISK = "disk:/data"


def told(store, as_of=None, window=WINDOW):
    """The node SDU as of a night, by default the last."""
    last = query.last_pass(store.db)
    while as_of is not None and last.started > night(as_of):
        last = query.pass_before(store.db, last.started)
    return query.node_record(store.db, "SDU", last, window)


def disk(number, **values):
    return Reading(tuple(Observation(DISK, metric, night(number), value, "bytes") for metric, value in values.items()))


def knowing(store):
    """How `free` of the disk is known, as anybody can tell from the record alone."""
    node = told(store)
    subject = node.subjects.get(DISK)
    if subject is None:
        return "never seen"
    metric = subject.metrics.get("free")
    if metric is not None and metric.read == node.asked:
        return metric.series.values[-1]
    return "unknown" if subject.last_seen == node.asked else f"stale {metric.series.values[-1]}"


@pytest.mark.parametrize(
    ("nights", "wanted"),
    [
        ([Reading()], "never seen"),
        ([disk(0, used=1.0, free=0.0)], 0.0),
        ([disk(0, used=1.0, free=5.0), disk(1, used=1.0)], "unknown"),
        ([disk(0, used=1.0)], "unknown"),
        ([disk(0, used=1.0, free=5.0), None], "stale 5.0"),
        ([disk(0, used=1.0, free=5.0), Reading()], "stale 5.0"),
    ],
)
def test_zero_unknown_stale_and_never_seen_are_told_apart(store, nights, wanted):
    for number, one in enumerate(nights):
        reached = Outcome.OK if one is not None else Outcome.UNREACHABLE
        record(store, number, one or Reading(), reached=reached)
    assert knowing(store) == wanted


def test_a_node_that_was_never_asked_is_told_as_such(store):
    record(store, 0, node="other")
    assert told(store) == NodeRecord("SDU")


def test_a_node_that_is_not_reached_keeps_its_last_values_dated(store):
    record(store, 0)
    for number in (1, 2):
        record(store, number, Reading(), reached=Outcome.UNREACHABLE)
    node = told(store)
    assert (node.outcome, node.reason) == ("unreachable", "no route to host")
    assert (node.asked, node.answered, node.failing_since) == (night(2), night(0), night(1))
    size = node.subjects[ITEM].metrics["size"]
    assert ([*size.series.values], size.read, size.answer.asked) == ([5.0, 10.0], night(0), night(0))
    assert node.subjects[ITEM].present
    assert (node.sources[SOURCE].last.outcome, node.sources[SOURCE].last_ok) == ("unreachable", night(0))


def test_a_node_that_never_answered_fails_since_it_was_first_asked(store):
    for number in (0, 1):
        record(store, number, Reading(), reached=Outcome.REFUSED)
    assert (told(store).answered, told(store).failing_since) == (None, night(0))


def test_a_node_that_answers_again_fails_no_more(store):
    record(store, 0, Reading(), reached=Outcome.UNREACHABLE)
    record(store, 1)
    assert told(store).failing_since is None


@pytest.mark.parametrize(
    ("outcome", "present"),
    [(Outcome.OK, False), (Outcome.CUT_OFF, True), (Outcome.TIMED_OUT, True), (Outcome.FAILED, True)],
)
def test_only_a_good_answer_tells_that_something_is_gone(store, outcome, present):
    both = Reading(sizes({START: 1.0}) + sizes({START: 2.0}, "tarball:ZZ/svn/gone"))
    record(store, 0, both)
    record(store, 1, Reading(sizes({START: 1.0})), outcome=outcome)
    subject = told(store).subjects["tarball:ZZ/svn/gone"]
    assert (subject.present, subject.last_seen) == (present, night(0))
    assert subject.metrics["size"].series == Series.of({START: 2.0})


def test_what_a_cut_answer_brought_is_recorded(store):
    record(store, 0, reading(0))
    record(store, 1, reading(1, value=11.0), outcome=Outcome.CUT_OFF)
    node = told(store)
    assert node.subjects[ITEM].metrics["size"].series.values[-1] == 11.0
    assert (node.subjects[ITEM].last_seen, node.sources[SOURCE].last_ok) == (night(1), night(0))


def test_a_value_tells_which_answer_it_is_from(store):
    pass_id = record(store, 0)
    record(store, 1, reading(1))
    answer = told(store).subjects[ITEM].states["last"].answer
    assert (answer.source, answer.kind, answer.hub, answer.took, answer.status) == (SOURCE, "tarballs", "ZZ", 1.5, 0)
    assert (answer.pass_id, answer.outcome) == (pass_id + 1, "ok")
    old = told(store, as_of=0).subjects[ITEM].metrics["size"].answer
    assert (old.pass_id, old.asked) == (pass_id, night(0))


def test_history_that_was_imported_is_no_sign_of_presence(store):
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", sizes({START - DAY: 7.0}))
    record(store, 0, Reading())
    subject = told(store).subjects[ITEM]
    assert (subject.present, subject.first_seen, subject.last_seen) == (False, 0, 0)
    assert (subject.metrics["size"].read, subject.metrics["size"].answer.outcome) == (0, "imported")


def test_as_of_an_older_pass_nothing_later_is_seen(store):
    for number, last in enumerate(["ok", "dangling", "ok"]):
        record(store, number, reading(number, value=number + 1.0, last=last))
    node = told(store, as_of=1)
    assert node.subjects[ITEM].states["last"].value == "dangling"
    assert node.subjects[ITEM].metrics["size"].series == Series.of({START - DAY: 5.0, night(0): 1.0, night(1): 2.0})
    assert (node.asked, node.sources[SOURCE].last.asked) == (night(1), night(1))
    assert [event.time for event in node.events] == [night(1) - 60, night(0) - 60]


def test_a_replayed_older_pass_is_not_taken_for_the_last(store):
    record(store, 2)
    record(store, 1, Reading(), reached=Outcome.UNREACHABLE)
    node = told(store)
    assert (query.last_pass(store.db).started, node.asked, node.outcome) == (night(2), night(2), "ok")
    assert (node.failing_since, node.sources[SOURCE].last.asked) == (None, night(2))


def test_the_last_pass_is_the_last_that_asked_anything(store):
    assert query.last_pass(store.db) is None
    first = record(store, 0)
    store.begin_pass(night(1))  # killed before any node had answered
    last = query.last_pass(store.db)
    assert (last.id, last.finished, last.asked, last.reached) == (first, night(0) + 9, 1, 1)
    assert query.pass_before(store.db, last.started) is None


def test_a_killed_pass_that_recorded_nodes_counts(store):
    record(store, 0)
    pass_id = record(store, 1)
    store.db.execute("UPDATE pass SET finished = NULL WHERE id = ?", [pass_id])
    store.db.commit()
    assert query.last_pass(store.db).id == pass_id
    assert query.last_pass(store.db).finished is None


def test_a_series_that_ended_long_ago_is_told_whole_up_to_its_end(store):
    record(store, 0, Reading(sizes({START - 90 * DAY: 1.0, START - 65 * DAY: 3.0, START - 60 * DAY: 2.0})))
    wanted = Series.of({START - 90 * DAY: 1.0, START - 65 * DAY: 3.0, START - 60 * DAY: 2.0})
    assert told(store).subjects[ITEM].metrics["size"].series == wanted


def test_a_state_whose_details_change_is_no_change(store):
    for number in (0, 1):
        record(store, number, Reading(states=(word("RUNNING", night(number), detail=f"pid {number}"),)))
    state = told(store).subjects[ITEM].states["last"]
    assert (state.since, state.read, state.detail) == (night(0), night(1), "pid 1")


def test_events_are_the_newest_hundred_newest_first(store):
    events = tuple(Event("lock:ZZ", START - number, "info", "done") for number in range(150))
    record(store, 0, Reading(events=events))
    assert [event.time for event in told(store).events] == [START - number for number in range(100)]


def test_hostile_names_come_back_as_they_were(store):
    hostile = 'tarball:ZZ/svn/\'; DROP TABLE pass; -- "<script>" \\n é'
    record(store, 0, Reading(sizes({START: 1.0}, hostile)))
    assert list(told(store).subjects) == [hostile]


def test_how_nodes_and_sources_fared_in_a_pass(store):
    record(store, 0)
    record(store, 1, Reading(), reached=Outcome.UNREACHABLE)
    last = query.last_pass(store.db)
    assert query.outcomes(store.db, last) == {("SDU", ""): "unreachable", ("SDU", SOURCE): "unreachable"}
    assert set(query.outcomes(store.db, query.pass_before(store.db, last.started)).values()) == {"ok"}

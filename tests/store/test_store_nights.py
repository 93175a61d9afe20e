"""Any night again: an older pass tells what it told then, whatever was recorded since and in which order."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Event, Fault, Outcome, Reading, State
from collector.store import query
from tests.store.answers import DAY, ITEM, SOURCE, START, hasty, night, reading, record, sizes, word
from tests.store.test_store_record import OUTCOMES, READINGS

WINDOW = 30 * DAY
REACHED = st.sampled_from([Outcome.OK, Outcome.OK, Outcome.OK, Outcome.UNREACHABLE])


def as_of(store, number):
    """The record of a night, from the whole database."""
    passes = [query.last_pass(store.db)]
    while passes[-1].started > night(number):
        passes.append(query.pass_before(store.db, passes[-1].started))
    return passes[-1], query.node_record(store.db, "SDU", passes[-1], WINDOW)


@settings(max_examples=40)
@given(st.lists(st.tuples(READINGS, OUTCOMES, REACHED), min_size=1, max_size=6))
def test_a_night_is_told_as_it_was_told_then(tmp_path_factory, nights):
    with hasty(tmp_path_factory.mktemp("db") / "almanac.db") as store:
        then = []
        for number, (told, outcome, reached) in enumerate(nights):
            record(store, number, told if reached is Outcome.OK else Reading(), outcome=outcome, reached=reached)
            then.append(as_of(store, number))
        assert [as_of(store, number) for number in range(len(nights))] == then


def without_ids(node):
    """A node's record without what numbers the order of recording."""

    def plain(answer):
        return replace(answer, id=0, pass_id=0)

    subjects = {
        name: replace(
            subject,
            metrics={
                n: replace(m, answer=plain(m.answer), confirmed=plain(m.confirmed)) for n, m in subject.metrics.items()
            },
            states={n: replace(s, answer=plain(s.answer)) for n, s in subject.states.items()},
        )
        for name, subject in node.subjects.items()
    }
    return replace(
        node, subjects=subjects, sources={n: replace(s, last=plain(s.last)) for n, s in node.sources.items()}
    )


USUAL = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["ok", "dangling"]),
    st.sampled_from(["", "pid 1", "pid 2"]),
    st.sampled_from(["told", "told", "told", "silent", "unreached"]),
)


def usual(number, night_):
    """A night in which everything may change, and what is known may not be told."""
    value, last, detail, told = night_
    if told != "told":
        return Reading()
    return Reading(
        sizes({START - DAY: 5.0, START: float(value), night(number): float(value)}),
        (word(last, night(number), detail=detail), State("other", "state", night(number), last)),
        (Event("lock:ZZ", START - 60, "info", "done"), Event("lock:ZZ", night(number) - 60, "info", detail)),
        (Fault(value, "odd", "not a stamp"),),
    )


@settings(max_examples=60)
@given(st.lists(USUAL, min_size=2, max_size=6), st.randoms())
def test_nights_recorded_in_any_order_tell_the_same(tmp_path_factory, nights, chance):
    folder = tmp_path_factory.mktemp("orders")

    def told_in(order, name):
        with hasty(folder / name) as store:
            for number in order:
                reached = Outcome.UNREACHABLE if nights[number][3] == "unreached" else Outcome.OK
                record(store, number, usual(number, nights[number]), reached=reached)
            return [without_ids(as_of(store, number)[1]) for number in range(len(nights))]

    order = list(range(len(nights)))
    wanted = told_in(order, "a.db")
    chance.shuffle(order)
    assert told_in(order, "b.db") == wanted


def test_what_an_older_night_told_of_a_state_is_kept(store):
    for number, detail in enumerate(["pid 1", "pid 2", "pid 2"]):
        record(store, number, Reading(states=(word("RUNNING", night(number), detail=detail),)))
    states = [as_of(store, number)[1].subjects[ITEM].states["last"] for number in range(3)]
    assert [(s.detail, s.since, s.read, s.answer.pass_id) for s in states] == [
        ("pid 1", night(0), night(0), 1),
        ("pid 2", night(0), night(1), 2),
        ("pid 2", night(0), night(2), 3),
    ]


def test_what_had_gone_and_came_back_was_gone_then(store):
    for number in range(4):
        record(store, number, Reading(sizes({START: 1.0}) if number != 1 else ()))
    subjects = [as_of(store, number)[1].subjects[ITEM] for number in range(4)]
    assert [(one.present, one.last_seen) for one in subjects] == [
        (True, night(0)), (False, night(0)), (True, night(2)), (True, night(3)),
    ]  # fmt: skip
    assert store.db.execute("SELECT count(*) FROM run WHERE kind = 'subject'").fetchone() == (2,)


def test_what_was_not_yet_read_was_not_known(store):
    """A backup of the first night that is read in the second only: the node did not answer before."""
    record(store, 0, Reading(), reached=Outcome.UNREACHABLE)
    record(store, 1, Reading(sizes({night(0) - 600: 1.0}), events=(Event("lock:ZZ", night(0) - 9, "info", "done"),)))
    assert as_of(store, 0)[1].subjects == {}
    assert as_of(store, 0)[1].events == ()


def test_faults_are_told_of_the_last_answer_of_each_night(store):
    for number in (0, 1, 3, 2):
        record(store, number)
    assert [as_of(store, number)[1].sources[SOURCE].faults[0].line for number in range(4)] == [0, 1, 2, 3]


def test_a_pass_replayed_by_a_better_parser_tells_what_that_reads(store):
    for number in range(3):
        record(store, number, reading(number, last="ok"))
    record(store, 1, reading(1, value=77.0, last="dangling"))
    record(store, 2, Reading())
    states = [as_of(store, number)[1].subjects[ITEM].states["last"] for number in range(3)]
    assert [(one.value, one.read) for one in states] == [
        ("ok", night(0)),
        ("dangling", night(1)),
        ("dangling", night(1)),
    ]
    assert not as_of(store, 2)[1].subjects[ITEM].present

"""What a pass costs, however long the history is: the same steps, and no query that walks through all of it."""

import pytest

from collector.model import Outcome, Reading
from collector.store import problems, query
from tests.store.answers import DAY, ITEM, hasty, night, reading, record

YEAR = 365
WALKS = ("SCAN CONSTANT", "SCAN pass USING", "SCAN one", "SCAN told VIRTUAL TABLE")
"""Plans that go through a few rows: of passes, of nodes, of what is asked for."""


def steps(store, work):
    """Steps of SQLite's machine: what a piece of work costs, the same on any computer."""
    counted = [0]

    def count():
        counted[0] += 1

    store.db.set_progress_handler(count, 1)
    work()
    store.db.set_progress_handler(None, 1)
    return counted[0]


def judge(store):
    """Notes that the last pass was judged, and found nothing."""
    last = query.last_pass(store.db)
    store.keep_problems(last, problems.number_of(store.db, last), ())


def pass_of(store, number):
    """One night with a word that changes, told and judged as export does."""
    record(store, number, reading(number, last=("ok", "dangling")[number % 2]))
    last = query.last_pass(store.db)
    query.outcomes(store.db, query.pass_before(store.db, last.started))
    query.node_record(store.db, "SDU", last, 30 * DAY)
    query.silent(store.db, last.started)
    judge(store)


def test_the_cost_of_a_pass_does_not_grow_with_history(store):
    store.db.execute("PRAGMA synchronous = OFF")
    for number in range(150):
        record(store, number)
        judge(store)
    early = steps(store, lambda: pass_of(store, 150))
    for number in range(151, 600):
        record(store, number)
        judge(store)
    late = steps(store, lambda: pass_of(store, 600))
    assert late <= early * 1.25


def test_the_cost_of_a_pass_does_not_grow_with_what_comes_and_goes(store):
    store.db.execute("PRAGMA synchronous = OFF")
    told = (Reading(), None)
    for number in range(22):
        record(store, number, told[number % 2])
    early = steps(store, lambda: record(store, 22, reading(22)))
    for number in range(23, 322):
        record(store, number, told[number % 2])
    late = steps(store, lambda: record(store, 322, reading(322)))
    assert late <= early * 1.25


@pytest.fixture(scope="module")
def decade(tmp_path_factory):
    """Ten years of nights of a node that was silent for all of the last year, but for its last two nights."""
    with hasty(tmp_path_factory.mktemp("decade") / "almanac.db") as store:
        store.db.execute("PRAGMA journal_mode = OFF")
        for number in range(10 * YEAR):
            silent = 9 * YEAR <= number < 10 * YEAR - 2
            told = Reading() if silent else reading(number, last=("ok", "dangling")[number // 400 % 2])
            record(store, number, told, reached=Outcome.UNREACHABLE if silent else Outcome.OK)
        yield store


def plans(store, work):
    """The plan of each statement that a piece of work runs."""
    told = []
    store.db.set_trace_callback(told.append)
    work()
    store.db.set_trace_callback(None)
    asked = [one for one in told if one.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    return {row[3]: one for one in asked for row in store.db.execute(f"EXPLAIN QUERY PLAN {one}")}


def test_no_query_of_a_pass_walks_through_a_table(decade):
    for plan, statement in plans(decade, lambda: pass_of(decade, 10 * YEAR)).items():
        assert not plan.startswith("SCAN") or plan.startswith(WALKS), statement
        assert "TEMP B-TREE" not in plan or "ORDER BY metric" in statement, statement


def test_what_failed_for_a_year_is_found_at_once(decade):
    silent = 10 * YEAR - 3
    (pass_id,) = decade.db.execute("SELECT id FROM pass WHERE started = ?", [night(silent)]).fetchone()
    last = query.PassRecord(pass_id, night(silent), None, 1, 0)
    late = steps(decade, lambda: query.node_record(decade.db, "SDU", last, 30 * DAY))
    node = query.node_record(decade.db, "SDU", last, 30 * DAY)
    assert (node.answered, node.failing_since) == (night(9 * YEAR - 1), night(9 * YEAR))
    young = query.PassRecord(0, night(9 * YEAR), None, 1, 0)
    assert late <= steps(decade, lambda: query.node_record(decade.db, "SDU", young, 30 * DAY)) * 1.05


def test_ten_years_are_read_by_the_extremes_of_their_weeks(decade):
    series = (
        query.node_record(decade.db, "SDU", query.last_pass(decade.db), 30 * DAY).subjects[ITEM].metrics["size"].series
    )
    assert list(series.times) == sorted(set(series.times))
    assert 9 * 52 <= len(series.times) <= 2 * 10 * 53 + 40

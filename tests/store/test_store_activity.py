"""The activity log: rows are added and told newest first; nothing changes one or takes it away."""

import sqlite3
import threading

import pytest

from collector.store import activity
from collector.store.activity import Activity, Wanted
from collector.store.store import Store

STOPPED = Activity(100, "ann", "ann", "control", "web", "process:web:shop", "done", "stopped web:shop")
REFUSED = Activity(101, "bob", "bob", "control", "web", "process:web:shop", "refused", "stop web:shop")
ADDED = Activity(101, "ann", "ann", "manage-users", None, "", "done", "added bob")
FAILED = Activity(102, "ann", "root", "control", "db", "process:pg", "failed", "start pg: no such file")


@pytest.fixture
def logged(store):
    for one in (STOPPED, REFUSED, ADDED, FAILED):
        store.note_activity(one)
    return store.db


def test_the_newest_is_told_first_and_of_one_second_the_last(logged):
    assert activity.found(logged, Wanted(), 3) == (FAILED, ADDED, REFUSED)


def test_a_node_tells_its_own_only(logged):
    assert activity.found(logged, Wanted(node="web"), 12) == (REFUSED, STOPPED)
    assert activity.found(logged, Wanted(node="none"), 12) == ()


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted(), (FAILED, ADDED, REFUSED, STOPPED)),
        (Wanted(person="ann"), (FAILED, ADDED, STOPPED)),
        (Wanted(person="ann", act="control"), (FAILED, STOPPED)),
        (Wanted(outcome="refused"), (REFUSED,)),
        (Wanted(since=101, until=102), (ADDED, REFUSED)),
        (Wanted(person="' OR 1=1 --"), ()),
    ],
)
def test_what_is_wanted_is_found(logged, wanted, told):
    assert activity.found(logged, wanted) == told


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM activity",
        "DELETE FROM activity WHERE id = 1",
        "UPDATE activity SET person = 'eve'",
        "INSERT OR REPLACE INTO activity VALUES (1, 100, 'eve', 'eve', 'run', NULL, '', 'done', '')",
        "REPLACE INTO activity VALUES (2, 100, 'eve', 'eve', 'run', NULL, '', 'done', '')",
    ],
)
def test_no_row_is_changed_or_taken_away(logged, statement):
    before = activity.found(logged, Wanted())
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        logged.execute(statement)
    logged.rollback()
    assert activity.found(logged, Wanted()) == before


def test_a_row_recorded_alone_is_there_for_others_at_once(store, path):
    activity.record(store.db, STOPPED)
    with Store.open(path) as other:
        assert activity.found(other.db, Wanted(), 1) == (STOPPED,)


def test_a_row_within_a_transaction_goes_with_it(store):
    store.db.execute("BEGIN")
    activity.record(store.db, STOPPED)
    store.db.execute("ROLLBACK")
    assert activity.found(store.db, Wanted(), 1) == ()


def test_a_row_waits_for_the_one_who_writes_and_is_then_recorded(store, path):
    store.db.execute("BEGIN IMMEDIATE")
    done = []

    def other():
        with Store.open(path) as opened:
            opened.note_activity(STOPPED)
            done.append(True)

    waiting = threading.Thread(target=other)
    waiting.start()
    waiting.join(0.3)
    assert not done
    store.db.execute("COMMIT")
    waiting.join()
    assert activity.found(store.db, Wanted(), 1) == (STOPPED,)

"""The last pass taken off the record: what is left is as if it had never been."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.model import Outcome, Reading
from collector.store import query
from collector.store.forget import NotForgotten
from tests.store.answers import hasty, night, reading, record
from tests.store.test_store_nights import REACHED, as_of, without_ids
from tests.store.test_store_record import OUTCOMES, READINGS

AHEAD = 9000
"""The night of a pass that ran while the clock was ahead."""
NIGHTS = st.lists(st.tuples(READINGS, OUTCOMES, REACHED), min_size=2, max_size=6)


def rows(store):
    """How many rows each table has."""
    tables = store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {table: store.db.execute(f"SELECT count(*) FROM {table}").fetchone() for (table,) in tables}


def told(store, nights):
    """Records nights by their numbers, in this order."""
    for number, (said, outcome, reached) in nights:
        record(store, number, said if reached is Outcome.OK else Reading(), outcome=outcome, reached=reached)


@settings(max_examples=60)
@given(NIGHTS, st.integers(0, 5))
@example([(reading(0), Outcome.OK, Outcome.OK), (reading(1, 7.0, "dangling"), Outcome.OK, Outcome.OK)], 1)
def test_what_is_left_is_as_if_it_had_never_been(tmp_path_factory, nights, wrong):
    wrong = min(wrong, len(nights) - 1)
    numbered = [(AHEAD if number == wrong else number, one) for number, one in enumerate(nights)]
    right = [one for one in numbered if one[0] != AHEAD]
    folder = tmp_path_factory.mktemp("db")
    with hasty(folder / "almanac.db") as store, hasty(folder / "undisturbed.db") as other:
        told(store, numbered)
        told(other, right)
        assert store.forget(query.last_pass(store.db).id) == night(AHEAD)
        assert rows(store) == rows(other)
        for number, _ in right:
            assert without_ids(as_of(store, number)[1]) == without_ids(as_of(other, number)[1])
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert store.db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_only_the_last_pass_can_be_forgotten_and_else_nothing_changes(store):
    first, second = record(store, 0), record(store, 1)
    before = list(store.db.iterdump())
    with pytest.raises(NotForgotten) as raised:
        store.forget(first)
    assert str(raised.value) == f"pass {first} is not the last on record; that is {second}, of 2026-11-19 11:06:40 UTC"
    assert list(store.db.iterdump()) == before
    store.forget(second)
    store.forget(first)
    with pytest.raises(NotForgotten, match=f"pass {first} is not the last on record; none is"):
        store.forget(first)


def test_what_asked_before_others_must_stay(store):
    first = record(store, 0)
    record(store, 1)
    with store.db as db:
        db.execute("UPDATE pass SET started = started + 1000000 WHERE id = ?", [first])
    with pytest.raises(NotForgotten, match="what they told rests on it; it must stay"):
        store.forget(first)


def test_names_are_those_of_the_passes_that_are_left(store):
    for number in (0, AHEAD):
        record(store, number)
        store.note_names(night(number), {"nodes": ["SDU"]})
    store.forget(query.last_pass(store.db).id)
    assert store.db.execute("SELECT * FROM named").fetchall() == [("nodes", "SDU", night(0))]

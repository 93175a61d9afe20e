"""Databases of earlier versions: everything in them is told as it was, and their weeks are filled."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import takewhile

import pytest
from sqlite_utils import Database

from collector.model import Fault
from collector.store import maintenance, migrating, query, schema
from collector.store.store import Store
from tests.store.answers import DAY, ITEM, SOURCE, START, night, record


@pytest.fixture
def old(path):
    """Three nights as the first version recorded them: the last one was not reached."""
    path.parent.mkdir()
    db = sqlite3.connect(path)
    migrating.apply(db, stop_before="any_night_again")
    db.executescript(
        f"""
        INSERT INTO pass VALUES (1, {night(0)}, {night(0) + 9}), (2, {night(1)}, {night(1) + 9}), (3, {night(2)}, NULL);
        INSERT INTO attempt VALUES ('SDU', 1, {night(0)}, 'ok', '', 2.0, 0.5), ('SDU', 2, {night(1)}, 'ok', '', 2.0, 0.5),
            ('SDU', 3, {night(2)}, 'unreachable', 'no route to host', 2.0, NULL);
        INSERT INTO source VALUES ('SDU', '{SOURCE}');
        INSERT INTO answer (node, source, pass, kind, hub, asked, took, outcome, reason, status) VALUES
            ('SDU', '{SOURCE}', 1, 'tarballs', 'ZZ', {night(0)}, 1.5, 'ok', '', 0),
            ('SDU', '{SOURCE}', 2, 'tarballs', 'ZZ', {night(1)}, 1.5, 'ok', '', 0),
            ('SDU', '{SOURCE}', 3, 'tarballs', 'ZZ', {night(2)}, NULL, 'unreachable', 'no route to host', NULL);
        INSERT INTO fault VALUES (2, 0, 7, 'odd', 'not a stamp'), (2, 1, 8, 'odd', 'not a stamp');
        INSERT INTO subject VALUES (1, 'SDU', '{ITEM}', '{SOURCE}', 'ZZ', {night(0)}, {night(1)});
        INSERT INTO series VALUES (1, 1, 'size', 'bytes', {night(1)});
        INSERT INTO observation VALUES (1, {START - 900 * DAY}, 5.0, 1), (1, {night(0)}, 6.0, 1), (1, {night(1)}, 7.0, 2);
        INSERT INTO word VALUES (1, 1, 'last', 'as of 1', {night(1)}, 2);
        INSERT INTO state VALUES (1, {night(0)}, {night(0) - 5}, 'ok', 1), (1, {night(1)}, {night(1)}, 'dangling', 2);
        INSERT INTO event VALUES ('SDU', {night(1) - 60}, 'lock:ZZ', 'info', 'rsync', 2);
        """
    )
    db.close()
    return path


def told(store, pass_id=3):
    last = query.PassRecord(pass_id, night(pass_id - 1), None, 1, 1)
    return query.node_record(store.db, "SDU", last, 30 * DAY)


def test_an_old_database_tells_what_it_told(old):
    with Store.open(old) as store:
        node = told(store)
    subject = node.subjects[ITEM]
    assert (node.outcome, node.answered, node.skews.values) == ("unreachable", night(1), (0.5, 0.5))
    assert (subject.first_seen, subject.last_seen, subject.present, subject.hub) == (night(0), night(1), True, "ZZ")
    size, last = subject.metrics["size"], subject.states["last"]
    assert [*size.series.values] == [5.0, 6.0, 7.0]
    assert (size.read, size.answer.id, size.confirmed.id) == (night(1), 2, 2)
    assert (last.value, last.detail, last.since, last.read, last.answer.id) == (
        "dangling",
        "as of 1",
        night(1),
        night(1),
        2,
    )
    assert [event.text for event in node.events] == ["rsync"]
    assert maintenance.check(old) == []


def test_its_faults_stay_with_their_answer(old):
    with Store.open(old) as store:
        assert told(store).sources[SOURCE].faults == ()
        assert told(store, 2).sources[SOURCE].faults == (Fault(7, "odd", "not a stamp"), Fault(8, "odd", "not a stamp"))


def test_its_weeks_are_filled_and_it_is_written_on(old):
    with Store.open(old) as store:
        assert store.db.execute("SELECT low_time, low, high FROM week ORDER BY week").fetchall()[0] == (
            START - 900 * DAY, 5.0, 5.0,
        )  # fmt: skip
        record(store, 3)
        assert told(store, 4).subjects[ITEM].metrics["size"].series.values[-1] == 10.0
        assert told(store, 4).subjects[ITEM].metrics["size"].series.values[0] == 5.0


def test_its_nodes_and_hubs_are_known_to_have_been_configured(old):
    with Store.open(old) as store:
        assert query.left(store.db) == {"hubs": {"ZZ": night(2)}, "nodes": {"SDU": night(2)}}


def test_an_outage_that_was_a_problem_for_each_reason_is_one(path):
    """Of two nodes: one whose reason has changed and that is acknowledged, and one that answers again."""
    path.parent.mkdir()
    db = sqlite3.connect(path)
    migrating.apply(db, stop_before="one_outage")
    rules = [("SDU", "", "unreachable"), ("SDU", "", "timed out"), ("SDU", ITEM, "failed"), ("C", "", "cut off")]
    stages = [(1, 0, "open"), (1, 1, "closed"), (2, 1, "open"), (3, 0, "open"), (4, 0, "open"), (4, 1, "closed")]
    db.executemany("INSERT INTO problem (node, subject, rule) VALUES (?, ?, ?)", rules)
    db.executemany(
        "INSERT INTO turn SELECT ?, ?, ?, 1, 1, 2, 't', 0, '', 0, 0, 0, NULL, ''",
        [(problem, night(number), stage) for problem, number, stage in stages],
    )
    db.execute("INSERT INTO ack VALUES (1, 'SDU', '', 'timed out', 5, 'kim', 'known', NULL, NULL)")
    db.commit()
    db.close()
    with Store.open(path) as store:
        told = store.db.execute("SELECT node, subject, rule FROM problem ORDER BY id").fetchall()
        assert told == [("SDU", "", "unreachable"), ("SDU", "", "silent"), ("SDU", ITEM, "failed"), ("C", "", "silent")]
        assert store.db.execute("SELECT rule FROM ack").fetchall() == [("silent",)]


@pytest.mark.parametrize("lacking", schema.STEPS)
def test_what_a_database_lacks_is_told_as_sqlite_utils_tells_it(lacking):
    with closing(sqlite3.connect(":memory:")) as db:
        migrating.apply(db, lacking)
        noted = {one.name for one in migrating.MIGRATIONS.applied(Database(db))}
        assert schema.applied(db) == noted == set(takewhile(lambda name: name != lacking, schema.STEPS))
        assert not schema.is_current(db)
        migrating.apply(db)
        assert schema.is_current(db)
        assert migrating.MIGRATIONS.pending(Database(db)) == []


def test_what_another_program_notes_beside_ours_is_not_ours(store, path):
    with store.db:
        store.db.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'other', 'of_another', '2026')")
    with Store.open(path) as again:
        assert schema.is_current(again.db)


def test_a_database_that_lacks_nothing_is_opened_without_sqlite_utils(store, path):
    script = (
        "import sys; from pathlib import Path; from collector.store.store import Store\n"
        "with Store.open(Path(sys.argv[1])): print('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True).stdout == "False\n"

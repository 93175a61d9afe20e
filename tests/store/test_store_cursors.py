"""Cursors and lines of logs: kept with what was read up to there, and taken back with it."""

from dataclasses import replace

import pytest

from collector.model import Event, Reading
from collector.store import cursors, lines, query
from collector.store.lines import Wanted
from tests.store.answers import SOURCE, heard, night, record

OF = ("SDU", SOURCE)


def told(number, *texts, level="error", **cursor):
    said = tuple(Event("log:cron", night(number), level, text) for text in texts)
    return Reading(lines=said, cursor=cursor)


def texts(store, **wanted):
    return [one.event.text for one in lines.found(store.db, Wanted(**wanted), -1)]


def test_a_source_goes_on_where_its_last_answer_ended(store):
    assert cursors.every(store.db) == {}
    record(store, 0, told(0, syslog="10", journal="a"))
    record(store, 1, told(1, syslog="20"))
    assert cursors.every(store.db) == {OF: {"syslog": "20", "journal": "a"}}


def test_an_older_answer_recorded_late_does_not_lead_back(store):
    record(store, 1, told(1, syslog="20"))
    record(store, 0, told(0, syslog="10"))
    assert cursors.every(store.db) == {OF: {"syslog": "20"}}


def test_what_is_recorded_again_is_there_once(store):
    record(store, 0, told(0, "same", "same", syslog="10"))
    before = list(store.db.iterdump())
    record(store, 0, told(0, "same", "same", syslog="10"))
    assert texts(store) == ["same", "same"]
    assert [row for row in store.db.iterdump() if "cursor" in row] == [row for row in before if "cursor" in row]


def test_a_pass_taken_off_the_record_takes_its_lines_and_gives_the_cursor_back(store):
    for number in range(3):
        record(store, number, told(number, f"line {number}", syslog=str(number)))
    store.forget(query.last_pass(store.db).id)
    assert texts(store) == ["line 1", "line 0"]
    assert cursors.every(store.db) == {OF: {"syslog": "1"}}


def test_a_node_that_can_not_be_recorded_leaves_lines_and_cursor_as_they_were(store):
    record(store, 0, told(0, "first", syslog="10"))
    broken = replace(heard(1), outcome=None)
    with pytest.raises(Exception, match="NOT NULL"):
        store.record(store.begin_pass(night(1)), broken, {SOURCE: told(1, "lost", syslog="20")})
    assert texts(store) == ["first"]
    assert cursors.every(store.db) == {OF: {"syslog": "10"}}


def test_keys_that_nothing_tells_any_longer_are_dropped_after_90_days(store):
    record(store, 0, told(0, syslog="10", gone="5"))
    record(store, 90, told(90, syslog="20"))
    assert set(cursors.every(store.db)[OF]) == {"syslog", "gone"}
    record(store, 91, told(91, syslog="30"))
    assert cursors.every(store.db) == {OF: {"syslog": "30"}}


def test_lines_are_found_by_level_subject_text_and_time(store):
    record(
        store, 0, Reading(lines=(Event("log:cron", 10, "info", "Job Done"), Event("log:ssh", 20, "error", "100% _")))
    )
    assert texts(store) == ["100% _", "Job Done"]
    assert texts(store, level="warning") == ["100% _"]
    assert texts(store, subject="log:c*") == ["Job Done"]
    assert texts(store, text="job d") == ["Job Done"]
    assert texts(store, text="0% _") == ["100% _"]
    assert texts(store, text="%x") == []
    assert texts(store, first=20) == ["100% _"]
    assert texts(store, end=20) == ["Job Done"]
    assert texts(store, nodes=("SDU", "other")) == ["100% _", "Job Done"]
    assert texts(store, nodes=("other",)) == []


def test_old_lines_and_those_beyond_the_number_go(store):
    for number in range(5):
        record(store, number, told(number, f"line {number}"))
    assert store.prune_lines(night(1), 100) == 1
    assert store.prune_lines(night(1), 2) == 2
    assert texts(store) == ["line 4", "line 3"]
    assert store.prune_lines(0, 0) == 2


def test_a_node_tells_the_latest_warnings_of_its_logs_among_its_events(store):
    record(store, 0, told(0, "bad"))
    record(store, 1, told(1, "chatter", level="info"))
    events = query.node_record(store.db, "SDU", query.last_pass(store.db), 0).events
    assert [one.text for one in events] == ["bad"]

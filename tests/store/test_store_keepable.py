"""What a source from outside may get wrong costs the value, and is told; nothing of it breaks a node's transaction."""

import math

import pytest

from collector.model import Event, Fault, Observation, Reading, State
from collector.store import keepable as rules
from collector.store import query
from collector.store.keepable import Kept, keepable
from tests.store.answers import ITEM, SOURCE, START, night, record

TIME = "can't be recorded: its time is no whole second between 1970 and 9999"
UNIT = "can't be recorded: its unit is none of bytes, seconds, count, ratio, celsius, load"


def number(value=1.0, time=START, subject=ITEM, unit="bytes"):
    return Reading(observations=(Observation(subject, "size", time, value, unit),))


def state(value="ok", time=START, detail=""):
    return Reading(states=(State(ITEM, "last", time, value, detail),))


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (number(math.nan), "can't be recorded: nan is no number"),
        (number(-math.inf), "can't be recorded: -inf is no number"),
        (number(10**400), "can't be recorded: int too large to convert to float"),
        (number(None), "can't be recorded: float() argument must be a string or a real number, not 'NoneType'"),
        (number(time=2**62), TIME),
        (number(time=-1), TIME),
        (number(time=START + 0.5), TIME),
        (number(time=10**5000), TIME),
        (number(unit="furlong"), UNIT),
        (number(unit=None), UNIT),
        (state(time=2**63), TIME),
        (state(value=None), "can't be recorded: NoneType where a text belongs"),
        (state(detail=b"raw"), "can't be recorded: bytes where a text belongs"),
    ],
)
def test_a_value_that_cannot_be_kept_is_told_and_its_subject_was_there(reading, reason):
    metric = "size" if reading.observations else "last"
    assert keepable(reading) == Kept(Reading(faults=(Fault(0, f"{ITEM} {metric}", reason),)), frozenset({ITEM}))


@pytest.mark.parametrize(
    ("reading", "faults"),
    [
        (Reading(events=(Event(ITEM, 2**64, "info", "x"),)), (Fault(0, ITEM, TIME),)),
        (Reading(observations=({"size": 1},)), (Fault(0, "", "can't be recorded: 'dict' object has no attribute 'subject'"),)),
        (Reading(faults=(Fault(2**64, "\udcff", "odd"),)), (Fault(0, "\\udcff", "odd"),)),
        (None, (Fault(0, "", "its parser gave a NoneType instead of a Reading"),)),
    ],
)  # fmt: skip
def test_what_is_no_value_at_all_is_told(reading, faults):
    assert keepable(reading) == Kept(Reading(faults=faults))


def test_a_sound_value_beside_an_odd_one_is_kept_as_it_is():
    sound = Observation(ITEM, "count", START, 0.0, "count")
    kept = keepable(Reading(observations=(*number(math.nan).observations, sound), states=state().states))
    assert (kept.reading.observations, kept.reading.states) == ((sound,), state().states)


def test_of_two_values_for_one_thing_at_one_time_the_last_counts():
    two = Reading(number(1.0).observations + number(2.0).observations, state("a").states + state("b").states)
    assert keepable(two) == Kept(Reading(number(2.0).observations, state("b").states), frozenset({ITEM}))


def test_text_that_sqlite_or_a_terminal_would_choke_on_is_spelt_out(store):
    hostile = "disk:\udcff\x1b[2J"
    told = Reading(
        observations=number(subject=hostile).observations,
        states=(State(hostile, "state", START, "a\0b", "\ud800"),),
        events=(Event(hostile, START, "info", "\n"),),
    )
    record(store, 0, told)
    found = query.node_record(store.db, "SDU", query.last_pass(store.db), 10**9)
    (subject,) = found.subjects.values()
    assert subject.name == "disk:\\udcff\\x1b[2J"
    assert (subject.states["state"].value, subject.states["state"].detail) == ("a\\x00b", "\\ud800")
    assert found.events == (Event("disk:\\udcff\\x1b[2J", START, "info", "\\n"),)


def test_a_flood_of_faults_is_cut_and_counted():
    flood = tuple(Fault(line, "", "odd") for line in range(rules.MOST_FAULTS + 5))
    faults = keepable(Reading(faults=flood)).reading.faults
    assert faults == (*flood[:-5], Fault(0, "", "and 5 more that are not told one by one"))


def test_an_odd_value_breaks_no_transaction_and_is_told_with_the_node(store):
    record(store, 0, number(math.nan))
    node = query.node_record(store.db, "SDU", query.last_pass(store.db), 10**9)
    assert (node.asked, node.subjects[ITEM].present, node.subjects[ITEM].metrics) == (night(0), True, {})
    assert [fault.reason for fault in node.sources[SOURCE].faults] == ["can't be recorded: nan is no number"]

"""The extremes of weeks: true values, whole weeks, always what the observations say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Reading
from collector.store import query, weeks, whole
from tests.store.answers import DAY, ITEM, SOURCE, START, hasty, night, record, sizes

MONDAY = weeks.start_of(weeks.week_of(START))
WEEK = 7 * DAY


def series(store, window=0, as_of=None):
    last = query.last_pass(store.db) if as_of is None else query.PassRecord(0, night(as_of), None, 1, 1)
    told = query.node_record(store.db, "SDU", last, window).subjects[ITEM].metrics["size"].series
    return dict(zip(told.times, told.values, strict=True))


def test_a_week_begins_on_monday():
    assert [weeks.start_of(weeks.week_of(time)) for time in (0, 345_599, 345_600)] == [-3 * DAY, -3 * DAY, 345_600]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({0: 5.0}, {0: 5.0}),
        ({0: 5.0, 1: 5.0, 2: 5.0}, {0: 5.0}),
        ({0: 3.0, 1: 9.0, 2: 1.0, 3: 4.0}, {1: 9.0, 2: 1.0}),
        ({1: 2.0, 2: 7.0, 3: 2.0, 4: 7.0}, {1: 2.0, 2: 7.0}),
        ({-1: 8.0, 0: 3.0, 6: 4.0, 7: 9.0}, {-1: 8.0, 0: 3.0, 6: 4.0, 7: 9.0}),
        ({0: -1.0, 1: 0.0}, {0: -1.0, 1: 0.0}),
    ],
)
def test_a_long_past_is_told_by_the_lowest_and_the_highest_of_each_week(store, values, wanted):
    past = {MONDAY - 20 * WEEK + day * DAY: value for day, value in values.items()}
    record(store, 0, Reading(sizes({**past, START: 6.0})))
    assert series(store) == {**{MONDAY - 20 * WEEK + day * DAY: value for day, value in wanted.items()}, START: 6.0}


def test_the_window_is_told_whole_from_the_beginning_of_its_first_week(store):
    past = {START - day * DAY: float(day % 5) for day in range(60)}
    record(store, 0, Reading(sizes(past)))
    first = weeks.start_of(weeks.week_of(START - 30 * DAY))
    assert {time: value for time, value in series(store, 30 * DAY).items() if time >= first} == {
        time: value for time, value in past.items() if time >= first
    }


def test_a_value_that_is_corrected_corrects_its_week_and_older_nights_keep_theirs(store):
    past = MONDAY - 20 * WEEK
    record(store, 0, Reading(sizes({past: 1.0, past + DAY: 2.0, past + 2 * DAY: 9.0, START: 6.0})))
    record(store, 1, Reading(sizes({past: 3.0, past + 2 * DAY: 2.5, START: 6.0})))
    assert series(store) == {past: 3.0, past + DAY: 2.0, START: 6.0}
    assert series(store, as_of=0) == {past: 1.0, past + 2 * DAY: 9.0, START: 6.0}


def test_a_week_that_was_not_known_then_is_not_told(store):
    record(store, 0, Reading(sizes({START: 6.0})))
    record(store, 1, Reading(sizes({MONDAY - 20 * WEEK: 1.0, START: 6.0})))
    assert series(store, as_of=0) == {START: 6.0}


def test_imported_history_fills_its_weeks(store):
    record(store, 0, Reading(sizes({START: 6.0})))
    store.add_history(
        "SDU", SOURCE, "tarballs", "ZZ", sizes({MONDAY - 20 * WEEK + d * DAY: float(d) for d in range(5)})
    )
    assert series(store) == {MONDAY - 20 * WEEK: 0.0, MONDAY - 20 * WEEK + 4 * DAY: 4.0, START: 6.0}


NIGHTS = st.lists(st.dictionaries(st.integers(0, 40), st.integers(0, 4), max_size=12), min_size=1, max_size=4)


@settings(max_examples=30)
@given(NIGHTS, st.randoms())
def test_weeks_are_what_their_observations_say_whatever_changed_in_which_order(tmp_path_factory, nights, chance):
    order = list(range(len(nights)))
    chance.shuffle(order)
    with hasty(tmp_path_factory.mktemp("weeks") / "almanac.db") as store:
        for number in order:
            record(store, number, Reading(sizes({MONDAY + day * DAY: value for day, value in nights[number].items()})))
        kept = store.db.execute("SELECT * FROM week").fetchall()
        times = store.db.execute("SELECT DISTINCT series, time FROM observation").fetchall()
        store.db.execute("DELETE FROM week")
        weeks.refresh(store.db, ((key, weeks.week_of(time)) for key, time in times))
        assert store.db.execute("SELECT * FROM week").fetchall() == kept


def test_weeks_told_late_are_found_without_a_look_at_others(store):
    asked = []
    store.db.set_trace_callback(asked.append)
    whole.late(store.db, night(0))
    store.db.set_trace_callback(None)
    plan = [row[-1] for row in store.db.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert plan[0] == "SEARCH week USING COVERING INDEX week_told_late (asked>?)"
    assert not any(step.startswith("SCAN") for step in plan)


def test_a_week_is_told_late_a_year_after_it(store):
    record(store, 0, Reading(sizes({night(-359): 5.0, night(-700): 6.0})))
    record(store, 1, Reading(sizes({night(-367): 5.0})))
    assert [(node, subject) for node, subject, _ in whole.late(store.db, night(-1))] == [("SDU", ITEM)] * 2
    ((*_, week),) = whole.late(store.db, night(0))
    assert week[0] <= night(-367) <= week[1] == week[0] + WEEK - 1

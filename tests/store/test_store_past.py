"""The past of a series in one piece: what weeks and observations say, whatever changed in which order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Reading
from collector.store import past, query, weeks
from collector.store.past import EVERY, WHOLE
from tests.store.answers import DAY, ITEM, START, hasty, night, record, sizes
from tests.store.test_store_cost import steps

FIRST = weeks.start_of(weeks.week_of(START)) - 1000 * DAY


def node(store, as_of, window=WHOLE):
    return query.node_record(store.db, "SDU", query.PassRecord(0, night(as_of), None, 1, 1), window)


def series(store, as_of, window=WHOLE):
    """A series as of a night, None where it was not known then."""
    found = node(store, as_of, window).subjects.get(ITEM)
    size = found and found.metrics.get("size")
    return size and size.series


def rows(store):
    return store.db.execute("SELECT * FROM past").fetchall()


def every_night(days):
    """A size for each of so many days before the first night."""
    return Reading(sizes({START - day * DAY: float(day * 7919 % 101) for day in range(days)}))


NIGHTS = st.lists(
    st.dictionaries(st.integers(0, 150).map(lambda day: day * 7 % 1040), st.integers(0, 9), min_size=1, max_size=40),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(NIGHTS, st.randoms(), st.booleans())
def test_it_tells_what_weeks_and_observations_say(tmp_path_factory, nights, chance, forgets):
    order = [30 * number for number in range(len(nights))]
    chance.shuffle(order)
    with hasty(tmp_path_factory.mktemp("past") / "almanac.db") as store:
        for number in order:
            record(store, number, Reading(sizes({FIRST + day * DAY: of for day, of in nights[number // 30].items()})))
        if forgets:
            store.forget(store.db.execute("SELECT id FROM pass ORDER BY started DESC").fetchone()[0])
        asked = [(number, window) for number in order for window in (0, 30 * DAY, WHOLE - 300 * DAY, WHOLE)]
        told, kept = [series(store, *one) for one in asked], rows(store)
        times = store.db.execute("SELECT DISTINCT series, time FROM observation").fetchall()
        past.refresh(store.db, ((key, weeks.week_of(time)) for key, time in times), 0)
        assert rows(store) == kept
        store.db.execute("DELETE FROM past")
        assert [series(store, *one) for one in asked] == told


def test_it_moves_on_every_eight_weeks_and_stays_small(store):
    record(store, 0, every_night(3650))
    found = []
    for number in range(1, 2 * EVERY * 7 + 1):
        record(store, number)
        ((_, whole, until, _, points),) = rows(store)
        found.append((until - weeks.week_of(night(number)), len(points) // 16))
        assert weeks.start_of(whole) <= weeks.start_of(until) - WHOLE
    assert {week for week, _ in found} == set(range(1 - EVERY, 1))
    assert max(of for _, of in found) < 2 * 530 + 800


def test_what_a_clock_ahead_has_told_moves_nothing_on(store):
    record(store, 0, Reading(sizes({START + week * 7 * DAY: 1.0 for week in range(-20, 200)})))
    ((_, _, until, _, _),) = rows(store)
    assert until <= weeks.week_of(START)


def test_what_is_forgotten_of_a_clock_ahead_has_moved_nothing_on(store):
    record(store, 0, every_night(200))
    before = rows(store)
    ahead = record(store, 9000, Reading(sizes({night(9000) - week * 7 * DAY: 1.0 for week in range(EVERY)})))
    assert rows(store) != before
    store.forget(ahead)
    assert rows(store) == before != []


def test_a_night_reads_no_more_of_ten_years_than_of_ten_weeks(tmp_path):
    costs = []
    for days in (70, 3650):
        with hasty(tmp_path / f"{days}.db") as store:
            record(store, 0, every_night(days))
            costs.append(steps(store, lambda: node(store, 0)))
    assert costs[1] <= costs[0] * 1.02

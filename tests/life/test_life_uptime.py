"""Uptimes from what passes found: given and wanted side by side; unknown time is neither up nor down."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.config import parse
from collector.life import uptimes
from collector.life.uptime import Month, Uptime, month, months, node_is_up, together, uptime
from collector.life.windows import NoTime
from collector.model import Observation, Outcome, Reading, State
from tests.store.answers import DAY, hasty, night, record

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ([], (0, 0, 100)),
        ([(0, True)], (15, 0, 85)),
        ([(0, True), (10, True), (20, False), (30, True)], (35, 10, 55)),
        ([(-5, True), (10, None), (20, True)], (25, 0, 75)),
        ([(-50, True), (95, False)], (0, 5, 95)),
        ([(90, True), (100, False)], (10, 0, 90)),
    ],
)
def test_what_a_pass_found_holds_until_the_next_and_not_for_ever(points, wanted):
    assert uptime(points, (0, 100), 10) == Uptime(*wanted)


def test_nothing_known_is_no_ratio_and_several_are_added_up():
    assert Uptime(0, 0, 100).ratio is None
    assert together([Uptime(75, 25, 0), Uptime(0, 0, 100)]).ratio == 0.75


def test_a_node_that_refuses_us_is_not_said_to_be_down():
    assert [node_is_up(one) for one in (Outcome.OK, Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.REFUSED)] == [
        True,
        False,
        False,
        None,
    ]


def at(*words):
    return int(datetime(*words, tzinfo=ZONE).timestamp())


def test_months_are_those_of_the_zone_as_far_as_they_are_over():
    until = at(2026, 11, 24, 2)
    assert months(until, ZONE) == (
        Month("2026-11", (at(2026, 11, 1), until)),
        Month("2026-10", (at(2026, 10, 1), at(2026, 11, 1))),
    )
    assert month("2026-12", until, ZONE).span == (until, until)
    for words in ("2026", "2026-13", "last"):
        with pytest.raises(NoTime, match=f'"{words}" is no month; write one such as 2026-11'):
            month(words, until, ZONE)


CONFIG = parse(
    """
[nodes.SDU]
address = "backup.example.org"
[environments]
production = ["SDU"]
""",
    Path("/etc/almanac/almanac.toml"),
    {},
)


def running(number, value):
    return Reading(states=(State("process:web", "state", night(number), value),))


def test_nodes_processes_and_environments_from_the_record(tmp_path):
    with hasty(tmp_path / "almanac.db") as store:
        record(store, 0, running(0, "RUNNING"))
        record(store, 1, running(1, "FATAL"))
        record(store, 2, Reading(), reached=Outcome.UNREACHABLE)
        record(store, 3, Reading())
        record(store, 4, running(4, "RUNNING"))
        found = uptimes.of_node(CONFIG, store.db, "SDU", Month("x", (night(0), night(5))))
        assert found.node == Uptime(4 * DAY, DAY, 0)
        assert found.subjects == {"process:web": Uptime(2 * DAY, DAY, 2 * DAY)}
        assert uptimes.of_environment(CONFIG, {"SDU": found}, "production") == found.node
        earlier = uptimes.of_node(CONFIG, store.db, "SDU", Month("x", (night(-9), night(0))))
        assert (earlier.node, earlier.subjects) == (Uptime(0, 0, 9 * DAY), {"process:web": Uptime(0, 0, 9 * DAY)})


def ended(number, status):
    """A process that has ended by itself with an exit status, or was killed."""
    known = () if status is None else (Observation("process:job", "exitstatus", night(number), status, "count"),)
    return Reading(observations=known, states=(State("process:job", "state", night(number), "EXITED"),))


def test_a_process_whose_work_is_done_is_not_said_to_be_down(tmp_path):
    with hasty(tmp_path / "almanac.db") as store:
        for number, status in enumerate((0.0, 0.0, 1.0)):
            record(store, number, ended(number, status))
        found = uptimes.of_node(CONFIG, store.db, "SDU", Month("x", (night(0), night(3))))
    assert found.subjects == {"process:job": Uptime(0, DAY, 2 * DAY)}

"""Weeks and months: once after each, with what opened and recovered in it, also across a clock change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.digest import period, stage
from collector.model import NodeAnswer, Outcome
from tests.digest.conftest import BEGAN, DAY, Place, tell
from tests.digest.reading import read
from tests.store.answers import hasty

WEEKLY = '[[reports]]\nto = ["ops@example.org"]\nlevel = "critical"\nremind = "30d"\nweekly = true\n'
"""The first pass of a test begins on Sunday, 22 November 2026."""


@pytest.mark.parametrize(
    ("kind", "day", "zone", "name", "days"),
    [
        ("week", "2026-11-23T00:00", "UTC", "week 47 of 2026", 7),
        ("week", "2026-11-22T23:59", "UTC", "week 46 of 2026", 7),
        ("week", "2026-11-22T16:00", "Asia/Taipei", "week 47 of 2026", 7),
        ("week", "2027-01-05T12:00", "UTC", "week 53 of 2026", 7),
        ("week", "2026-10-27T12:00", "Europe/Berlin", "week 43 of 2026", 7 + 1 / 24),
        ("month", "2026-11-01T00:00", "UTC", "October 2026", 31),
        ("month", "2026-01-31T12:00", "UTC", "December 2025", 31),
        ("month", "2028-03-31T12:00", "UTC", "February 2028", 29),
    ],
)
def test_the_last_whole_week_and_month_are_those_of_the_sites_zone(kind, day, zone, name, days):
    now = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    past = period.last(kind, now, ZoneInfo(zone))
    assert (past.name, (past.end - past.start) / DAY) == (name, pytest.approx(days))
    assert past.holds(past.start)
    assert not past.holds(past.end)


def closed(place, opened, ended):
    """A problem of SDU that is over."""
    (problem, *_) = [one for one in place.manifest["problems"] if one["node"] == "SDU"]
    times = {"opened": Place.stamp(BEGAN + opened * DAY), "closed": Place.stamp(BEGAN + ended * DAY)}
    return problem | times | {"stage": "closed", "rule": "digest", "text": "Differs from its sidecar."}


def test_a_week_is_told_once_in_the_first_pass_after_it(place, server, mailbox):
    server()
    config = place.configure(WEEKLY)
    place.manifest["closed"] = [closed(place, 1, 3), closed(place, -20, 2), closed(place, -30, -20)]
    for number in range(10):
        place.night(number, lambda one: one["node"] == "SDU")
        tell(config, number)
        tell(config, number)
    _, second, third = (read(raw) for _, _, raw in mailbox.received)
    assert str(second.headers["Subject"]) == "Week 47 of 2026: 1 opened, 0 recovered, 1 wrong now"
    assert str(third.headers["Subject"]) == "Week 48 of 2026: 1 opened, 2 recovered, 1 wrong now"
    assert "Differs from its sidecar." in third.text.split("OPENED")[1].split("RECOVERED")[0]
    assert "This one comes each week." in third.text.replace("\n", " ")


def heard(node, time, outcome=Outcome.OK):
    return NodeAnswer(node, time, outcome, "" if outcome is Outcome.OK else "no route")


def test_a_month_tells_for_how_much_of_it_nodes_and_environments_were_up(place, server, mailbox):
    server()
    text = '[[reports]]\nto = ["ops@example.org"]\nhub = "C2"\nmonthly = true\n[environments]\nlab = ["C", "H1"]\n'
    config = place.configure(f'{text}both = ["C", "SDU"]\n')
    with hasty(config.database) as store:
        for day in range(31):
            time = int(datetime(2026, 10, 1, 2, tzinfo=UTC).timestamp()) + day * DAY
            number = store.begin_pass(time)
            down = Outcome.UNREACHABLE if day in (10, 11) else Outcome.OK
            for node, outcome in (("C", Outcome.OK), ("H1", down), ("SDU", down)):
                store.record(number, heard(node, time, outcome), {})
    assert stage.report(config, BEGAN, stage.Asked(None, "month")).sent == ("ops@example.org",)
    (mail,) = (read(raw) for _, _, raw in mailbox.received)
    told = [" ".join(row.split()) for row in mail.text.split("\nUP\n")[1].split("-- ")[0].splitlines() if row]
    assert told == [
        "environment lab 96.8 % down for 2 d, not known for 4 h",
        "H1 93.5 % down for 2 d, not known for 2 h",
        "C 100 % not known for 2 h",
    ]
    assert "environment lab" in mail.html


def test_a_month_is_told_by_hand_whenever_it_is_asked_for_but_once(place, server, mailbox):
    server()
    config = place.configure('[[reports]]\nto = ["ops@example.org"]\nmonthly = true\n')
    asked = stage.Asked(None, "month")
    assert stage.report(config, BEGAN, asked).sent == ("ops@example.org",)
    assert stage.report(config, BEGAN, asked).sent == ()
    (mail,) = (read(raw) for _, _, raw in mailbox.received)
    assert str(mail.headers["Subject"]).startswith("October 2026: ")


def test_a_week_that_waits_is_sent_after_the_pass_that_waits_with_it(place, server, mailbox):
    place.port = 1
    place.night(0, lambda one: one["node"] == "SDU")
    down = place.configure(WEEKLY)
    tell(down, 0)
    place.night(1)
    tell(down, 1)
    assert [one["period"] for one in place.waiting()] == [None, None, ["week", "week 47 of 2026"]]
    server()
    tell(place.configure(WEEKLY), 1)
    subjects = [str(read(raw).headers["Subject"]) for _, _, raw in mailbox.received]
    assert [subject[:12] for subject in subjects][1:] == ["3 critical, ", "Week 47 of 2"]
    place.night(2)
    assert tell(place.configure(WEEKLY), 2).sent == ()

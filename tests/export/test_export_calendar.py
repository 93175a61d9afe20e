"""Maintenance that comes again, in UTC: every window of it and no other, also over a change to summer time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from collector.export.calendar import maintenance
from collector.life import windows
from collector.store.records import Silence
from sphinxext.almanac import ics
from sphinxext.almanac.export import Record

BERLIN = ZoneInfo("Europe/Berlin")
NOW = int(datetime(2026, 2, 3, 12, tzinfo=UTC).timestamp())
NIGHT = "2026-02-03T12:00:00Z"


def silence(every="", first=None, last=None, note="prune"):
    return Silence(7, NOW - 3600, "ann", note, "hub=ZZ", first, last, every)


def record(entry):
    return Record({name: getattr(entry, name) for name in entry.__slots__})


def text(entries):
    return ics.calendar("At the lab", NIGHT, [(record(one), f"urn:{one.uid}", "") for one in entries])


def starts(entry):
    """Every time at which an entry begins, as a program reads its rule."""
    (event,) = icalendar.Calendar.from_ical(text([entry])).walk("VEVENT")
    first, rule = event["DTSTART"].dt, event["RRULE"]
    days = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
    wanted = {days[day] for day in rule["BYDAY"]}
    until = rule["UNTIL"][0]
    moment, found = first.timestamp(), []
    while moment <= until.timestamp():
        if datetime.fromtimestamp(moment, UTC).weekday() in wanted:
            found.append(int(moment))
        moment += 86400
    return found


@pytest.mark.parametrize("words", ["sun 02:30-03:30", "daily 02:30-03:10", "sun 02:10-02:50"])
def test_no_entry_ends_before_it_begins_where_summer_time_leaves_a_window_out(words):
    for one in maintenance(silence(words), NOW, BERLIN):
        assert one.start < one.end


@pytest.mark.parametrize(
    "words", ["sun 02:00-04:00", "mon,sat 00:30-01:30", "daily 23:30-01:00", "sun 01:30-03:30", "sun 02:10-02:50"]
)
@pytest.mark.parametrize("zone", [BERLIN, ZoneInfo("UTC"), ZoneInfo("Asia/Taipei"), ZoneInfo("America/New_York")])
def test_every_window_is_told_and_no_other(words, zone):
    found = sorted(start for one in maintenance(silence(words), NOW, zone) for start in starts(one))
    every, wanted, at = windows.every(words), [], NOW - 3600
    while len(wanted) < len(found):
        span = every.next(at, zone)
        wanted.append(span[0])
        at = span[1]
    assert found == wanted
    assert len(found) >= 52


def test_names_stay_the_same_from_night_to_night():
    names = [
        {one.uid for one in maintenance(silence("sun 02:00-04:00"), NOW + days * 86400, BERLIN)} for days in (0, 20)
    ]
    assert names[0] <= names[1]


def test_what_people_write_ends_no_line_and_lines_are_short():
    note = "a;b,c\\d\r\nBEGIN:VEVENT\n" + "ü" * 200
    made = text(maintenance(silence(first=NOW, last=NOW + 60, note=note), NOW, BERLIN))
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    assert made.count("BEGIN:VEVENT\r\n") == 1
    (event,) = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert str(event["DESCRIPTION"]) == f"{note} (ann)".replace("\r", "")
    assert event["DTSTART"].dt == datetime(2026, 2, 3, 12, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 2, 3, 12, 1, tzinfo=UTC)


def test_control_characters_which_no_calendar_may_hold_are_replaced():
    made = text(maintenance(silence(first=NOW, last=NOW + 60, note="a\x1b[2J\tb\x00\x85"), NOW, BERLIN))
    assert "DESCRIPTION:a\ufffd[2J b\ufffd\ufffd (ann)\r\n" in made


def test_whole_days_are_days():
    day = Record(uid="x", summary="full", text="", start="2026-12-03", end="2026-12-04", rule="", page="")
    (event,) = icalendar.Calendar.from_ical(ics.calendar("t", NIGHT, [(day, "urn:x", "https://x/y.html")])).walk(
        "VEVENT"
    )
    assert (str(event["DTSTART"].dt), event["URL"]) == ("2026-12-03", "https://x/y.html")

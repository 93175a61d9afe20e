"""Lines of logs by day: files that are made once, bounded, and gone with their lines."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.config import parse
from collector.export import logdays, write
from collector.model import Answer, Event, NodeAnswer, Outcome, Reading
from collector.store.records import PassRecord
from collector.store.store import Store

ZONE = ZoneInfo("Asia/Taipei")
NIGHT = int(datetime(2026, 11, 24, 2, 10, tzinfo=ZONE).timestamp())


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


class Site:
    """One node with a log, and one without."""

    def __init__(self, folder):
        text = f'[site]\ndata = "{folder}/data"\ntime_zone = "Asia/Taipei"\n[nodes]\nweb = {{}}\nidle = {{}}\n'
        self.config = parse(text, folder / "almanac.toml", {})
        self.store = Store.open(self.config.database)

    def record(self, started, *lines, node="web"):
        answer = Answer(node, "logs", "logs", started, Outcome.OK)
        told = Reading(lines=tuple(Event("log:app", time, level, text) for time, level, text in lines))
        number = self.store.begin_pass(started)
        self.store.record(number, NodeAnswer(node, started, Outcome.OK, answers=(answer,)), {"logs": told})
        self.store.end_pass(number, started + 1)

    def export(self):
        made = write.export(self.config, self.store)
        return {one.name: one.logs for one in made.nodes}

    def file(self, day):
        return self.config.export / day.file

    def told(self, day):
        return [(one["time"], one["text"]) for one in json.loads(self.file(day).read_text())["lines"]]


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.store.db.close()


def test_lines_are_told_by_day_of_the_sites_zone(site):
    site.record(
        NIGHT,
        (at("2026-11-23T00:00:00"), "error", "first"),
        (at("2026-11-22T23:59:59"), "info", "eve"),
        (at("2026-11-23T23:59:59"), "info", "last"),
        (at("2026-11-23T23:59:59"), "info", "last too"),
        (2**34, "error", "of no day"),
    )
    days = site.export()
    assert [(one.day, one.lines, one.grave, one.page) for one in days["web"]] == [
        ("2026-11-23", 3, 1, "logs/web~2026-11-23"),
        ("2026-11-22", 1, 0, "logs/web~2026-11-22"),
    ]
    assert site.told(days["web"][0]) == [
        ("2026-11-22T16:00:00Z", "first"),
        ("2026-11-23T15:59:59Z", "last"),
        ("2026-11-23T15:59:59Z", "last too"),
    ]
    assert days["idle"] == ()


def test_a_day_that_is_over_is_written_once_and_goes_with_its_lines(site):
    site.record(NIGHT, (NIGHT - 86400, "info", "past"), (NIGHT - 5, "info", "today"))
    today, past = site.export()["web"]
    before = site.file(past).stat()
    site.record(NIGHT + 60, (NIGHT + 50, "info", "more"))
    later, still = site.export()["web"]
    assert (still, later.file == today.file, later.lines) == (past, False, 2)
    assert (site.file(past).stat().st_ino, site.file(past).stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not site.file(today).exists()
    site.store.prune_lines(NIGHT - 100, 10)
    assert site.export()["web"] == (later,)
    assert not site.file(past).exists()


def test_of_a_day_with_very_many_lines_the_gravest_and_the_latest_are_told(site, monkeypatch):
    monkeypatch.setattr(logdays, "MOST_LINES", 5)
    lines = [(NIGHT - 9000 + n, "error" if n == 3 else "warning" if n == 50 else "debug", f"n {n}") for n in range(100)]
    site.record(NIGHT, *lines)
    (day,) = site.export()["web"]
    assert (day.lines, day.grave) == (100, 2)
    assert [text for _, text in site.told(day)] == ["n 3", "n 50", "n 97", "n 98", "n 99"]
    monkeypatch.setattr(logdays, "MOST_TEXT", 10)
    (day,) = site.export()["web"]
    assert [text for _, text in site.told(day)] == ["n 3", "n 50"]


def test_a_day_of_several_nodes_is_told_of_all_together(site, monkeypatch):
    monkeypatch.setattr(logdays, "MOST_LINES", 4)
    site.record(NIGHT, *((NIGHT - 100 + n, "info", f"web {n}") for n in range(9)), (NIGHT - 95, "error", "web died"))
    site.record(NIGHT, (NIGHT - 91, "info", "idle"), (NIGHT - 5000, "critical", "idle died"), node="idle")
    made = write.export(site.config, site.store)
    (day,) = made.manifest.logs
    assert (day.day, day.lines, day.grave, day.page) == ("2026-11-24", 12, 2, "logs/_~2026-11-24")
    told = json.loads(site.file(day).read_text())
    assert told["node"] is None
    assert [(one["node"], one["text"]) for one in told["lines"]] == [
        ("idle", "idle died"),
        ("web", "web died"),
        ("web", "web 8"),
        ("idle", "idle"),
    ]
    before = site.file(day).stat().st_ino
    assert write.export(site.config, site.store).manifest.logs == (day,)
    assert site.file(day).stat().st_ino == before


def test_a_night_of_the_past_tells_what_was_known_then(site, tmp_path):
    site.record(NIGHT, (NIGHT - 5, "info", "before"))
    site.record(NIGHT + 60, (NIGHT - 4, "info", "after"))
    night = PassRecord(1, NIGHT, NIGHT + 1, 1, 1)
    made = write.export_night(site.config, site.store, night, tmp_path / "night")
    (day,) = made.nodes[0].logs
    told = json.loads((tmp_path / "night" / day.file).read_text())
    assert [one["text"] for one in told["lines"]] == ["before"]


def test_without_lines_nothing_is_added(site):
    site.record(NIGHT)
    assert site.export() == {"web": (), "idle": ()}
    assert not Path(site.config.export / "logs").exists()


@pytest.mark.parametrize("zone", ["Asia/Taipei", "Europe/Berlin", "Pacific/Apia", "America/Sao_Paulo", "UTC"])
def test_a_day_holds_its_time_and_ends_where_the_next_begins(zone):
    for time in (0, 1, 1_325_239_200, 1_774_742_400, 1_792_890_000, NIGHT, 2**34 - 1):
        first, end = logdays.span(ZoneInfo(zone), time)
        assert first <= time < end
        assert logdays.span(ZoneInfo(zone), end)[0] == end


def test_lines_of_a_forgotten_pass_do_not_stay_in_place_of_those_read_after_it(site):
    noon = at("2026-11-23T12:00:00")
    site.record(NIGHT, (noon, "info", "wrong"))
    site.export()
    site.store.forget(1)
    site.record(NIGHT + 60, (noon, "info", "right"))
    (day,) = site.export()["web"]
    assert site.told(day) == [("2026-11-23T04:00:00Z", "right")]

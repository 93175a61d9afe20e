"""The numbers behind charts on disk: whole, by calendar year, the past untouched, and made again where it is lost."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from collector.config import parse
from collector.export import schemas, years
from collector.export.read import read_manifest, read_node
from collector.export.write import export
from collector.model import Observation, Reading
from collector.store.store import Store
from tests.store.answers import DAY, ITEM, SOURCE, night, record

FILE = "series/SDU/tarball_3AZZ_2Fsvn_2Fdybsvn.{}.json"
FIRST = -1500
"""2022-10-10; the last night is 2026-11-18."""


def size(number, value):
    return Reading((Observation(ITEM, "size", night(number), value, "bytes"),))


@pytest.fixture
def fleet(tmp_path):
    config = parse(
        '[hubs.ZZ]\nserver = "dayabay"\nnodes = ["SDU"]\n[nodes.SDU]\naddress = "x"\n'
        '[[nodes.SDU.sources]]\nkind = "tarballs"\nfolder = "/x"\n',
        tmp_path / "almanac.toml",
        {},
    )
    with Store.open(config.database) as store:
        past = [Observation(ITEM, "size", night(n), 1000.0 + n, "bytes") for n in range(FIRST, 0)]
        store.add_history("SDU", SOURCE, "tarballs", "ZZ", past)
        record(store, 0, size(0, 1000.0))
        yield config, store


def told(config, year):
    return json.loads((config.export / FILE.format(year)).read_text())


def stamps(config):
    return {file.name: file.stat().st_mtime_ns for file in (config.export / "series").rglob("*.json")}


def test_every_value_of_a_year_is_told_once_and_the_subject_names_its_files(fleet):
    config, store = fleet
    export(config, store)
    (subject,) = read_node(config.export, read_manifest(config.export), "SDU").subjects
    assert subject.series == {str(year): FILE.format(year) for year in range(2022, 2027)}
    whole = [
        point
        for year in range(2022, 2027)
        for point in zip(*(told(config, year)["metrics"]["size"][key] for key in ("times", "values")), strict=True)
    ]
    assert whole == [(night(n), 1000.0 + n) for n in range(FIRST, 1)]
    for year in range(2022, 2027):
        document = told(config, year)
        jsonschema.validate(document, json.loads((schemas.FOLDER / "series.schema.json").read_text()))
        times = document["metrics"]["size"]["times"]
        assert {datetime.fromtimestamp(time, UTC).year for time in times} == {document["year"]} == {year}


def test_a_night_touches_the_file_of_its_own_year_alone(fleet):
    config, store = fleet
    export(config, store)
    before = stamps(config)
    record(store, 1, size(1, 2000.0))
    export(config, store)
    after = stamps(config)
    assert [name for name in after if after[name] != before[name]] == [FILE.format(2026).rpartition("/")[2]]
    assert told(config, 2026)["metrics"]["size"]["values"][-1] == 2000.0


@pytest.mark.parametrize("year", range(2022, 2027))
def test_a_lost_file_is_made_again_byte_for_byte(fleet, year):
    config, store = fleet
    export(config, store)
    file = config.export / FILE.format(year)
    content = file.read_bytes()
    file.unlink()
    export(config, store)
    assert file.read_bytes() == content


def test_what_is_not_read_every_night_stays_as_it_was_written(fleet):
    config, store = fleet
    export(config, store)
    for year in (2023, 2025):
        (config.export / FILE.format(year)).write_text("{}")
    export(config, store)
    assert (told(config, 2023), told(config, 2025)["year"]) == ({}, 2025)
    years.forget(config.export)
    export(config, store)
    assert told(config, 2023)["year"] == 2023


def test_a_subject_that_is_told_no_more_leaves_no_file(fleet):
    config, store = fleet
    export(config, store)
    stray = config.export / "series/SDU/gone.2026.json"
    stray.write_text("{}")
    export(config, store)
    assert not stray.exists()


def test_a_year_begins_and_ends_in_utc():
    first, last = years.span(2026)
    assert (last + 1 - first) == 365 * DAY
    assert datetime.fromtimestamp(first, UTC).isoformat() == "2026-01-01T00:00:00+00:00"

"""The numbers behind charts on disk: whole, by calendar years, the past untouched, and made again where it is lost."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from collector import files
from collector.config import parse
from collector.export import schemas, years
from collector.export.read import read_manifest, read_node
from collector.export.write import export, export_night
from collector.export.years import Years
from collector.model import Observation, Reading
from collector.store import query
from collector.store.store import Store
from tests.judge.records import metric, subject
from tests.store.answers import ITEM, SOURCE, night, record

FILE = "series/SDU/tarball_3AZZ_2Fsvn_2Fdybsvn.{}.json"
FIRST = -1500
"""2022-10-10; the last night is 2026-11-18."""
IN_2030, IN_2031 = 1300, 1700
TOLD = ("2020-2024", "2025", "2026")
FIRST_AND_LAST = {"2020-2024": (2020, 2024), "2025": (None, 2025), "2026": (None, 2026)}


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


def told(config, some):
    return json.loads((config.export / FILE.format(some)).read_text())


def values(config, *every):
    """Times and values of all those files."""
    found = [told(config, some)["metrics"]["size"] for some in every]
    return [point for one in found for point in zip(one["times"], one["values"], strict=True)]


def content_made_anew(config, store):
    years.forget(config.export)
    export(config, store)
    return content(config)


def told_at(*times):
    return Reading(tuple(Observation(ITEM, "size", at, 7.0, "bytes") for at in times))


def content(config):
    return {file.name: file.read_text() for file in (config.export / "series").rglob("*.json")}


def stamps(config):
    return {file.name: file.stat().st_mtime_ns for file in (config.export / "series").rglob("*.json")}


def test_every_value_is_told_once_and_the_subject_names_its_files(fleet):
    config, store = fleet
    export(config, store)
    (item,) = read_node(config.export, read_manifest(config.export), "SDU").subjects
    assert list(item.series.items()) == [(some, FILE.format(some)) for some in TOLD]
    assert values(config, *TOLD) == [(night(n), 1000.0 + n) for n in range(FIRST, 1)]
    for some, wanted in zip(TOLD, ({2022, 2023, 2024}, {2025}, {2026}), strict=True):
        document = told(config, some)
        jsonschema.validate(document, json.loads((schemas.FOLDER / "series.schema.json").read_text()))
        times = document["metrics"]["size"]["times"]
        assert {datetime.fromtimestamp(time, UTC).year for time in times} == wanted
        assert (document["first"], document["year"]) == FIRST_AND_LAST[some]


@pytest.mark.parametrize(
    ("years_known", "year", "wanted"),
    [
        (range(2008, 2027), 2026, "2005-2009 2010-2014 2015-2019 2020-2024 2025 2026"),
        (range(2019, 2026), 2025, "2015-2019 2020 2021 2022 2023 2024 2025"),
        ([2014, 2022, 2023], 2023, "2010-2014 2022 2023"),
        ([2025], 2026, "2025"),
    ],
)
def test_years_long_past_are_told_together_and_those_without_a_value_not_at_all(years_known, year, wanted):
    times = [years.span(Years(one, one))[0] for one in years_known]
    known = subject(ITEM, metric("size", times, times), metric("count", times[-1:], [1]))
    assert " ".join(map(str, years.years_of(known, year - 1))) == wanted


def test_years_are_put_together_once_the_last_of_them_is_long_past(fleet):
    config, store = fleet
    export(config, store)
    before = values(config, *TOLD)
    for number in (IN_2030, IN_2031):
        record(store, number, size(number, 1000.0 + number))
        export(config, store)
    now = "2020-2024", "2025-2029", "2030", "2031"
    assert sorted(stamps(config)) == [FILE.rpartition("/")[2].format(some) for some in now]
    assert values(config, *now) == [*before, *((night(n), 1000.0 + n) for n in (IN_2030, IN_2031))]


def test_a_night_touches_the_file_of_its_own_year_alone(fleet):
    config, store = fleet
    export(config, store)
    before = stamps(config)
    record(store, 1, size(1, 2000.0))
    export(config, store)
    after = stamps(config)
    assert [name for name in after if after[name] != before[name]] == [FILE.format(2026).rpartition("/")[2]]
    assert told(config, 2026)["metrics"]["size"]["values"][-1] == 2000.0


@pytest.mark.parametrize("some", TOLD)
def test_a_lost_file_is_made_again_byte_for_byte(fleet, some):
    config, store = fleet
    export(config, store)
    file = config.export / FILE.format(some)
    content = file.read_bytes()
    file.unlink()
    export(config, store)
    assert file.read_bytes() == content


def test_what_is_not_read_every_night_stays_as_it_was_written(fleet):
    config, store = fleet
    export(config, store)
    for some in ("2020-2024", "2025"):
        (config.export / FILE.format(some)).write_text("{}")
    export(config, store)
    assert (told(config, "2020-2024"), told(config, "2025")["year"]) == ({}, 2025)
    years.forget(config.export)
    export(config, store)
    assert told(config, "2020-2024")["first"] == 2020


NEW_YEAR = 44
"""2027-01-01, from which on the file of 2025 is not compared with the record any more."""
LATE = [
    "2023-01-18",
    "2022-12-31 2023-04-28",
    "2013-05-06",
    "2025-12-30",
    "2019-12-31",
    "2020-01-02",
    "2018-09-01 2026-12-31",
]
"""Days with and without a file of their years, on both sides of a turn of those, and in a year that is compared."""


@pytest.mark.parametrize("days", LATE)
def test_what_is_told_years_late_is_in_its_file_as_if_the_export_were_made_anew(fleet, days):
    config, store = fleet
    record(store, NEW_YEAR, told_at(night(-3000)))  # of 2018
    export(config, store)
    times = [int(datetime.fromisoformat(f"{day}T12:00Z").timestamp()) for day in days.split()]
    record(store, NEW_YEAR + 1, told_at(*times))
    export(config, store)
    late = content(config)
    assert sum(text.count(f"{at}") for at in times for text in late.values()) == len(times)
    assert content_made_anew(config, store) == late


def test_a_file_is_made_again_but_once_for_what_came_late(fleet):
    config, store = fleet
    export(config, store)
    record(store, 1, told_at(night(-1400) - 60))
    export(config, store)
    (config.export / FILE.format("2020-2024")).write_text("{}")
    export(config, store)
    assert told(config, "2020-2024") == {}


def test_a_night_of_before_is_told_without_what_came_late(fleet):
    config, store = fleet
    export(config, store)
    before, first = content(config), query.last_pass(store.db)
    record(store, 1, told_at(night(-1400) - 60))
    export(config, store)
    assert content(config) != before
    export_night(config, store, first, config.export)
    assert content(config) == before


def test_what_a_pass_told_of_long_ago_goes_with_it_when_it_is_forgotten(fleet):
    config, store = fleet
    export(config, store)
    before = content(config)
    number = record(store, 1, told_at(night(-1400) - 60))
    export(config, store)
    assert content(config) != before
    store.forget(number)
    export(config, store)
    assert content(config) == before


@pytest.mark.parametrize("is_forgotten", [True, False])
def test_what_came_late_behind_a_clock_that_was_ahead_is_told_in_the_end(fleet, is_forgotten):
    config, store = fleet
    ahead = record(store, 5, told_at(night(5)))
    export(config, store)
    if is_forgotten:
        store.forget(ahead)
    for number, at in ((1, night(-1400) - 60), (6, night(6))):
        record(store, number, told_at(at))
        export(config, store)
    late = content(config)
    assert f"{night(-1400) - 60}" in late[FILE.format("2020-2024").rpartition("/")[2]]
    assert content_made_anew(config, store) == late


def test_what_was_told_of_a_year_while_it_was_compared_is_not_lost_where_no_export_followed(fleet):
    config, store = fleet
    export(config, store)
    record(store, 1, told_at(night(-322) - 60))  # of 2025-12-31: not a year ago, and not compared any more in 2027
    record(store, NEW_YEAR, told_at(night(NEW_YEAR)))
    export(config, store)
    assert f"{night(-322) - 60}" in content(config)[FILE.format("2025").rpartition("/")[2]]


@pytest.mark.parametrize("manifest", ["[]", "{", '{"version": 1, "last_pass": null}', '{"last_pass": {"started": 5}}'])
def test_an_export_that_can_t_be_read_is_made_anew(fleet, manifest):
    config, store = fleet
    export(config, store)
    (config.export / FILE.format("2020-2024")).write_text("{}")
    (config.export / "manifest.json").write_text(manifest)
    export(config, store)
    assert told(config, "2020-2024")["year"] == 2024


def test_files_of_an_export_of_another_version_or_that_was_broken_off_are_made_anew(fleet):
    config, store = fleet
    file, manifest = config.export / FILE.format("2020-2024"), config.export / "manifest.json"
    export(config, store)
    file.write_text("{}")
    manifest.write_text(manifest.read_text().replace('"version":1', '"version":0', 1))
    export(config, store)
    assert told(config, "2020-2024")["year"] == 2024
    file.write_text("{}")
    with pytest.raises(KeyboardInterrupt), files.changing(config.export):
        raise KeyboardInterrupt
    export(config, store)
    assert told(config, "2020-2024")["year"] == 2024


def test_an_export_whose_manifest_is_lost_is_made_anew(fleet):
    config, store = fleet
    export(config, store)
    (config.export / FILE.format("2020-2024")).write_text("{}")
    (config.export / "manifest.json").unlink()
    export(config, store)
    assert told(config, "2020-2024")["year"] == 2024


def test_a_subject_that_is_told_no_more_leaves_no_file(fleet):
    config, store = fleet
    export(config, store)
    stray = config.export / "series/SDU/gone.2026.json"
    stray.write_text("{}")
    export(config, store)
    assert not stray.exists()


def test_years_begin_and_end_in_utc():
    first, last = years.span(Years(2020, 2026))
    assert datetime.fromtimestamp(first, UTC).isoformat() == "2020-01-01T00:00:00+00:00"
    assert datetime.fromtimestamp(last, UTC).isoformat() == "2026-12-31T23:59:59+00:00"

"""The calendar of daily values behind a chart."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sphinxext.almanac.format import all_precise, precise
from sphinxext.almanac.weeks import daily, midnights, weeks
from tests.sphinxext.page_reading import read
from tests.sphinxext.sphinx_site import project

NOW = "2026-11-23T16:30:00Z"  # Tuesday, the 24th, in Taipei


def test_a_row_a_week_tells_gaps_from_days_outside() -> None:
    assert weeks([None, 0.0, None, 4.0], "load", NOW, "Asia/Taipei") == (
        '<tr><th scope="row"><time datetime="2026-11-23">23 Nov</time></th>'
        "<td>–</td><td>4.00</td><td></td><td></td><td></td><td></td><td></td></tr>"
        '<tr><th scope="row"><time datetime="2026-11-16">16 Nov</time></th>'
        "<td></td><td></td><td></td><td></td><td></td><td></td><td>0.00</td></tr>"
    )
    assert weeks([], "load", NOW, "Asia/Taipei").count("<td>") == 7 * weeks([], "load", NOW, "Asia/Taipei").count(
        "<tr>"
    )


def test_days_are_those_of_the_zone_also_where_clocks_change() -> None:
    edges = midnights("2026-10-25T12:00:00Z", "Europe/Berlin", 2)
    assert [edge - edges[0] for edge in edges] == [0, 24 * 3600, 49 * 3600]
    local = [
        datetime(2026, 10, day, hour, tzinfo=ZoneInfo("Europe/Berlin"))
        for day, hour in ((23, 9), (24, 0), (24, 23), (25, 23))
    ]
    assert daily([int(time.timestamp()) for time in local], [1.0, 2.0, 3.0, 4.0], edges) == [3.0, 4.0]


@pytest.mark.parametrize(("value", "unit", "text"), [
    (5_070_415_780.0, "bytes", "5.070 GB"), (999_960.0, "bytes", "1.000 MB"), (812.0, "bytes", "812 B"), (-1234.0, "bytes", "\u22121.234 kB"),
    (0.0, "bytes", "0 B"), (0.42, "load", "0.42"),
])  # fmt: skip
def test_neighbours_in_a_table_differ(value: float, unit: str, text: str) -> None:
    assert precise(value, unit) == text


@pytest.mark.parametrize("values", [
    [5_070_415_780.0, 5_071_000_000.0], [999_949.0, 999_960.0], [812.0, 1234.0], [-1234.0, 1234.0], [1000.0], [],
])  # fmt: skip
def test_values_are_told_together_as_each_by_itself(values: list[float]) -> None:
    assert all_precise(values, "bytes") == [precise(value, "bytes") for value in values]
    assert all_precise(values, "count") == [precise(value, "count") for value in values]


def test_a_subject_s_page_tells_a_year_from_the_exported_series(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:subject:: SDU tarball:ZZ/svn/dybsvn")
    file = site.export / "nodes/SDU.json"
    document = json.loads(file.read_text())
    document["subjects"][0]["series"] = {"2025": "series/a.2025.json", "2026": "series/a.2026.json"}
    file.write_text(json.dumps(document))
    (site.export / "series").mkdir(exist_ok=True)
    for year, time, value in ((2025, 1_766_000_000, 1.5e9), (2026, 1_795_000_000, 1.75e9)):
        series = {"metrics": {"size": {"unit": "bytes", "times": [time], "values": [value]}}}
        (site.export / f"series/a.{year}.json").write_text(json.dumps(series))
    assert site.build() == ""
    page = read(site.page())
    assert "1.500 GB" in page.text
    assert "1.750 GB" in page.text
    assert len([one for one in page.all("time", "datetime") if len(one) == 10]) == 50

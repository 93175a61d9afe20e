import json
from zoneinfo import ZoneInfo

import pytest

from collector.export import compat
from collector.store.records import Series

NOW = 1352794652  # 2012-11-13 16:17:32 in Taipei
STAMP = 1352794223  # 16:10:23, the same day
DAY = 86400
SIZES = compat.NodeSizes(
    node="C",
    folder="/data/var/scm/backup/cms02",
    items={
        "tracs/env": Series((STAMP - DAY, STAMP), (5.0 * 2**20, 52.5 * 2**20)),
        "repos/env": Series((STAMP - DAY - 3600, STAMP - DAY), (10485760.0, 1.0)),
        "folders/svnsetup": Series((STAMP,), (0.0,)),
    },
    select=("tracs/env", "repos/env", "tracs/gone"),
    zone=ZoneInfo("Asia/Taipei"),
)
LOOK = {"marker": {"enabled": True, "radius": 3}, "tooltip": {"valueDecimals": 2}}


def test_the_whole_file_has_the_old_structure_with_true_values_and_times():
    assert json.loads(compat.render(SIZES, NOW)) == {
        "chart": {"renderTo": "container_C"},
        "rangeSelector": {"selected": 1},
        "xAxis": {
            "min": "1350202652000",
            "max": "1352794652000",
            "ordinal": False,
            "startOnTick": False,
            "endOnTick": False,
        },
        "yAxis": [
            {"title": {"text": "TGZ MB"}, "height": 200, "lineWidth": 2},
            {"title": {"text": "OK"}, "top": 300, "height": 100, "offset": 0, "lineWidth": 2},
        ],
        "title": {"text": "C /data/var/scm/backup/cms02/ 2012-11-13 16:17:32"},
        "series": [
            {"name": "OK", "data": [[1352649600000, 2], [1352736000000, 2]], "yAxis": 1, **LOOK},
            {"name": "repos/env", "data": [[1352704223000, 10.0], [1352707823000, 1 / 2**20]], **LOOK},
            {"name": "tracs/env", "data": [[1352707823000, 5.0], [1352794223000, 52.5]], **LOOK},
        ],
    }


def test_the_same_sizes_give_the_same_bytes_in_any_order():
    shuffled = compat.NodeSizes(
        "C", "/data/var/scm/backup/cms02/", dict(reversed(SIZES.items.items())), SIZES.select, SIZES.zone
    )
    assert compat.render(shuffled, NOW) == compat.render(SIZES, NOW)


def test_an_empty_select_shows_every_item_and_an_empty_node_shows_none():
    everything = compat.NodeSizes("C", "/b", SIZES.items, (), SIZES.zone)
    nothing = compat.NodeSizes("Z9:229", "/b", {}, (), SIZES.zone)
    names = [
        [series["name"] for series in json.loads(compat.render(sizes, NOW))["series"]]
        for sizes in (everything, nothing)
    ]
    assert names == [["OK", "folders/svnsetup", "repos/env", "tracs/env"], ["OK"]]
    assert json.loads(compat.render(nothing, NOW))["chart"] == {"renderTo": "container_Z9:229"}


def test_a_day_begins_at_the_hubs_midnight_also_when_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    stamps = Series((1351375200, 1351461600), (1.0, 1.0))  # 2012-10-28 00:00 and 23:00 in Berlin, a day of 25 hours
    sizes = compat.NodeSizes("C", "/b", {"a/b": stamps, "a/c": stamps}, (), berlin)
    assert json.loads(compat.render(sizes, NOW))["series"][0]["data"] == [[1351375200000, 2]]


def test_days_are_counted_only_where_every_backup_is_told():
    counted = compat.NodeSizes("C", "/b", SIZES.items, (), SIZES.zone, counted=STAMP - DAY + 1)
    series = json.loads(compat.render(counted, NOW))["series"]
    assert (series[0]["data"], len(series[2]["data"])) == ([[1352736000000, 2]], 2)


def test_an_unchanged_file_is_not_written_again(tmp_path):
    file = tmp_path / "C.json"
    assert compat.write(file, b"{}\n")
    written = file.stat()
    assert not compat.write(file, b"{}\n")
    assert file.stat().st_ino == written.st_ino
    assert compat.write(file, b"{ }\n")
    assert file.read_text() == "{ }\n"
    assert list(tmp_path.iterdir()) == [file]
    assert written.st_mode & 0o777 == 0o644


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link.json").symlink_to("real/C.json")
    compat.write(tmp_path / "link.json", b"{}\n")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real/C.json").read_text() == "{}\n"


def test_a_folder_that_is_not_there_is_said_and_not_made(tmp_path):
    with pytest.raises(compat.SeriesFileError) as refused:
        compat.write(tmp_path / "htdocs/data/C.json", b"{}\n")
    folder = tmp_path / "htdocs/data"
    assert str(refused.value) == f"{folder}/C.json: there is no folder {folder}; make it, or correct series_file"
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_is_a_folder_is_said(tmp_path):
    (tmp_path / "C.json").mkdir()
    with pytest.raises(compat.SeriesFileError) as refused:
        compat.write(tmp_path / "C.json", b"{}\n")
    assert str(refused.value).startswith(f"{tmp_path}/C.json: can't be written: Is a directory; see who owns")

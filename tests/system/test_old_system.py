"""From env's scm-backup-monitor to a page: its two files as they were, its database, its series file, its chart."""

import json
import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.importers.test_importers_scm_monitor import FABRIC, MONITOR
from tests.system import fleet

PAGE = """\
IHEP
====

.. stockchart:: /data/scm_backup_monitor_SDU.json container_SDU
"""


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The imported configuration with its nodes as folders of this machine, after a pass, with a page of old."""
    folder = tmp_path_factory.mktemp("moved")
    for name, text in ((".scm_monitor.cnf", MONITOR), (".libfab.cnf", FABRIC)):
        (folder / name).write_text(text)
    for place in ("htdocs/data", "home/local/nginx/html/data"):
        (folder / place).mkdir(parents=True)
    environ = {**os.environ, "APACHE_HTDOCS": f"{folder}/htdocs", "LOCAL_BASE": str(folder), "HOME": f"{folder}/home"}
    assert (
        fleet.almanac(folder, "import", ".scm_monitor.cnf", ".libfab.cnf", "--output", "imported.toml").returncode == 0
    )
    assert fleet.almanac(folder, "init").returncode == 0
    text = (folder / "imported.toml").read_text()
    text = re.sub(r"^\[nodes\.(\w+)\]", r'[nodes.\1]\nreach = "local"', text, flags=re.MULTILINE)
    (folder / "almanac.toml").write_text(re.sub(r'folder = "/', f'folder = "{folder}/', text))
    for item in ("svn/dybsvn", "tracs/dybsvn"):
        for night in range(3):
            fleet.tarball(folder / "raid4/dybsdu/dybbackup/var/scm/backup/dayabay", item, night, 3_145_728)
    (folder / "site/ihep.rst").write_text(PAGE)
    (folder / "site/index.rst").write_text(
        (folder / "site/index.rst").read_text().replace("   problems\n", "   problems\n   ihep\n")
    )
    return folder, fleet.almanac(folder, "nightly", env=environ), environ


def test_what_is_selected_and_not_there_is_a_problem_and_never_ok(moved):
    _, done, _ = moved
    assert done.returncode == 1
    assert "critical: SDU svn/dybaux: Is selected in hubs.ZZ and was never seen here." in done.stderr
    assert "C tarballs:WW: failed: " in done.stderr


def test_the_series_file_is_written_where_it_was_with_true_values_and_times(moved):
    folder, _, _ = moved
    old = json.loads((folder / "htdocs/data/scm_backup_monitor_SDU.json").read_text())
    series = {one["name"]: one["data"] for one in old["series"]}
    newest = fleet.LAST.replace(tzinfo=ZoneInfo("Asia/Shanghai"))  # stamps are the hub's local time
    assert old["chart"] == {"renderTo": "container_SDU"}
    assert series["svn/dybsvn"][-1] == [int(newest.timestamp() * 1000), 3.0]
    assert [count for _, count in series["OK"]] == [2, 2, 2]


def test_a_page_of_old_shows_the_chart_as_a_picture_without_any_script(moved):
    folder, _, _ = moved
    page = (folder / "data/public/current/ihep.html").read_text()
    assert 'id="container_SDU"' in page
    (light,) = set(re.findall(r'<img src="([^"]+)"', page))
    assert (folder / "data/public/current" / light).read_bytes().startswith(b"\x89PNG")
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert (folder / "data/public/current/data/scm_backup_monitor_SDU.json").exists()


def test_the_old_database_is_history_once_its_zone_is_said(moved):
    folder, _, environ = moved
    path = "/raid4/dybsdu/dybbackup/var/scm/backup/dayabay/svn/dybsvn"
    with closing(sqlite3.connect(folder / "old.db")) as db, db:
        db.execute("CREATE TABLE tgzs (date text,node text,size real,dir text,nodepath text primary key)")
        for date, size in (("2012-11-01T18:16:00", 1.0), ("2026-11-01T18:16:00", 2.0)):
            db.execute("INSERT INTO tgzs VALUES (?,?,?,?,?)", [date, "SDU", size, path, f"SDU:{path}/{date}"])
    unsaid = fleet.almanac(folder, "import", "old.db", env=environ)
    assert (unsaid.returncode, "--time-zone" in unsaid.stderr) == (2, True)
    done = fleet.almanac(folder, "import", "old.db", "--time-zone", "Asia/Shanghai", env=environ)
    assert done.stdout == "old.db: 2 tarballs of 1 node are now history\n"
    assert fleet.almanac(folder, "export", env=environ).returncode == 0
    old = json.loads((folder / "htdocs/data/scm_backup_monitor_SDU.json").read_text())
    first = next(one["data"][:2] for one in old["series"] if one["name"] == "svn/dybsvn")
    wanted = ((2012, 1.0), (2026, 2.0))
    assert first == [[int(datetime(year, 11, 1, 10, 16, tzinfo=UTC).timestamp() * 1000), size] for year, size in wanted]
    assert fleet.almanac(folder, "import", "old.db", "--time-zone", "Asia/Taipei", env=environ).stderr == (
        "old.db: 2 rows of hub ZZ left out; they are imported with --time-zone Asia/Shanghai\n"
    )

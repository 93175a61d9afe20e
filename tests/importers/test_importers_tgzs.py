import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.config import parse
from collector.importers import ImportRefused, tgzs
from collector.model import Fault, Observation

TABLE = "CREATE TABLE tgzs (date text,node text,size real,dir text,nodepath text primary key)"
TAIPEI = ZoneInfo("Asia/Taipei")
NOW = int(datetime(2012, 12, 24, tzinfo=UTC).timestamp())
CONFIG = parse(
    """
site.time_zone = "Asia/Taipei"
[hubs]
C2 = { server = "cms02", nodes = ["C", "H1"] }
WW = { server = "cms02", nodes = ["C"] }
G = { server = "g4pb", nodes = ["Z9:229"], node = "G" }
ZZ = { server = "dayabay", nodes = ["C"], time_zone = "Asia/Shanghai" }
[nodes]
H1.sources = [{ kind = "tarballs", folder = "/b" }]
G.sources = [{ kind = "host" }]
"Z9:229".sources = [{ kind = "tarballs", folder = "/b", name = "copies" }]
C.sources = [
    { kind = "tarballs", folder = "/b", hub = "C2" },
    { kind = "tarballs", folder = "/b", hub = "WW" },
    { kind = "tarballs", folder = "/b", hub = "ZZ" },
]
""",
    Path("almanac.toml"),
    {},
)
H1 = ("H1", "tarballs:C2")


def history_in(path, zone=TAIPEI):
    return tgzs.read(path, CONFIG, zone, NOW)


@pytest.fixture
def database(tmp_path):
    def made(*rows):
        file = tmp_path / "scm_backup_monitor.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(TABLE)
            connection.executemany("INSERT INTO tgzs VALUES (?, ?, ?, ?, ?)", rows)
            connection.commit()
        return file

    return made


def row(date="2012-11-13T16:10:23", node="H1", size=52.0, folder="/data/var/scm/backup/cms02/tracs/env", path="p"):
    return date, node, size, folder, f"{node}:{path}"


def test_a_row_becomes_a_size_in_bytes_at_the_true_time(database):
    history = history_in(database(row()))
    stamp = int(datetime(2012, 11, 13, 8, 10, 23, tzinfo=UTC).timestamp())
    wanted = Observation("tarball:C2/tracs/env", "size", stamp, 52 * 2**20, "bytes")
    assert history == tgzs.History({H1: (wanted,)}, {}, {}, ())


def test_every_hub_that_has_the_server_and_the_node_gets_the_row(database):
    rows = row(node="C", path="1"), row(node="Z9:229", folder="/volume1/var/scm/backup/g4pb/repos/data")
    history = history_in(database(*rows))
    subjects = {key: [observation.subject for observation in of] for key, of in history.observations.items()}
    assert subjects == {
        ("C", "tarballs:C2"): ["tarball:C2/tracs/env"],
        ("C", "tarballs:WW"): ["tarball:WW/tracs/env"],
        ("Z9:229", "copies"): ["tarball:G/repos/data"],
    }


def test_rows_of_nodes_and_servers_that_no_hub_has_are_counted(database):
    strange = row(folder="/s/backup/dayabay/svn/dybsvn")
    history = history_in(database(row(node="N", path="1"), row(node="N", path="2"), strange))
    assert history == tgzs.History({}, {}, {("N", "cms02"): 2, ("H1", "dayabay"): 1}, ())


def test_rows_of_a_hub_in_another_zone_wait_for_a_reading_in_that(database):
    path = database(row(node="C", path="1"), row(node="C", path="2", folder="/s/backup/dayabay/svn/dybsvn"))
    taipei, shanghai, utc = (history_in(path, ZoneInfo(zone)) for zone in ("Asia/Taipei", "Asia/Shanghai", "UTC"))
    assert (set(taipei.observations), taipei.elsewhere) == (
        {("C", "tarballs:C2"), ("C", "tarballs:WW")},
        {("ZZ", "Asia/Shanghai"): 1},
    )
    assert (set(shanghai.observations), shanghai.elsewhere) == (
        {("C", "tarballs:ZZ")},
        {("C2", "Asia/Taipei"): 1, ("WW", "Asia/Taipei"): 1},
    )
    assert (utc.observations, sum(utc.elsewhere.values())) == ({}, 3)


def test_observations_ascend_and_the_whole_one_of_two_at_one_stamp_stays(database):
    rows = (
        row("2012-11-14T16:10:23", path="1"),
        row(size=3.0, path="2"),
        row(size=5.0, path="3"),
        row(size=4.0, path="4"),
    )
    history = history_in(database(*rows))
    values = [observation.value / 2**20 for observation in history.observations[H1]]
    assert values == [5.0, 52.0]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (row(date="yesterday"), "date is no time such as 2012-11-13T16:10:23"),
        (row(date="2012-13-13T16:10:23"), "date is no time such as 2012-11-13T16:10:23"),
        (row(date="2099-11-13T16:10:23"), "date lies in the future"),
        (row(date=None), "date is no time such as 2012-11-13T16:10:23"),
        (row(size="big"), "size is no number of MiB"),
        (row(size=None), "size is no number of MiB"),
        (row(size=-1.0), "size is no number of MiB"),
        (row(size=float("inf")), "size is no number of MiB"),
        (row(node=None), "node is no text"),
        (row(node=""), "node is no text"),
        (row(folder="/data/tracs/env"), "dir does not end in backup/SERVER/KIND/NAME"),
        (row(folder="/s/backup/cms02/tracs/deep/env"), "dir does not end in backup/SERVER/KIND/NAME"),
        (row(folder="/s/backup/cms02//env"), "dir does not end in backup/SERVER/KIND/NAME"),
        (row(folder=""), "dir does not end in backup/SERVER/KIND/NAME"),
    ],
)
def test_an_odd_row_is_a_fault_and_costs_only_itself(database, odd, reason):
    history = history_in(database(odd, row(path="good")))
    assert [(fault.line, fault.reason) for fault in history.faults] == [(1, reason)]
    assert len(history.observations[H1]) == 1


def test_hostile_text_is_spelt_out(database):
    rows = row(folder="/s/backup/cms02/tracs/a\n<b>"), row(date="\x1b[31m", path="2")
    history = history_in(database(*rows))
    assert history.observations[H1][0].subject == "tarball:C2/tracs/a\\n<b>"
    assert isinstance(history.faults[0], Fault)
    assert history.faults[0].text.startswith("\\x1b[31m|H1|52.0|")


def test_text_that_is_not_utf_8_is_read_all_the_same(database):
    file = database(row(path="1"))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE tgzs SET dir = CAST(? AS TEXT)", (b"/s/backup/cms02/tracs/caf\xe9",))
        connection.commit()
    history = history_in(file)
    assert history.observations[H1][0].subject == "tarball:C2/tracs/caf\\xe9"


def test_reading_leaves_the_file_as_it_was(database, tmp_path):
    file = database(row())
    before = file.read_bytes(), sorted(tmp_path.iterdir())
    file.chmod(0o444)
    history_in(file)
    assert (file.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_a_database_whose_last_writer_was_killed_is_refused_and_not_mended(database, tmp_path):
    file = database(*(row(path=str(number)) for number in range(2000)))
    killed = tmp_path / "killed.db"
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA cache_size = 1")  # so that a transaction under way reaches the disk
        writer.execute("UPDATE tgzs SET size = 1, nodepath = nodepath || 'x'")
        shutil.copy(file, killed)
        shutil.copy(f"{file}-journal", f"{killed}-journal")
    before = killed.read_bytes()
    with pytest.raises(ImportRefused):
        history_in(killed)
    assert killed.read_bytes() == before


def test_what_is_no_such_database_is_refused_in_one_sentence(tmp_path):
    empty, text, folder, gone = (tmp_path / name for name in ("empty.db", "text.db", "folder", "a b%20?.db"))
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("CREATE TABLE other (x)")
    text.write_text("no database at all, but long enough to be read as one " * 20)
    folder.mkdir()
    for path, said in (
        (empty, "can't be read as scm-backup-monitor's database: no such table: tgzs"),
        (text, "can't be read as scm-backup-monitor's database: file is not a database"),
        (folder, "there is no such file"),
        (gone, "there is no such file"),
    ):
        with pytest.raises(ImportRefused) as refused:
            history_in(path)
        assert refused.value.lines == (f"{path}: {said}",)


def test_a_database_is_told_from_a_configuration(database, tmp_path):
    (tmp_path / "x.cnf").write_text("[HUB]\n")
    assert tgzs.is_database(database(row()))
    assert not tgzs.is_database(tmp_path / "x.cnf")
    assert not tgzs.is_database(tmp_path / "gone")

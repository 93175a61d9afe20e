import gzip
import hashlib
import os
import re
import shutil
import subprocess
from ast import literal_eval
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector import config
from collector.config import kinds
from collector.demo import DemoRefused, make_fleet, making
from collector.demo.fleet import FLEET
from collector.demo.writing import nights
from collector.model import Answer, Outcome

FAULTY = ("differs", "broken", "absent", "unreadable", "unfinished", "dangling", "a folder", "held")
NOW = 1795492242  # 2026-11-24 03:50:42 UTC
DAY = 86400


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("demo")
    make_fleet(made, NOW)
    return made


@pytest.fixture(scope="module")
def settings(folder):
    return config.load(folder / "almanac.toml")


def backups(folder, node):
    (found,) = (path for path in (folder / "fleet" / node).rglob("backup/*") if path.is_dir())
    return found


def tarballs(folder, node, item):
    return sorted((backups(folder, node) / item).glob("[0-9]*/*/*/*/*.tar.gz"))


def stamp(tarball, zone="Asia/Taipei"):
    local = datetime.strptime("/".join(tarball.parts[-5:-1]), "%Y/%m/%d/%H%M%S").replace(tzinfo=ZoneInfo(zone))
    return int(local.timestamp())


def test_the_configuration_loads_and_its_folders_are_there(settings):
    places = [
        source.folder for node in settings.nodes for source in settings.sources_of(node) if source.kind == "tarballs"
    ]
    assert len(places) == 11
    assert [place for place in places if not Path(place).is_dir()] == ["/home/hep/blyth/var/scm/backup/cms02"]


def test_items_selected_by_a_hub_exist_on_it(folder, settings):
    for hub in settings.hubs.values():
        assert [item for item in hub.select if not (backups(folder, hub.node) / item / "last").exists()] == []


def test_two_years_of_nights_lie_on_backup_nodes_and_thirty_on_hubs(folder):
    for hub in FLEET[:3]:
        for copy in hub.copies:
            kept = tarballs(folder, copy.node, f"{hub.items[1].kind}/{hub.items[1].name}")
            assert 0.95 * copy.keep < len(kept) <= copy.keep, copy.node
            assert NOW - copy.keep * DAY - DAY < stamp(kept[0]) < NOW - 0.95 * copy.keep * DAY + DAY


def test_every_tarball_has_a_sidecar_of_its_size_and_sizes_grow(folder):
    kept = tarballs(folder, "SDU", "tracs/dybsvn")
    for tarball in kept:
        assert literal_eval((tarball.parent / f"{tarball.name}.dna").read_text())["size"] == tarball.stat().st_size
    assert kept[-1].stat().st_size > 1.1 * kept[0].stat().st_size
    assert sum(tarball.stat().st_blocks * 512 for tarball in kept) < 10**6 < kept[0].stat().st_size


def test_the_run_of_a_night_has_one_stamp_in_the_hubs_own_time(folder):
    lasts = {Path(link).readlink() for link in backups(folder, "C").glob("*/*/last")}
    assert len(lasts) == 1
    newest = tarballs(folder, "C", "repos/env")[-1]
    assert newest.parent == (backups(folder, "C") / "repos/env/last").resolve()
    assert 0 <= NOW - 9 * 60 - stamp(newest) < 40
    assert stamp(newest) < newest.stat().st_mtime < NOW
    assert re.fullmatch(r"env-\d+\.tar\.gz", newest.name)


def test_each_fault_is_there(folder):
    late = stamp(tarballs(folder, "SDU", "svn/dybsvn")[-1], "Asia/Shanghai")
    assert 7 * DAY < NOW - late < 7.2 * DAY
    assert NOW - stamp(tarballs(folder, "ZZ", "svn/dybsvn")[-1], "Asia/Shanghai") < DAY
    for node in ("C2", "C"):
        before, last = (tarball.stat().st_size for tarball in tarballs(folder, node, "tracs/env")[-2:])
        assert 0.49 < last / before < 0.51
    assert [path.name for path in backups(folder, "D8R").rglob(".*.tar.gz.??????")] == [".notes.tar.gz.a8Xk2P"]
    link = backups(folder, "CUT") / "tracs/notes/last"
    assert link.is_symlink()
    assert not link.exists()
    (lock,) = (backups(folder, "CUD") / "LOCKED").iterdir()
    assert lock.name == "scm-backup-rsync-starting-to-CUD-started-2026-11-22@11:43:" + lock.name[-2:]


def test_digests_of_real_archives_agree_but_for_one(folder):
    wrong, written = [], {}
    for node in ("G", "Z9:229"):
        for link in backups(folder, node).glob("*/*/last"):
            (archive,) = link.resolve().glob("*.tar.gz")
            gzip.decompress(archive.read_bytes())
            written.setdefault(archive.name, set()).add(archive.stat().st_mtime)
            digest = hashlib.md5(archive.read_bytes()).hexdigest()
            if literal_eval(Path(f"{archive}.dna").read_text()) != {"dig": digest, "size": archive.stat().st_size}:
                wrong.append((node, link.parent.name))
    assert wrong == [("Z9:229", "data")]
    assert {len(times) for times in written.values()} == {1}


def test_the_tarballs_source_finds_each_fault(folder, settings):
    found = {}
    for node in settings.nodes:
        for source in settings.sources_of(node):
            if source.kind == "tarballs" and node != "H1":
                reading = read(node, source)
                found[node] = {(state.metric, state.subject) for state in reading.states if state.value in FAULTY}
                assert (node, reading.faults) == (node, ())
    assert {node: faults for node, faults in found.items() if faults} == {
        "Z9:229": {("digest", "tarball:G/repos/data")},
        "D8R": {("transfer", "tarball:HKU/tracs/notes")},
        "CUT": {("last", "tarball:HKU/tracs/notes")},
        "CUD": {("lock", "lock:HKU")},
    }


def read(node, source):
    kind = kinds.find(source.kind)
    said = subprocess.run(
        ["sh"], input=kind.probe(source).encode(), capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"}
    )
    answer = Answer(
        node,
        source.label,
        source.kind,
        NOW,
        Outcome.OK,
        hub=source.hub,
        zone=source.time_zone,
        status=0,
        body=said.stdout,
    )
    return kind.parse(source, answer)


def test_a_night_has_the_same_sizes_when_the_fleet_is_made_again_the_next_day():
    today = {night.local.toordinal() for night in islice(nights(FLEET[0], NOW), 100)}
    tomorrow = {night.local.toordinal() for night in islice(nights(FLEET[0], NOW + DAY), 101)}
    assert today <= tomorrow
    assert FLEET[0].items[0].size_on(739000) == FLEET[0].items[0].size_on(739000) < FLEET[0].items[0].size_on(739300)


def test_a_fleet_made_again_is_the_same_and_history_stays(tmp_path, monkeypatch):
    def listing():
        return {path: (path.lstat().st_size, path.lstat().st_mtime) for path in (tmp_path / "fleet").rglob("*.tar.gz*")}

    monkeypatch.setattr(making, "FLEET", FLEET[3:])  # the smallest: time is short
    make_fleet(tmp_path, NOW)
    (tmp_path / "data").mkdir()
    before = listing()
    assert len(before) > 900
    make_fleet(tmp_path, NOW)
    assert (tmp_path / "data").is_dir()
    assert listing() == before


def test_what_is_not_a_sample_fleet_is_never_touched(tmp_path):
    long = tmp_path / ("x" * 100)
    for name in ("fleet", "supervisor", "site", "data"):
        (tmp_path / name / name).mkdir(parents=True)
        (tmp_path / name / name / "precious").touch()
        with pytest.raises(DemoRefused, match=f"/{name}/{name}: is there already, and of no sample fleet; name a new"):
            make_fleet(tmp_path / name, NOW)
        assert [path.name for path in tmp_path.rglob("*")] == [name, name, "precious"]
        shutil.rmtree(tmp_path / name)
    with pytest.raises(DemoRefused, match="too long a path"):
        make_fleet(long, NOW)
    assert not long.exists()

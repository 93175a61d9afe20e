"""The pass as a user meets it: silent when well, said when not, once at a time, the same twice."""

import fcntl
import json
import re
import shutil

import pytest

from collector.recording import asked_at
from tests.system import fleet


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A fleet that has had one pass; tests copy it."""
    folder = tmp_path_factory.mktemp("fleet")
    fleet.make(folder)
    first = fleet.almanac(folder, "nightly")
    return folder, first


def test_the_first_pass_publishes_a_site_that_knows_the_past(made):
    folder, _ = made
    node = json.loads((folder / "data/public/current/data/nodes/SDU.json").read_text())
    (backup,) = (s for s in node["subjects"] if s["label"] == "svn/dybsvn")
    (size,) = (m for m in backup["metrics"] if m["name"] == "size")
    assert (size["value"], sum(v is not None for v in size["spark"])) == (10_040_000, 40)
    assert "svn/dybsvn" in (folder / "data/public/current/nodes/SDU.html").read_text()


def test_a_pass_is_silent_when_all_is_well(made):
    _, first = made
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")


def test_a_replayed_pass_twice_changes_nothing(made):
    folder, _ = made
    recording = folder / "recording"
    assert fleet.almanac(folder, "collect", "--record", recording).returncode == 0
    after = []
    for _ in range(2):
        fleet.almanac(folder, "collect", "--replay", recording)
        for stage in ("export", "build", "publish"):
            assert fleet.almanac(folder, stage).returncode == 0
        files = (file for file in (folder / "data").rglob("*") if file.is_file() and file.suffix != ".db")
        after.append(
            (
                fleet.record(folder),
                {str(file): file.stat().st_mtime_ns for file in files if file.name != "almanac.lock"},
            )
        )
    assert after[0] == after[1]


def test_charts_lost_from_pages_or_export_are_there_again_after_a_build(made):
    folder, _ = made
    name = next((folder / "data/export").glob("charts/SDU/*.png")).relative_to(folder / "data/export")
    picture = (folder / "data/export" / name).read_bytes()
    (folder / "data/html" / name).unlink()
    assert "0 pages written" in fleet.almanac(folder, "build").stdout
    assert (folder / "data/html" / name).read_bytes() == picture
    for lost in ("data/html", "data/export", "data/public/current"):
        (folder / lost / name).unlink()
    assert "1 lost charts drawn again" in fleet.almanac(folder, "build").stdout
    assert fleet.almanac(folder, "publish").returncode == 0
    assert {(folder / there / name).read_bytes() for there in ("data/html", "data/public/current")} == {picture}
    assert "lost" not in fleet.almanac(folder, "build").stdout


def test_a_second_pass_is_refused_and_told_who_runs(made):
    folder, _ = made
    with (folder / "data/almanac.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = fleet.almanac(folder, "nightly")
    assert second.returncode == 3
    assert "another pass" in second.stderr


def test_trouble_is_told_by_words_and_exit_status(made, tmp_path):
    folder = tmp_path / "fleet"
    shutil.copytree(made[0], folder, symlinks=True)
    config = folder / "almanac.toml"
    text = config.read_text().replace(str(made[0]), str(folder))
    config.write_text(text.replace('[nodes.H1]\nreach = "local"', '[nodes.H1]\naddress = "127.0.0.1"\nport = 1'))
    done = fleet.almanac(folder, "nightly")
    assert (done.returncode, done.stdout) == (1, "")
    assert "H1: unreachable: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_configuration_changes_nothing(made, tmp_path):
    folder, _ = made
    wrong = tmp_path / "almanac.toml"
    wrong.write_text("[nodes.a]\nprot = 22\n")
    done = fleet.almanac(folder, "--config", wrong, "nightly")
    assert done.returncode == 2
    assert done.stderr == f"almanac: {wrong}: line 2: nodes.a.prot: no such key; did you mean port?\n"
    assert not (tmp_path / "data").exists()


def test_a_pass_that_ran_ahead_of_time_is_told_and_can_be_forgotten(made, tmp_path):
    folder = tmp_path / "fleet"
    shutil.copytree(made[0], folder, symlinks=True)
    recording = tmp_path / "ahead"
    assert fleet.almanac(folder, "collect", "--record", recording).returncode == 0
    asked = str(asked_at(recording))
    for file in recording.glob("*.json"):
        file.write_text(file.read_text().replace(asked, "2000000000"))
    assert fleet.almanac(folder, "collect", "--replay", recording).returncode == 0
    done = fleet.almanac(folder, "nightly")
    assert (done.returncode, done.stdout) == (1, "")
    assert "clock is wrong, or was: a pass of 2033-05-18 03:33 UTC is on record, later than this one" in done.stderr
    (command,) = re.findall(r"almanac (db forget \d+)$", done.stderr, re.MULTILINE)
    forgotten = fleet.almanac(folder, *command.split())
    assert forgotten.returncode == 0, forgotten.stderr
    assert "of 2033-05-18 03:33 UTC is forgotten" in forgotten.stdout
    again = fleet.almanac(folder, *command.split())
    assert (again.returncode, again.stdout) == (2, "")
    done = fleet.almanac(folder, "nightly")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_wrong_word_in_a_page_withholds_no_data(made, tmp_path):
    folder = tmp_path / "fleet"
    shutil.copytree(made[0], folder, symlinks=True)
    config = folder / "almanac.toml"
    config.write_text(config.read_text().replace(str(made[0]), str(folder)))
    page = folder / "site/index.rst"
    page.write_text(f"{page.read_text()}\nSee :almanac:node:`SUD`.\n")
    done = fleet.almanac(folder, "nightly")
    assert (done.returncode, done.stdout) == (4, "")
    assert "Sphinx refuses these pages, they show new data in the words of the last good build" in done.stderr
    told = json.loads((folder / "data/public/current/data/manifest.json").read_text())
    before = json.loads((made[0] / "data/public/current/data/manifest.json").read_text())
    assert told["last_pass"]["id"] > before["last_pass"]["id"]
    assert f"Pass {told['last_pass']['id']}</a>:" in (folder / "data/public/current/index.html").read_text()


def test_a_series_file_without_its_folder_is_told_and_stops_nothing(made, tmp_path):
    folder = tmp_path / "fleet"
    shutil.copytree(made[0], folder, symlinks=True)
    config = folder / "almanac.toml"
    (folder / "there").mkdir()
    text = config.read_text().replace(str(made[0]), str(folder))
    config.write_text(text.replace("[hubs.ZZ]", '[hubs.ZZ]\nseries_file = "there/%(node)s.json"'))
    assert fleet.almanac(folder, "check").returncode == 0
    config.write_text(text.replace("[hubs.ZZ]", '[hubs.ZZ]\nseries_file = "%(node)s/x_%(node)s.json"'))
    (folder / "C").mkdir()
    lacking = [
        f"almanac: {folder}/{node}/x_{node}.json: there is no folder {folder}/{node}; make it, or correct series_file"
        for node in ("SDU", "H1")
    ]
    checked = fleet.almanac(folder, "check")
    assert (checked.returncode, checked.stderr.splitlines()) == (1, lacking)
    before = fleet.site(folder)
    done = fleet.almanac(folder, "nightly")
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (4, "", lacking)
    published = fleet.site(folder)
    assert {"data/x_SDU.json", "data/x_C.json"} <= published.keys() - before.keys()
    assert json.loads((folder / "C/x_C.json").read_text())["chart"] == {"renderTo": "container_C"}

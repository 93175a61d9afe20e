"""What a pass tells of itself: on its own pages, to the next pass, and of one that broke or was killed."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from collector.export.read import read_manifest, read_node
from tests.servers.waiting import until
from tests.system import fleet

PASS = "the pass"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A fleet of which two passes are on record; tests copy it."""
    folder = tmp_path_factory.mktemp("fleet")
    fleet.make(folder, 10)
    for _ in range(2):
        assert fleet.almanac(folder, "nightly").returncode == 0
    return folder


@pytest.fixture
def folder(made, tmp_path):
    folder = tmp_path / "fleet"
    shutil.copytree(made, folder, symlinks=True)
    config = folder / "almanac.toml"
    config.write_text(config.read_text().replace(str(made), str(folder)))
    return folder


def told(folder):
    """The manifest, and what the pass told of itself: numbers and words by subject and name."""
    export = folder / "data/export"
    manifest = read_manifest(export)
    document = read_node(export, manifest, PASS)
    numbers = {(one.label, metric.name): metric.value for one in document.subjects for metric in one.metrics}
    words = {(one.label, state.name): (state.value, state.detail) for one in document.subjects for state in one.states}
    return manifest, numbers, words


def wrong(manifest):
    return [(one.subject, one.rule, one.level) for one in manifest.problems if one.node == PASS]


def test_a_pass_tells_what_it_asked_and_how_long_the_one_before_took(made):
    manifest, numbers, words = told(made)
    counted = {name: numbers["nightly", name] for name in ("asked", "reached", "faults")}
    assert counted == {"asked": 3, "reached": 3, "faults": 0}
    assert numbers["nightly", "read"] > 1000
    stages = {label for label, _ in numbers} - {"nightly"}
    assert stages == {"collecting", "judging", "exporting", "building", "publishing", "reporting"}
    parts = sum(numbers[stage, "duration"] for stage in stages - {"collecting"})
    assert 0 < parts < numbers["nightly", "duration"]
    assert words == {("nightly", "end"): ("whole", "")}
    assert wrong(manifest) == []


def test_the_pass_is_no_node_of_the_fleet_and_has_pages_of_its_own(made):
    manifest, *_ = told(made)
    assert list(manifest.nodes) == list(fleet.NODES)
    assert (manifest.last_pass.asked, manifest.last_pass.reached) == (3, 3)
    assert manifest.counts[0].value == 3
    site = made / "data/public/current"
    subject = "subjects/the_20pass~pass_3Anightly.html"
    assert f'<a href="{subject}">Pass 2</a>' in (site / "index.html").read_text()
    assert "The nightly pass" in (site / subject).read_text()
    assert "charts/the_20pass/" in (site / subject).read_text()
    assert "the_20pass.html" not in (site / "nodes/index.html").read_text()
    assert "Stages of a pass" in (site / "nodes/the_20pass.html").read_text()
    shown = fleet.almanac(made, "show", PASS)
    assert (shown.returncode, shown.stdout.splitlines()[0][:29]) == (0, "The pass itself (this machine)"[:29])


def test_passes_of_single_stages_tell_nothing_of_themselves(folder):
    before = told(folder)[1:]
    for stage in ("collect", "judge", "export"):
        assert fleet.almanac(folder, stage).returncode == 0
    assert told(folder)[1:] == before


def test_any_night_is_told_again_with_what_its_pass_told_of_itself(made, tmp_path):
    started = read_manifest(made / "data/export").last_pass.started
    assert fleet.almanac(made, "build", "--as-of", started, "--to", tmp_path / "again").returncode == 0
    export, again = made / "data/export", tmp_path / "again/export"
    files = {file.relative_to(export) for file in export.rglob("*") if file.is_file()}
    assert {file for file in files if (export / file).read_bytes() != (again / file).read_bytes()} == set()


def builds(folder):
    """Whether the pass that was begun last has come to its pages."""
    with closing(sqlite3.connect(folder / "data/almanac.db")) as db:
        last = "SELECT 1 FROM stage WHERE name = 'building' AND pass = (SELECT max(id) FROM pass)"
        return db.execute(last).fetchone()


def test_a_killed_pass_is_told_by_the_next_one_and_is_over_with_the_one_after(folder):
    conf = folder / "site/conf.py"
    sound = conf.read_text()
    conf.write_text(f"{sound}\nimport pathlib, time\npathlib.Path('{folder}/building').touch()\ntime.sleep(3000)\n")
    running = subprocess.Popen([fleet.ALMANAC, "nightly"], cwd=folder, start_new_session=True)
    until(lambda: running.poll() is not None or ((folder / "building").exists() and builds(folder)))
    assert running.poll() is None
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    conf.write_text(sound)
    after = fleet.almanac(folder, "nightly")
    said = "did not end: it was killed while building, or its machine went down."
    assert (after.returncode, after.stderr.count("\n")) == (1, 1)
    assert after.stderr.startswith("warning: the pass nightly: The pass of ")
    assert after.stderr.endswith(f"{said}\n")
    manifest, _, words = told(folder)
    assert wrong(manifest) == [("pass:nightly", "unfinished", "warning")]
    assert words["nightly", "end"][0] == "killed"
    document = read_node(folder / "data/export", manifest, PASS)
    (itself,) = (one for one in document.subjects if one.kind == "pass")
    (duration,) = (one for one in itself.metrics if one.name == "duration")
    assert duration.standing == "unknown"
    assert "did not end" in (folder / "data/public/current/index.html").read_text()
    assert fleet.almanac(folder, "nightly").returncode == 0
    assert wrong(told(folder)[0]) == []
    page = (folder / "data/public/current/subjects/the_20pass~pass_3Anightly.html").read_text()
    over = page.partition("Closed in the last 35 days")[2]
    assert said in over
    assert 'data-h="since"' in over


def test_a_pass_that_broke_is_told_with_stage_and_reason(folder):
    shutil.rmtree(folder / "data/public")
    (folder / "data/public").write_text("in the way")
    broken = fleet.almanac(folder, "nightly")
    assert broken.returncode == 4
    (folder / "data/public").unlink()
    assert fleet.almanac(folder, "nightly").returncode == 1
    word, detail = told(folder)[2]["nightly", "end"]
    reason = broken.stderr.removeprefix("almanac: ").splitlines()[0]
    assert (word, detail.partition(" broke ")[2]) == ("broken", f"while publishing: {reason}")


def test_a_pass_is_acknowledged_and_forgotten_like_anything_else(folder):
    shutil.rmtree(folder / "data/public")
    (folder / "data/public").write_text("in the way")
    assert fleet.almanac(folder, "nightly").returncode == 4
    (folder / "data/public").unlink()
    assert fleet.almanac(folder, "nightly").returncode == 1
    (problem,) = json.loads((folder / "data/export/manifest.json").read_text())["problems"]
    done = fleet.almanac(folder, "ack", problem["id"], "--note", "the folder was in the way")
    assert done.returncode == 0, done.stderr
    assert fleet.almanac(folder, "silence", "node=the pass", "--for", "1h", "--note", "known").returncode == 0
    number = read_manifest(folder / "data/export").last_pass.id
    assert fleet.almanac(folder, "db", "forget", number).returncode == 0
    assert fleet.record(folder)

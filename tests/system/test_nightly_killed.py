"""kill -9 at fifty random instants of a pass: the database sound, the site whole, the next pass heals all of it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.system import fleet

# One whole pass over recorded answers, ended at a time of its own, so that its end state does not tell when it ran.
PASS = """
import sys
from pathlib import Path
from collector import edition, recording
from collector.collect import collect, locked
from collector.config import load
config, folder = load(Path("almanac.toml")), Path(sys.argv[1])
tell = lambda line: None
with locked(config) as store:
    started = recording.asked_at(folder)
    done = collect(config, store, started, recording.replay(config, folder), tell)
    store.end_pass(done.pass_id, started + 9)
    edition.rest(config, store, tell)
"""


def run_pass(folder, recording, kill_after=None):
    """Seconds that it took, or None if it was killed."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", PASS, recording], cwd=folder, start_new_session=True, stderr=subprocess.PIPE
    )
    try:
        _, errors = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - began


@dataclass(frozen=True)
class Scene:
    """A pass that may be killed: the folder before it, what it hears, and what it leaves undisturbed."""

    before: Path
    recording: Path
    site: dict[str, str]
    after: tuple[dict[str, str], list[str]]
    took: float


def scene(work, before, recording):
    shutil.copytree(work, before, symlinks=True)
    site = fleet.site(work)
    took = run_pass(work, recording)
    return Scene(before, recording, site, (fleet.site(work), fleet.record(work)), took)


def restore(before, work):
    shutil.rmtree(work)
    shutil.copytree(before, work, symlinks=True)


@pytest.fixture(scope="module")
def fleet_and_recordings(tmp_path_factory):
    """A fleet without any pass, and recordings of two nights."""
    root = tmp_path_factory.mktemp("killed")
    work = root / "work"
    work.mkdir()
    fleet.make(work, nights=10)
    recordings = [root / "night0", root / "night1"]
    for night, recording in enumerate(recordings):
        assert fleet.almanac(work, "collect", "--record", recording).returncode == 0
        for node in fleet.NODES:
            fleet.tarball(work / "fleet" / node / "backup/dayabay", "svn/dybsvn", -night - 1, 11_000_000)
    shutil.rmtree(work / "data")
    return work, recordings


@pytest.fixture(scope="module")
def scenes(fleet_and_recordings):
    """The first night, the second, and the second with a new page, for which Sphinx has to run."""
    work, recordings = fleet_and_recordings
    first = scene(work, work.with_name("before-first"), recordings[0])
    second = scene(work, work.with_name("before-second"), recordings[1])
    restore(second.before, work)
    (work / "site/more.rst").write_text(":orphan:\n\nMore\n====\n")
    return {"first": first, "second": second, "new page": scene(work, work.with_name("before-new-page"), recordings[1])}


@pytest.mark.parametrize(("which", "healed", "kills"), [("first", 2, 4), ("second", 5, 6), ("new page", 4, 3)])
def test_a_pass_killed_at_any_instant_is_healed_by_the_next(fleet_and_recordings, scenes, which, healed, kills):
    work, _ = fleet_and_recordings
    killed, chance = scenes[which], random.Random(which)
    for _ in range(healed):
        restore(killed.before, work)
        for _ in range(kills):
            run_pass(work, killed.recording, kill_after=chance.uniform(0, killed.took))
            if (work / "data/almanac.db").exists():
                fleet.record(work)
            assert fleet.site(work) in (killed.site, killed.after[0])
        run_pass(work, killed.recording)
        assert (fleet.site(work), fleet.record(work)) == killed.after

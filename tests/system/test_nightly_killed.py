"""kill -9 at fifty random instants of a pass: the database sound, the site whole, the next pass heals all of it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.system import fleet

# One whole pass over recorded answers, ended at a time of its own, so that its end state does not tell when it ran.
PASS = """
import sys
from pathlib import Path
from collector import nightly, recording
from collector.collect import collect, locked
from collector.config import load
config, folder = load(Path("almanac.toml")), Path(sys.argv[1])
tell = lambda line: None
with locked(config) as store:
    started = recording.asked_at(folder)
    done = collect(config, store, started, recording.replay(config, folder), tell)
    store.end_pass(done.pass_id, started + 9)
    nightly.rest(config, store, tell)
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


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """A fleet without any pass, recordings of two nights, and what each night leaves undisturbed."""
    root = tmp_path_factory.mktemp("killed")
    folder = root / "work"
    folder.mkdir()
    fleet.make(folder, nights=10)
    recordings = []
    for night in range(2):
        assert fleet.almanac(folder, "collect", "--record", root / f"night{night}").returncode == 0
        recordings.append(str(root / f"night{night}"))
        for node in fleet.NODES:
            fleet.tarball(folder / "fleet" / node / "backup/dayabay", "svn/dybsvn", -night - 1, 11_000_000)
        time.sleep(1.1)  # a pass is known by its second
    shutil.rmtree(folder / "data")
    states, took = [None], []
    for night, recording in enumerate(recordings):
        shutil.copytree(folder, root / f"before{night}", symlinks=True)
        took.append(run_pass(folder, recording))
        states.append((fleet.site(folder), fleet.record(folder)))
    return root, recordings, states, took


@pytest.mark.parametrize(("night", "kills"), [(0, 10), (1, 40)])
def test_a_pass_killed_at_any_instant_is_healed_by_the_next(nights, night, kills):
    root, recordings, states, took = nights
    folder, chance = root / "work", random.Random(night)
    whole = [states[night][0] if night else {}, states[night + 1][0]]
    for _ in range(kills):
        shutil.rmtree(folder)
        shutil.copytree(root / f"before{night}", folder, symlinks=True)
        run_pass(folder, recordings[night], kill_after=chance.uniform(0, took[night]))
        if (folder / "data/almanac.db").exists():
            fleet.record(folder)
        assert fleet.site(folder) in whole
        run_pass(folder, recordings[night])
        assert (fleet.site(folder), fleet.record(folder)) == states[night + 1]

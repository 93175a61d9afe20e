"""A crawl that is killed while an instance still answers: all that was recorded before stays, and the next one heals."""

import json
import os
import signal
import subprocess

from tests.servers.tracked import Tracked
from tests.servers.waiting import until
from tests.system import fleet

TOML = """
[nodes.here]
reach = "local"
[instances]
private = ["127.0.0.0/8"]
time_limit = "120s"
endpoints = [{url = "/x"}]
fields.users = {}
"""


def added(folder, url):
    words = ("--url", url, "--contact", "Ann", "--email", "ann@example.org", "--organisation", "CERN")
    done = fleet.almanac(folder, "instance", "add", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[0]


def test_a_killed_crawl_loses_nothing_and_the_next_one_heals(tmp_path):
    (tmp_path / "almanac.toml").write_text(TOML)
    with Tracked() as server:
        good = added(tmp_path, f"http://127.0.0.1:{server.port}/good/5")
        assert fleet.almanac(tmp_path, "instance", "crawl").returncode == 0
        slow = added(tmp_path, f"http://127.0.0.2:{server.port}/slow/6")
        before = fleet.record(tmp_path)
        crawl = subprocess.Popen([fleet.ALMANAC, "instance", "crawl"], cwd=tmp_path, start_new_session=True)
        until(lambda: {"/slow/6/x", "/good/5/x"} <= {path for path, _ in server.asked[1:]})
        os.killpg(crawl.pid, signal.SIGKILL)
        crawl.wait()
        after = fleet.record(tmp_path)
        assert set(before) <= set(after)
        assert {line.split('"')[1] for line in set(after) - set(before)} <= {"pass", "activity", "sqlite_sequence"}
        assert fleet.almanac(tmp_path, "instance", "disable", slow).returncode == 0
        again = json.loads(fleet.almanac(tmp_path, "instance", "crawl", "--json").stdout)["crawled"]
    assert [(one["uuid"], one["outcome"]) for one in again] == [(good, "ok")]

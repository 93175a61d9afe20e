"""`almanac rules`: what is judged, before a pass and after one."""

import json

import pytest

from tests.judge.test_judge_passes import WEB, keep, processes
from tests.store.answers import hasty

TOML = """
[nodes.SDU]
reach = "local"
sources = [{ kind = "processes", units = ["cron.service"] }]
[nodes.C]
reach = "local"
sources = [{ kind = "host" }]
[[rules]]
name = "failed"
node = "SDU"
critical = ["STOPPED"]
runbook = "guide/trouble"
[[rules]]
name = "load"
off = true
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "almanac.toml").write_text(TOML)
    return tmp_path


def rows(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_every_rule_is_listed_with_its_limits_and_who_says_so(cli, folder):
    done = cli("rules", "list")
    assert (done.returncode, done.stderr) == (0, "")
    told = rows(done.stdout)
    assert "used_ratio used_ratio above disk:* 90 % 97 % default" in told
    assert "load load15 per cpus above host:* off off changed" in told
    assert "failed state node SDU, process:*, unit:* BACKOFF, UNKNOWN, EXITED, not-found STOPPED changed guide/trouble" in told  # fmt: skip
    assert "silent the node does not answer; its limits say after how long node 0 s 46 h default" in told
    assert not (folder / "data").exists()


def test_of_a_node_what_is_in_force_is_told_with_what_it_judges(cli, folder):
    (folder / "data").mkdir()
    with hasty(folder / "data/almanac.db") as store:
        keep(store, 0, processes=processes(0))
    done = cli("rules", "list", "--node", "SDU", "--json")
    (failed,) = [rule for rule in json.loads(done.stdout)["rules"] if rule["name"] == "failed"]
    assert (failed["node"], failed["subjects"], failed["critical"]) == ("SDU", [WEB], ["STOPPED"])
    assert f"SDU: {WEB}" in cli("rules", "list", "--node", "SDU").stdout


def test_a_node_that_is_not_there_is_told_with_the_nearest(cli, folder):
    done = cli("rules", "list", "--node", "SDV")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'There is no node "SDV". Did you mean "SDU"?' in done.stderr
    assert "no pass has recorded anything yet" in cli("rules", "list", "--node", "SDU").stderr

"""`almanac rules`: what is judged, before a pass and after one."""

import json
from datetime import UTC, datetime

import pytest

from collector.model import Answer, NodeAnswer, Observation, Outcome, Reading
from collector.replay import chosen
from collector.store.records import PassRecord
from tests.judge.test_judge_passes import WEB, keep, processes
from tests.store.answers import hasty, night

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
    assert "filling used_ratio forecast to reach 100 % disk:* 30 d 7 d default" in told
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


def test_a_node_that_is_not_there_is_told_with_the_nearest_or_those_there_are(cli, folder):
    for name, mend in (
        ("SDV", '. Did you mean "SDU"?'),
        ("sdu", '. Did you mean "SDU"?'),
        ("web", "; there are C, SDU"),
    ):
        done = cli("rules", "list", "--node", name)
        assert (done.returncode, done.stdout) == (2, "")
        assert f'There is no node "{name}"{mend}' in done.stderr
    assert "no pass has recorded anything yet" in cli("rules", "list", "--node", "SDU").stderr


def disk(store, number, share, reached=Outcome.OK):
    """A night's pass: a disk that is so full, or a node that does not answer."""
    at = night(number)
    answers = (Answer("C", "host", "host", at, Outcome.OK),) if reached is Outcome.OK else ()
    told = Reading((Observation("disk:/data", "used_ratio", at, share, "ratio"),))
    heard = NodeAnswer("C", at, reached, "" if answers else "no route to host", answers=answers)
    store.record(store.begin_pass(at), heard, {"host": told} if answers else {})


@pytest.fixture
def past(folder):
    """Ten nights of a disk that fills up, is cleared, and fills up again."""
    (folder / "data").mkdir()
    with hasty(folder / "data/almanac.db") as store:
        for number, share in enumerate([0.5, 0.86, 0.93, 0.98, 0.98, 0.88, 0.5, 0.86, 0.5, 0.92]):
            disk(store, number, share, Outcome.UNREACHABLE if number == 4 else Outcome.OK)
    return folder


def day(number):
    return datetime.fromtimestamp(night(number), UTC).date().isoformat()


def spells(done):
    return [
        (one["rule"], one["level"], one["told"][:10], one["over"] and one["over"][:10])
        for one in json.loads(done.stdout)["problems"]
    ]


def test_a_rule_is_replayed_over_the_past_and_tells_when_it_would_have_spoken(cli, past):
    before = (past / "data/almanac.db").read_bytes()
    done = cli("rules", "try", "used_ratio", "--since", day(0), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert spells(done) == [("used_ratio", "critical", day(2), day(5)), ("used_ratio", "warning", day(9), None)]
    shown = cli("rules", "try", "used_ratio", "--since", day(0), "--node", "C").stdout.splitlines()
    assert shown[0].startswith("2 problems would have been told: every pass, 10 from ")
    assert "98 % full" in shown[2]
    assert cli("rules", "try", "used_ratio", "--since", day(6), "--until", day(8)).returncode == 0
    assert (past / "data/almanac.db").read_bytes() == before


def test_a_rule_of_a_file_that_is_not_in_force_is_tried(cli, past):
    (past / "new.toml").write_text('[[rules]]\nname = "used_ratio"\nwarning = "85 %"\nclear = "80 %"\npasses = 2\n')
    done = cli("rules", "try", "--since", day(0), "--file", "new.toml", "--json")
    assert spells(done) == [("used_ratio", "critical", day(2), day(6))]
    (past / "new.toml").write_text(TOML.replace('name = "load"\noff', 'name = "used_ratio"\noff'))
    done = cli("rules", "try", "used_ratio", "--since", day(0), "--file", "new.toml")
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "0 problems would have been told")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("used_rati", "--since", "2026-01-01"), 'There is no rule "used_rati". Did you mean "used_ratio"?'),
        (("--since", "yesterday"), '"yesterday" is no day and no time'),
        (("--since", "2036-01-01"), "no pass began from 2036-01-01 on"),
        (("--since", "2026-01-01", "--file", "none.toml"), "there is no such file"),
        (("--since", "2026-01-01", "--file", "wrong.toml"), 'line 3: rules[0].node: there is no node "D"'),
    ],
)
def test_what_can_not_be_tried_is_told(cli, past, words, said):
    (past / "wrong.toml").write_text('[[rules]]\nname = "used_ratio"\nnode = "D"\n')
    done = cli("rules", "try", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_of_a_long_past_the_last_pass_of_each_night_is_read_and_that_is_said():
    passes = [PassRecord(number, night(0) + number * 3600, None, 1, 1) for number in range(240)]
    taken, words = chosen(passes, 100, UTC)
    assert (len(taken), words, taken[-1]) == (11, "the last pass of each night", passes[-1])
    taken, words = chosen(passes, 3000, UTC)
    assert (len(taken), words, taken[-1]) == (2, "the last pass of every 6 nights", passes[-1])

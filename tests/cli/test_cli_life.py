"""Problems acknowledged and silenced by hand, as a user does it."""

import json

import pytest

TOML = """\
[nodes.here]
reach = "local"
[[nodes.here.sources]]
kind = "tarballs"
folder = "/there/is/none"
"""


@pytest.fixture
def fleet(cli, tmp_path):
    """A node with one problem, judged and exported."""
    (tmp_path / "almanac.toml").write_text(TOML)
    cli("collect")
    assert cli("judge").returncode == 1
    assert cli("export").returncode == 0
    return cli


def problem(cli):
    """The one problem, exported anew."""
    assert cli("export").returncode == 0
    (found,) = json.loads(cli("status", "--json").stdout)["problems"]
    return found


def test_an_acknowledged_problem_is_shown_and_alarms_nobody(fleet):
    name = problem(fleet)["id"]
    done = fleet("ack", name, "--note", "disk is \x1b[2Jordered", "--person", "ann", "--until", "2999-12-30")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{name} (here: source tarballs) is acknowledged until 2999-12-31 00:00 UTC")
    held = problem(fleet)["held"]
    assert (held["kind"], held["person"], held["until"]) == ("acknowledged", "ann", "2999-12-31T00:00:00Z")
    told = fleet("status", "--problems")
    assert told.returncode == 0
    assert "acknowledged by ann until 2999-12-31 00:00 UTC: disk is \\x1b[2Jordered" in told.stdout
    assert fleet("ack", name, "--end").returncode == 0
    assert problem(fleet)["held"] is None
    assert fleet("status").returncode == 1


def test_what_gets_worse_after_it_was_acknowledged_alarms_again(fleet, tmp_path):
    name = problem(fleet)["id"]
    done = fleet("ack", name, "--note", "disk is ordered")
    assert done.stdout == f"{name} (here: source tarballs) is acknowledged until it closes or gets worse\n"
    assert problem(fleet)["held"]["kind"] == "acknowledged"
    (tmp_path / "almanac.toml").write_text(f'{TOML}[[rules]]\nname = "source"\ncritical = "0s"\n')
    fleet("judge")
    worse = problem(fleet)
    assert (worse["level"], worse["held"]) == ("critical", None)


def test_judging_again_keeps_what_was_said(fleet):
    name = problem(fleet)["id"]
    assert fleet("ack", name, "--note", "known").returncode == 0
    again = fleet("judge")
    assert again.stdout.splitlines()[-1] == "1 problems, 1 not as the pass before left them"
    assert problem(fleet)["held"]["note"] == "known"


def test_a_silence_is_made_listed_and_removed(fleet):
    assert fleet("silence", "--list").stdout == "Nothing is silenced.\n"
    made = fleet("silence", "node=here", "--for", "2h", "--note", "move", "--person", "bob")
    assert (made.returncode, made.stdout[:35]) == (0, "silence 1: node=here, from " + made.stdout[27:35])
    weekly = fleet("silence", "rule=late", "--every", "sun 02:00-04:00", "--note", "prune")
    assert weekly.stdout == "silence 2: rule=late, every sun 02:00-04:00 (UTC)\n"
    assert problem(fleet)["held"]["kind"] == "silenced"
    assert [line.split()[:2] for line in fleet("silence", "--list").stdout.splitlines()[1:]] == [
        ["1", "node=here"],
        ["2", "rule=late"],
    ]
    assert fleet("silence", "--remove", "1").stdout == "silence 1 has ended\n"
    assert problem(fleet)["held"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ack", "nothing", "--note", "x"], 'Error: There is no problem "nothing"; see: almanac status --problems'),
        (["ack", "nothing", "--note", "x", "--until", "2001-01-01"], "Error: It would be over already; name a later end."),
        (["ack", "nothing"], 'Error: Say what is known or done about it with --note "...", or take it back with --end.'),
        (["silence"], "Error: Say what is meant, such as node=SDU or hub=ZZ; --list tells the silences there are."),
        (["silence", "node=here"], 'Error: Say why with --note "..."; it is shown with what is silenced.'),
        (["silence", "node=here", "--note", "x"], "Error: Say for how long with --for 2h, or until when with --until, or --every when."),
        (["silence", "node=her", "--note", "x", "--for", "2h"], 'almanac: almanac.toml: there is no node "her"; did you mean "here"?'),
        (["silence", "node=here", "--note", "x", "--for", "2x"], 'Error: --for: expected a number with a unit (s, m, h, d, w) but got "2x"; write "30s", "5m" or "1d"'),
        (["silence", "node=here", "--note", "x", "--until", "2001-01-01"], "Error: It would be over before it began, or is already; name a later end."),
        (["silence", "node=here", "--note", "x", "--every", "sunday"], 'almanac: "sunday" is no window that comes again; write "sun 02:00-04:00", "mon,wed 22:00-01:00" or "daily 12:00-12:30"'),
        (["silence", "--remove", "7"], "almanac: There is no silence 7; see: almanac silence --list"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told(fleet, words, said):
    done = fleet(*words)
    assert (done.returncode, done.stdout, done.stderr.splitlines()[-1]) == (2, "", said)

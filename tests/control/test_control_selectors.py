"""30 processes on 5 nodes in 3 environments and 4 groups, stopped and started by every selector there is."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.control.fleet import ENVIRONMENTS, EVERY, HUBS, Fleet
from tests.control.running import run

Process = tuple[str, str]


def meant(*, nodes: tuple[str, ...] = (), groups: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> set[Process]:
    return {
        (node, name)
        for node, name in EVERY
        if (not nodes or node in nodes)
        and (not groups or name.partition(":")[0] in groups)
        and (not names or name in names)
    }


SELECTORS: dict[str, set[Process]] = {
    "--all": EVERY,
    "--node three": meant(nodes=("three",)),
    "--node t*": meant(nodes=("two", "three")),
    "--node one --node five": meant(nodes=("one", "five")),
    "--environment lab": meant(nodes=ENVIRONMENTS["lab"]),
    "--environment lab --environment edge": meant(nodes=("one", "two", "five")),
    "--environment lab --node one": meant(nodes=("one",)),
    "--hub ZZ": meant(nodes=HUBS["ZZ"]),
    "--hub ZZ --environment lab": meant(nodes=("two",)),
    "--group web": meant(groups=("web",)),
    "--group web --group db": meant(groups=("web", "db")),
    "--group web --environment live": meant(nodes=ENVIRONMENTS["live"], groups=("web",)),
    "--group work --node five": meant(nodes=("five",), groups=("work",)),
    "web:a": meant(names=("web:a",)),
    "web:a work:b": meant(names=("web:a", "work:b")),
    "web:*": meant(groups=("web",)),
    "*:a": meant(names=("web:a", "work:a", "db:a")),
    "clock": meant(names=("clock:clock",)),
    "clock:clock --node four": meant(nodes=("four",), groups=("clock",)),
    "work:t?ck --environment edge --group work": meant(nodes=ENVIRONMENTS["edge"], names=("work:tick", "work:tock")),
}


def in_state(fleet: Fleet, state: str) -> set[Process]:
    return {process for process, found in fleet.states().items() if found == state}


@pytest.mark.parametrize("words", SELECTORS)
def test_what_is_meant_is_stopped_and_started_and_nothing_else(fleet_of_five: Fleet, words: str) -> None:
    wanted, before = SELECTORS[words], fleet_of_five.pids()
    stopped = run(fleet_of_five.config, "stop", *words.split(), "--yes", "--json")
    results = json.loads(stopped.out)["results"]
    assert {(one["node"], one["process"]) for one in results} == wanted
    assert {(one["result"], one["before"], one["after"]) for one in results} == {("done", "RUNNING", "STOPPED")}
    assert (stopped.status, stopped.err) == (0, "")
    assert in_state(fleet_of_five, "STOPPED") == wanted
    assert in_state(fleet_of_five, "RUNNING") == EVERY - wanted

    started = run(fleet_of_five.config, "start", *words.split(), "--yes")
    assert (started.status, started.err) == (0, "")
    assert started.out.endswith(f"{len(wanted)} done\n")
    assert in_state(fleet_of_five, "RUNNING") == EVERY
    after = fleet_of_five.pids()
    assert {process for process in EVERY if after[process] != before[process]} == wanted


def test_a_restart_starts_what_runs_anew_and_what_does_not_too(fleet_of_five: Fleet) -> None:
    run(fleet_of_five.config, "stop", "web:a", "--environment", "lab", "--yes")
    before = fleet_of_five.pids()
    done = run(fleet_of_five.config, "restart", "--group", "web", "--environment", "lab", "--yes", "--json")
    wanted = meant(nodes=ENVIRONMENTS["lab"], groups=("web",))
    assert {(one["result"], one["after"]) for one in json.loads(done.out)["results"]} == {("done", "RUNNING")}
    assert done.status == 0
    after = fleet_of_five.pids()
    assert {process for process in EVERY if after[process] != before[process]} == wanted
    assert in_state(fleet_of_five, "RUNNING") == EVERY


def test_what_is_so_already_is_left_alone(fleet_of_five: Fleet) -> None:
    before = fleet_of_five.pids()
    done = run(fleet_of_five.config, "start", "--group", "web")
    assert (done.status, done.out, done.err) == (0, "10 nothing to do\n", "")
    assert fleet_of_five.pids() == before


def test_nothing_is_done_without_a_yes(fleet_of_five: Fleet) -> None:
    before = fleet_of_five.pids()
    done = run(fleet_of_five.config, "stop", "--group", "db")
    assert done.status == 2
    assert [line.split() for line in done.out.splitlines()[1:]] == [
        [node, "db:a", "RUNNING", "stop"] for node in ("one", "two")
    ]
    assert done.err == "Nothing was done: this is no terminal to ask on; to do it, say --yes."
    assert fleet_of_five.pids() == before


@pytest.mark.parametrize(("said", "status", "left"), [("n", 130, "RUNNING"), ("", 130, "RUNNING"), ("y", 0, "STOPPED")])
def test_on_a_terminal_one_is_asked_and_only_a_yes_does_it(
    fleet_of_five: Fleet, said: str, status: int, left: str
) -> None:
    ours, theirs = os.openpty()
    words = [Path(sys.executable).with_name("almanac"), "--config", fleet_of_five.config]
    words += ["process", "stop", "db:a", "--node", "two"]
    with subprocess.Popen(words, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        os.write(ours, f"{said}\n".encode())
        out, err = running.communicate()
    os.close(ours)
    os.close(theirs)
    now = fleet_of_five.states()["two", "db:a"]
    run(fleet_of_five.config, "start", "db:a", "--node", "two", "--yes")
    assert (running.returncode, now) == (status, left)
    assert "stop 1 of 1 processes on 1 node? [y/N]: " in err
    assert out.splitlines()[1].split() == ["two", "db:a", "RUNNING", "stop"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stop"], "Say what to stop: a NAME, --node, --environment, --group or --hub, or else --all."),
        (["stop", "--all", "web:a"], "Say what to stop: a NAME, --node, --environment, --group or --hub, or else --all."),
        (["list", "--node", "fiv"], '{config}: there is no node "fiv"; did you mean "five"?'),
        (["stop", "--environment", "x", "--yes"], '{config}: there is no environment "x"; there are edge, lab, live'),
        (["stop", "--hub", "x", "--yes"], '{config}: there is no hub "x"; there are ZZ'),
        (["stop", "--node", "five", "--hub", "ZZ"], "{config}: no node fits all that is asked for; leave one of the options out"),
        (["stop", "--group", "webs"], 'there is no process of a group "webs" on the nodes that answered; did you mean "web"?'),
        (["stop", "web:\x1b[31m"], 'there is no process "web:\\x1b[31m" on the nodes that answered; there are clock, '
         "clock:clock, db:a, web:a, web:b, work:a, work:b, work:tick, work:tock"),
        (["stop", "web:a", "--group", "work"], "no process fits all that is asked for; leave a name or an option out"),
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_told(fleet_of_five: Fleet, words: list[str], said: str) -> None:
    done = run(fleet_of_five.config, *words)
    assert (done.status, done.out, done.err) == (2, "", said.format(config=fleet_of_five.config))


def test_a_list_tells_of_all_and_counts_them(fleet_of_five: Fleet) -> None:
    run(fleet_of_five.config, "stop", "db:a", "--node", "two", "--yes")
    done = run(fleet_of_five.config, "list", "--environment", "lab")
    run(fleet_of_five.config, "start", "db:a", "--yes")
    assert done.status == 0
    assert done.out.splitlines()[-1] == "2 of 2 nodes answered; 12 processes: 11 running, 1 stopped"
    assert [line.split()[:3] for line in done.out.splitlines()[1:-1]] == [
        [node, name, "STOPPED" if (node, name) == ("two", "db:a") else "RUNNING"]
        for node in ENVIRONMENTS["lab"]
        for name in ("db:a", "web:a", "web:b", "work:a", "work:b", "work:tick")
    ]


def test_a_list_as_json_tells_what_supervisord_does(fleet_of_five: Fleet) -> None:
    told = json.loads(run(fleet_of_five.config, "list", "--node", "five", "work:tock", "--json").out)
    record = fleet_of_five.nodes["five"].records()["work:tock"]
    assert told["nodes"] == [{"node": "five", "outcome": "ok", "failures": []}]
    (one,) = told["processes"]
    assert 0 <= record["now"] - record["start"] - one.pop("uptime") < 60
    assert one == {
        "node": "five", "source": "processes", "keeper": "supervisord", "group": "work", "name": "tock",
        "process": "work:tock", "stands": "running", "state": "RUNNING", "detail": "", "pid": record["pid"],
        "began": record["start"], "stopped": record["stop"] or None, "spawn_error": "", "exit_status": None,
        "stdout": record["stdout_logfile"], "stderr": record["stderr_logfile"],
    }  # fmt: skip


def test_every_action_is_on_record(fleet_of_five: Fleet) -> None:
    run(fleet_of_five.config, "restart", "work:tock", "web:a", "--node", "five", "--yes")
    with sqlite3.connect(fleet_of_five.folder / "data" / "almanac.db") as db:
        rows = db.execute("SELECT act, node, subject, outcome, text FROM activity ORDER BY id DESC LIMIT 2").fetchall()
    assert sorted(rows) == [
        ("control", "five", "process:web:a", "done", "restart web:a: was RUNNING, is RUNNING"),
        ("control", "five", "process:work:tock", "done", "restart work:tock: was RUNNING, is RUNNING"),
    ]

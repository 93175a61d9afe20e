"""A command on many nodes, through real sshds: each node's own output and exit status, on record, by whoever may."""

from __future__ import annotations

import getpass
import json
import re
import sqlite3
from pathlib import Path

import click
import pytest

from collector.store.activity import Activity
from collector.store.persons import Person
from collector.store.store import Store
from tests.control.fleet import NODES, Fleet
from tests.control.running import Done, command

LOCAL = """
[nodes.here]
reach = "local"
[nodes.down]
address = "127.0.0.1"
port = 1
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """This machine, and a node that nobody reaches."""
    (tmp_path / "almanac.toml").write_text(LOCAL)
    return tmp_path / "almanac.toml"


def ran(config: Path, *words: str) -> Done:
    return command(config, "run", "--node", "here", "--yes", *words)


def lines_of(done: Done) -> list[str]:
    """The lines of the output, with how long each command took left out: a busy machine takes a second for nothing."""
    return re.sub(r", \d+ s\b", ", N s", done.out).splitlines()


def rows(config: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(config.parent / "data" / "almanac.db") as db:
        return db.execute(f"SELECT {columns} FROM {table} ORDER BY node").fetchall()


def test_it_runs_on_the_nodes_meant_and_each_has_its_own_result(fleet_of_five: Fleet) -> None:
    text = 'case $HOME in */one) exit 3 ;; esac; echo "out ${HOME##*/}"; echo "err ${HOME##*/}" >&2'
    done = command(fleet_of_five.config, "run", "--environment", "edge", "--yes", "--json", "--", text)
    found = json.loads(done.out)["results"]
    assert done.status == 1
    assert [(one["node"], one["result"], one["status"], one["stdout"], one["stderr"]) for one in found] == [
        ("one", "failed", 3, "", ""),
        ("five", "done", 0, "out five\n", "err five"),
    ]


@pytest.mark.parametrize(
    ("words", "nodes"),
    [
        (["--all"], set(NODES)),
        (["--environment", "lab", "--hub", "ZZ"], {"two"}),
        (["--node", "t*"], {"two", "three"}),
    ],
)
def test_only_the_nodes_meant_are_touched(fleet_of_five: Fleet, words: list[str], nodes: set[str]) -> None:
    folders = [one.folder / "touched" for one in fleet_of_five.nodes.values()]
    done = command(fleet_of_five.config, "run", *words, "--yes", "--", 'touch "$HOME/touched"')
    touched = {folder.parent.name for folder in folders if folder.exists()}
    for folder in folders:
        folder.unlink(missing_ok=True)
    assert (done.status, touched) == (0, nodes)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--", "exit 7"], 1, ["here: failed: status 7, N s"]),
        (["--", "echo", "$HOME", "a  b"], 0, ["here: done: status 0, N s", "  | $HOME a  b"]),
        (["--", "kill -9 $$"], 1, ["here: failed: status 137, N s"]),
        (["--", "echo $unset-; cat"], 0, ["here: done: status 0, N s", "  | -"]),
        (
            ["--", r"printf '\033]0;x\007\033[31mred\033[0m\nhere: done: status 0\000\377'; printf '\033[2J' >&2"],
            0,
            ["here: done: status 0, N s", r"  | \x1b]0;x\x07red", r"  | here: done: status 0\x00\xff", r"  ! \x1b[2J"],
        ),
        (
            ["--size", "4B", "--", "yes"],
            1,
            ["here: failed: printed more than 4 bytes and was ended; raise --size, N s, cut", "  | y", "  | y"],
        ),
        (
            ["--size", "4B", "--", "printf 'one\ntwo\n' >&2"],
            0,
            ["here: done: status 0, N s, cut", "  ! two"],
        ),
    ],
)
def test_what_a_command_says_and_how_it_ends_is_told(
    here: Path, words: list[str], status: int, told: list[str]
) -> None:
    done = ran(here, *words)
    assert (done.status, lines_of(done)[2:-1], done.err) == (status, told, "")


def test_what_takes_too_long_is_killed_and_what_it_said_is_told(here: Path) -> None:
    done = ran(here, "--timeout", "8", "--json", "--", "echo out; echo err >&2; sleep 600")
    (one,) = json.loads(done.out)["results"]
    assert (done.status, one["why"]) == (1, "did not end within 8 s and was killed; raise --timeout")
    assert (one["status"], one["stdout"], one["stderr"].strip()) == (None, "out\n", "err")


def test_a_node_that_is_down_costs_only_itself(here: Path) -> None:
    done = command(here, "run", "--all", "--yes", "--", "echo well")
    assert done.status == 1
    assert {line for line in lines_of(done) if line[:2] != "do"} >= {"here: done: status 0, N s", "  | well"}
    assert "down: failed: 127.0.0.1 port 1: Connection refused; is it up" in done.out
    assert done.out.splitlines()[-1] == "1 done, 1 failed"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plain", "echo $((1 + 1))\nexit 5\n", (5, "2\n")),
        ("posix", '#!/bin/sh\necho "it\'s"\nexit 5', (5, "it's\n")),
        ("flags", "#!/bin/sh -e\necho one\n(exit 8)\necho two\n", (8, "one\n")),
        ("python", '#!/usr/bin/env python3\nimport sys\nprint("it\'s")\nsys.exit(6)\n', (6, "it's\n")),
    ],
)
def test_a_script_is_run_by_what_its_first_line_names(
    here: Path, name: str, content: str, said: tuple[int, str]
) -> None:
    (here.parent / name).write_text(content)
    done = ran(here, "--json", "--script", str(here.parent / name))
    told = json.loads(done.out)
    assert told["command"].startswith(f"script {name} (SHA-256 ")
    assert (told["results"][0]["status"], told["results"][0]["stdout"]) == said


def test_it_is_on_record_as_an_act_and_as_an_event(here: Path) -> None:
    ran(here, "--", "exit 4")
    assert rows(here, "activity", "act, node, subject, outcome, text") == [
        ("run", "here", "command", "failed", "exit 4: status 4")
    ]
    assert rows(here, "event", "node, subject, level, text") == [("here", "command", "error", "exit 4: status 4")]
    assert rows(here, "answer", "kind, outcome, status, pass") == [("run", "failed", 4, None)]


def test_the_event_stands_on_the_page_after_the_next_pass(here: Path) -> None:
    ran(here, "--", "exit 4")
    command(here, "collect", "--node", "here")
    assert command(here, "export").status in (0, 1)
    document = json.loads((here.parent / "data/export/nodes/here.json").read_text())
    assert [(one["subject"], one["level"], one["text"]) for one in document["events"]] == [
        ("command", "error", "exit 4: status 4")
    ]


@pytest.mark.parametrize(("role", "may"), [("admin", 1), ("standard", 1), ("log-reader", 0), ("read-only", 0)])
def test_only_those_whose_role_allows_it_run_anything(here: Path, role: str, may: int) -> None:
    login = getpass.getuser()
    with Store.open(here.parent / "data/almanac.db") as store:
        store.put_person(
            Person("kim", role, login, 1, "", ""),
            Activity(1, "kim", login, "manage-users", None, "", "done", "add kim"),
        )
    done = ran(here, "--", f"touch {here.parent}/touched")
    assert (here.parent / "touched").exists() == bool(may)
    if not may:
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(f"kim is {role}, so may not run touch ")
        assert ("refused", "kim") in rows(here, "activity", "outcome, person")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--node", "here", "--", "true"], "Nothing was done: this is no terminal to ask on; to do it, say --yes."),
        (["--yes", "--", "true"], "Say where: --node, --environment, --group or --hub, or else --all."),
        (["--all", "--yes"], "Say what to run: -- and a COMMAND, or else --script FILE."),
        (["--all", "--yes", "--", " "], "the command is empty; say what to run"),
    ],
)
def test_a_request_that_is_not_whole_is_told_and_nothing_is_run(here: Path, words: list[str], said: str) -> None:
    done = command(here, "run", *words)
    assert (done.status, done.err.splitlines()[-1]) == (2, said)
    assert not (here.parent / "data/almanac.db").exists() or rows(here, "activity", "text") == []


def test_who_says_no_has_nothing_run(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    with pytest.raises(click.Abort):
        command(here, "run", "--node", "here", "--", f"touch {here.parent}/touched", input="n\n")
    assert not (here.parent / "touched").exists()

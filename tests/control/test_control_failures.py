"""What can go wrong when something is started or stopped: each is a result of its own, in words, and costs no other."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from collector.config import load
from collector.control import doing, found, plan, results
from collector.control.plan import Action, Step
from tests.control.fleet import HEAD, PASSWORD
from tests.control.running import Done, run
from tests.servers.ports import free_port
from tests.servers.supervisord import running
from tests.servers.waiting import until

PROGRAMS = """
[program:well]
command = sleep 1000
startsecs = 0
[program:lost]
command = /no/such/command
autostart = false
[program:quits]
command = sh -c 'exit 4'
autostart = false
startretries = 0
[program:again]
command = sh -c 'exit 5'
startretries = 1000
[program:slow]
command = sh -c 'trap "" TERM; while :; do sleep 0.1; done'
startsecs = 0
stopwaitsecs = 1000
[program:job]
command = true
autostart = false
startsecs = 0
autorestart = false
[program:badjob]
command = sh -c 'exit 7'
autostart = false
startsecs = 0
autorestart = false
[program:takes-time]
command = sleep 1000
autostart = false
startsecs = 2
"""
LOCAL = """
[nodes.{name}]
reach = "local"
[[nodes.{name}.sources]]
kind = "processes"
supervisor = "{where}"
username = "u"
password = "{password}"
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A node, this machine, with a supervisord whose programs fail in many ways. A socket's name has 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="almanac-"))
    head = HEAD.format(folder=path, port=free_port(), password=PASSWORD.replace("%", "%%"))
    with running(path, head + PROGRAMS):
        until((path / "s.sock").exists)
        config = configure(path, LOCAL.format(name="here", where=f"unix://{path}/s.sock", password=PASSWORD))
        yield path
        (told,) = found.ask(load(config), ["here"], 1)
        for one in told.processes:
            if one.name == "slow" and one.pid:
                os.kill(one.pid, signal.SIGKILL)  # else supervisord would wait for it as it ends
    shutil.rmtree(path)


def configure(folder: Path, text: str, name: str = "almanac.toml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def result(done: Done) -> tuple[str, str | None, str]:
    """The end, the state and the reason, which begins with SPAWN_ERROR where supervisord saw the end before it answered."""
    (one,) = json.loads(done.out)["results"]
    return one["result"], one["after"], re.sub(r"^SPAWN_ERROR: [\w:]+; ", "", one["why"])


def acted(folder: Path, *words: str) -> Done:
    return run(folder / "almanac.toml", *words, "--yes", "--json")


def test_a_command_that_is_not_there_is_told(folder: Path) -> None:
    done = acted(folder, "start", "lost")
    assert (done.status, result(done)) == (1, ("failed", "STOPPED", "NO_FILE: can't find command '/no/such/command'"))


def test_a_reason_that_supervisord_and_its_state_both_tell_is_told_once() -> None:
    gone = "can't find command '/no/such/command'"
    process = found.Process("here", "processes", "supervisord", "lost", "lost", "FATAL", detail=gone)
    (step,) = plan.steps("start", [process])
    assert results.result(step, results.Afterwards(process, f"NO_FILE: {gone}")).text == f"NO_FILE: {gone}"
    assert results.result(step, results.Afterwards(process, "NO_FILE: other")).text == f"NO_FILE: other; {gone}"


@pytest.mark.parametrize("action", ["start", "restart"])
def test_what_ends_at_once_is_told(folder: Path, action: str) -> None:
    done = acted(folder, action, "quits")
    assert done.status == 1
    assert result(done) == ("failed", "FATAL", "Exited too quickly (process log may have details)")


def test_what_is_tried_again_and_again_is_given_a_fresh_start_and_told(folder: Path) -> None:
    until(lambda: "BACKOFF" in run(folder / "almanac.toml", "list", "again").out)
    done = acted(folder, "start", "again")
    end, after, why = result(done)
    assert (done.status, end, why) == (1, "failed", "Exited too quickly (process log may have details)")
    assert after in ("BACKOFF", "FATAL")
    done = acted(folder, "stop", "again")
    assert (done.status, result(done)) == (0, ("done", "STOPPED", ""))


def test_what_does_not_stop_is_told_and_costs_no_other(folder: Path) -> None:
    done = acted(folder, "restart", "slow", "well", "--timeout", "15")
    told = {one["process"]: (one["result"], one["after"], one["why"]) for one in json.loads(done.out)["results"]}
    assert done.status == 1
    assert told["well:well"] == ("done", "RUNNING", "")
    late = "it has not ended yet; its keeper kills it in the end, or wait longer with --timeout"
    assert told["slow:slow"] == ("failed", "STOPPING", late)
    again = acted(folder, "stop", "slow", "--timeout", "1")
    assert (again.status, result(again)) == (1, ("failed", "STOPPING", late))


def test_what_takes_time_to_start_is_waited_for(folder: Path) -> None:
    done = acted(folder, "start", "takes-time")
    assert (done.status, result(done)) == (0, ("done", "RUNNING", ""))


def test_what_does_its_work_and_ends_is_done(folder: Path) -> None:
    assert [result(acted(folder, "start", "job")) for _ in range(2)] == [("done", "EXITED", "exit status 0")] * 2


def test_what_ends_with_an_error_is_failed(folder: Path) -> None:
    done = acted(folder, "start", "badjob")
    assert (done.status, result(done)) == (1, ("failed", "EXITED", "exit status 7, unexpected"))


def steps_of(config: Path, action: Action, *names: str) -> tuple[Step, ...]:
    (told,) = found.ask(load(config), ["here"], 1)
    return plan.steps(action, [one for one in told.processes if one.name in names])


def test_a_process_that_has_gone_meanwhile_is_told(folder: Path) -> None:
    config = folder / "almanac.toml"
    steps = steps_of(config, "restart", "well")
    gone = replace(steps[0], process=replace(steps[0].process, name="gone"))
    ((node, results),) = doing.act(load(config), [*steps, gone], 60, 1)
    assert node == "here"
    assert [(one.end, one.now, one.text) for one in results] == [
        ("done", "RUNNING", ""),
        ("failed", "", "BAD_NAME: well:gone"),
    ]


def test_a_wrong_password_costs_its_node_only(folder: Path) -> None:
    where = f"unix://{folder}/s.sock"
    text = LOCAL.format(name="here", where=where, password=PASSWORD)
    config = configure(folder, text + LOCAL.format(name="wrong", where=where, password="no"), "wrong.toml")
    done = run(config, "restart", "well", "--yes", "--json")
    said = f"supervisord at {folder}/s.sock does not accept this user and password"
    assert (done.status, result(done)) == (1, ("done", "RUNNING", ""))
    assert done.err == f"wrong: {said}\n"
    assert json.loads(done.out)["nodes"][1] == {"node": "wrong", "outcome": "ok", "failures": [said]}
    with sqlite3.connect(folder / "data" / "almanac.db") as db:
        rows = db.execute("SELECT outcome, text FROM activity WHERE node = 'wrong'").fetchall()
    assert rows == [("failed", f"restart well: {said}")]


def test_a_password_that_is_wrong_by_now_has_changed_nothing(folder: Path) -> None:
    steps = steps_of(folder / "almanac.toml", "restart", "well")
    text = LOCAL.format(name="here", where=f"unix://{folder}/s.sock", password="no")
    ((_, (one,)),) = doing.act(load(configure(folder, text, "late.toml")), steps, 60, 1)
    said = f"supervisord at {folder}/s.sock does not accept this user and password"
    assert (one.end, one.now, one.text) == ("failed", "", said)


def test_a_node_that_is_down_costs_itself_only(folder: Path) -> None:
    text = LOCAL.format(name="here", where=f"unix://{folder}/s.sock", password=PASSWORD)
    port = free_port()
    down = f"[nodes.down]\naddress = '127.0.0.1'\nport = {port}\n" + LOCAL.format(
        name="down", where="unix:///s", password="x"
    ).partition('reach = "local"\n')[2]  # fmt: skip
    config = configure(folder, text + down, "down.toml")
    done = run(config, "restart", "well", "--yes", "--json")
    assert (done.status, result(done)) == (1, ("done", "RUNNING", ""))
    assert done.err.startswith(f"down: 127.0.0.1 port {port}: Connection refused; is it up")


def test_a_node_that_goes_down_meanwhile_has_changed_nothing(folder: Path) -> None:
    steps = steps_of(folder / "almanac.toml", "restart", "well")
    config = load(folder / "almanac.toml")
    gone = config.nodes["here"].model_copy(update={"reach": "ssh", "address": "127.0.0.1", "port": free_port()})
    ((_, (one,)),) = doing.act(config.model_copy(update={"nodes": {"here": gone}}), steps, 60, 1)
    assert (one.end, one.now) == ("failed", "")
    assert "Connection refused; is it up" in one.text


def test_a_supervisord_without_its_interface_is_told(folder: Path) -> None:
    bare = folder / "bare"
    bare.mkdir()
    text = (
        f"[unix_http_server]\nfile = {bare}/s\n[supervisord]\nnodaemon = true\nlogfile = {bare}/l\npidfile = {bare}/p\n"
    )
    with running(bare, text):
        until((bare / "s").exists)
        config = configure(bare, LOCAL.format(name="bare", where=f"unix://{bare}/s", password="x"))
        done = run(config, "list")
    assert done.status == 1
    assert done.err == (
        "bare: supervisord answered supervisor.getState with fault 1; give it a section [rpcinterface:supervisor]:"
        " UNKNOWN_METHOD\n"
    )
    assert done.out.endswith("0 of 1 nodes answered; 0 processes\n")


@contextmanager
def dies_after(server: Path, requests: int) -> Iterator[Path]:
    """A socket before supervisord's that lets so many requests through, and takes the next in silence and hangs up."""
    path = server.with_name(f"proxy-{requests}")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve() -> None:
            for count in range(requests + 1):
                inner, _ = listening.accept()
                with inner, socket.socket(socket.AF_UNIX) as outer:
                    outer.connect(str(server))
                    outer.sendall(inner.recv(1_000_000))
                    while count < requests and (chunk := outer.recv(65_536)):
                        inner.sendall(chunk)
                        if b"</methodResponse>" in chunk:
                            break
            listening.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield path
    thread.join(5)


def test_what_is_broken_off_in_the_middle_is_not_known(folder: Path) -> None:
    """The first request only looks; the second one stops, and its answer never comes."""
    steps = steps_of(folder / "almanac.toml", "restart", "well")
    with dies_after(folder / "s.sock", 1) as proxy:
        text = LOCAL.format(name="here", where=f"unix://{proxy}", password=PASSWORD)
        ((_, (one,)),) = doing.act(load(configure(folder, text, "proxied.toml")), steps, 60, 1)
    assert (one.end, one.now) == ("not known", "")
    assert one.text.startswith(f"can't reach supervisord at {proxy}: ")
    until(lambda: steps_of(folder / "almanac.toml", "start", "well")[0].process.state == "STOPPED")
    assert result(acted(folder, "start", "well")) == ("done", "RUNNING", "")


def test_what_somebody_breaks_off_is_on_record(folder: Path) -> None:
    """`slow` does not stop, so that the command waits for it until it is interrupted."""
    config = folder / "almanac.toml"
    command = [
        str(Path(sys.executable).with_name("almanac")),
        "--config",
        str(config),
        "process",
        "stop",
        "slow",
        "--yes",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as stopping:
        assert stopping.stdout is not None
        while b"slow:slow" not in stopping.stdout.readline():
            """What will be done is shown first."""
        threads = Path(f"/proc/{stopping.pid}/task")
        until(lambda: any(file.read_text() for file in threads.glob("*/children")))  # the shell that stops it
        stopping.send_signal(signal.SIGINT)
        assert stopping.wait(60) == 130
    with sqlite3.connect(folder / "data" / "almanac.db") as db:
        row = db.execute("SELECT node, subject, outcome, text FROM activity ORDER BY id DESC LIMIT 1").fetchone()
    assert row == ("here", "process:slow:slow", "interrupted", "stop slow:slow: broken off")

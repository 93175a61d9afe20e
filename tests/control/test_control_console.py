"""How a VM's console is told: the command for a terminal, or why it can't be opened. In the browser: tests/system."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.audiences.consoles import tokens
from collector.config import parse
from collector.control.cluster import console
from tests.control.clusters import configured
from tests.control.running import command
from tests.servers.ganeti import fleet
from tests.servers.rapi import Rapi, serving
from tests.servers.sshd import Sshd

SSH = {"kind": "ssh", "host": "h", "port": 22, "user": "root", "command": []}
VNC = {"kind": "vnc", "host": "127.0.0.1", "port": 11001, "display": 5101}


@pytest.fixture(scope="module")
def rapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rapi]:
    """Of its VMs vm1 is on the master, node1, and vm3 on node4; vm10 is stopped."""
    with serving(fleet(int(time.time()), nodes=4, vms=24), tmp_path_factory.mktemp("rapi")) as served:
        yield served


@pytest.mark.parametrize(
    ("vm", "told", "status", "said"),
    [
        ("vm1", {}, 0, "ssh -t -- root@node1.example.org 'xl console vm1.example.org'\n"),
        ("vm1", {**SSH, "port": 2222, "command": "socat 'a b' -"}, 0, "ssh -t -p 2222 -- root@h 'socat '\"'\"'a b'\"'\"' -'\n"),
        ("vm1", {**SSH, "command": ["xl", "a b"]}, 0, "ssh -t -- root@h 'xl '\"'\"'a b'\"'\"''\n"),
        ("vm1", {**SSH, "port": -1}, 1, "the cluster tells of an odd place"),
        ("vm1", {**SSH, "user": None}, 1, "can't be read: TypeError"),
        ("vm1", {**SSH, "host": "-oProxyCommand=x"}, 1, "the cluster tells of an odd place"),
        ("vm1", {"kind": "msg", "message": "look\n\x1b[31mthere"}, 0, "vm1.example.org: look \\x1b[31mthere\n"),
        ("vm1", {"kind": "spice", "host": "h", "port": 5900}, 0, "its console is of kind spice, at h, port 5900"),
        ("vm1", VNC, 1, "its console is VNC, at 127.0.0.1 port 11001; to see it in a browser, add [consoles] to "),
        ("vm3", {**VNC, "host": "0.0.0.0"}, 1, "its console is VNC, at node4.example.org port 11001"),
        ("vm3", VNC, 1, "its VNC server listens on the loopback of node4.example.org, which only that host reaches; let it"),
        ("vm1", {**VNC, "port": 0}, 1, "the cluster tells of an odd place: 127.0.0.1 port 0"),
        ("vm10", {}, 1, "vm10.example.org: it has no console while it does not run"),
        ("vm*", {}, 2, "24 VMs are called vm*; name one"),
    ],
)  # fmt: skip
def test_a_console_is_told_or_why_it_is_none(rapi: Rapi, vm: str, told: dict[str, Any], status: int, said: str) -> None:
    rapi.cluster.consoles = {f"{vm}.example.org": told} if told else {}
    done = command(configured(rapi), "vm", "console", vm)
    assert (done.status, said in done.out + done.err) == (status, True), done.err
    with sqlite3.connect(rapi.folder / "data/almanac.db") as db:
        row = db.execute("SELECT outcome, node, subject FROM activity ORDER BY id DESC LIMIT 1").fetchone()
    place = (None, "") if vm == "vm*" else ("ganeti", f"vm:{vm}.example.org")
    assert row == ("failed" if status else "done", *place)


def test_a_text_console_is_reached_through_the_node_and_can_be_run(
    rapi: Rapi, sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rapi.cluster.consoles.clear()
    config = configured(rapi, f'address = "127.0.0.1"\nport = {sshd.port}\nuser = "{sshd.user}"\n')
    line = f"ssh -t -J {sshd.user}@127.0.0.1:{sshd.port} -- root@node1.example.org 'xl console vm1.example.org'\n"
    assert command(config, "vm", "console", "vm1").out == line
    (tmp_path / "ssh").write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    program = [str(Path(sys.executable).with_name("almanac")), "--config", str(config), "vm", "console", "vm1", "--run"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    way = f"-t|-J|{sshd.user}@127.0.0.1:{sshd.port}|--|root@node1.example.org|xl console vm1.example.org|"
    assert done.stdout == way
    monkeypatch.setenv("PATH", "/nowhere")
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, "ssh: No such file or directory; install it, or run elsewhere: ssh -t" in done.stderr) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "ganeti does not connect to 127.0.0.1 port 1: Connect failed\n"),
        (["AllowTcpForwarding no"], "let its sshd do it: AllowTcpForwarding, and the key without restrict"),
    ],
)
def test_a_vnc_server_that_nobody_reaches_is_told(
    rapi: Rapi, sshds: Callable[..., Sshd], options: list[str], said: str
) -> None:
    sshd = sshds("sshd", options=options)
    rapi.cluster.consoles = {"vm1.example.org": {**VNC, "port": 1}}
    config = configured(rapi, f'address = "127.0.0.1"\nport = {sshd.port}\nuser = "{sshd.user}"\n')
    site = '[site]\nurl = "https://status.example.org/"\nweb_group = "www-data"\n[consoles]\n'
    config.write_text(site + config.read_text())
    done = command(config, "vm", "console", "vm1")
    assert (done.status, done.out, said in f"{done.err}\n") == (1, "", True), done.err
    assert not any((rapi.folder / "data").glob("consoles/*"))


def test_a_token_is_for_one_person_until_its_time_is_over_and_takes_away_those_that_are(tmp_path: Path) -> None:
    config = parse("", tmp_path / "almanac.toml", {})
    folder, began = tokens(config), int(time.time())
    folder.mkdir(parents=True)
    for name in (f"{began - 1}-over", "of-no-time", f"{began + 3600}-open"):
        (folder / name).write_text("word/bob: 127.0.0.1:1\n")
    with console.token(config, 5901, "ann", 60) as word:
        (new,) = {file.name for file in folder.iterdir()} - {f"{began + 3600}-open"}
        until = int(new.partition("-")[0])
        assert began + 60 <= until <= time.time() + 60
        assert (folder / new).read_text() == f"{word}/ann: 127.0.0.1:5901\n"
    assert [file.name for file in folder.iterdir()] == [f"{began + 3600}-open"]

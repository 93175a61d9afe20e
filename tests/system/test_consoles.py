"""A VM's console in Chromium: nginx by the rules that Almanac writes, websockify by its unit, a VNC server behind SSH."""

from __future__ import annotations

import grp
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.control.running import command
from tests.servers.ganeti import Cluster, fleet
from tests.servers.ports import free_port
from tests.servers.rapi import NAME, USERS, WRITER, Rapi, serving
from tests.servers.sshd import Sshd, new_key
from tests.servers.vnc import HEIGHT, WIDTH, listens, screen
from tests.servers.waiting import until
from tests.servers.web import consoles, get, running
from tests.system.browsing import PATIENCE
from tests.system.browsing import until as shown

pytestmark = pytest.mark.system

SECRET = "vnc s3cr"
"""Of the VNC server: eight characters are all that it reads."""
GROUP = "www-data" if os.geteuid() == 0 else grp.getgrgid(os.getgid()).gr_name
TOML = """\
[site]
url = "http://127.0.0.1:{web}/status/"
web_group = "{group}"
[limits]
connect = "5m"
[consoles]
port = {proxy}
[nodes.ganeti]
address = "127.0.0.1"
port = {sshd.port}
user = "{sshd.user}"
[[nodes.ganeti.sources]]
kind = "cluster"
url = "{rapi.url}"
username = "{user}"
password_file = "{rapi.folder}/password"
ca_file = "{rapi.certificate}"
server_name = "{name}"
"""
PIXEL = """() => {
    const canvas = document.querySelector("#noVNC_container canvas");
    return canvas && [canvas.width, canvas.height, ...canvas.getContext("2d").getImageData(9, 9, 1, 1).data].join();
}"""


@dataclass
class Stage:
    """All that a console needs, but for the command that opens it. proxy, web: ports of websockify and nginx."""

    folder: Path
    proxy: int
    web: int = 0

    @property
    def config(self) -> Path:
        return self.folder / "almanac.toml"

    @property
    def rules(self) -> Path:
        return self.folder / "data/public/closed/rules"

    @property
    def tokens(self) -> Path:
        return self.folder / "data/consoles"

    def configure(self, rapi: Rapi, sshd: Sshd) -> None:
        values = {"group": GROUP, "user": WRITER, "name": NAME, "proxy": self.proxy, "web": self.web}
        self.config.write_text(TOML.format(**values, rapi=rapi, sshd=sshd))

    def add(self, name: str, role: str, *login: str) -> None:
        words = ["user", "add", name, "--role", role, *login, "--password-stdin"]
        done = command(self.config, *words, input=f"horse of {name}\n")
        assert done.status == 0, done.err


def vm_on_master(known: Cluster) -> str:
    return str(next(one["name"] for one in known.instances if one["pnode"] == known.master and one["oper_state"]))


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Stage, str]]:
    """Everything runs, and there is a VM whose VNC server listens on the loopback of the cluster's master."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-consoles-"))
    folder.chmod(0o755)
    known = fleet(int(time.time()), nodes=4, vms=24)
    vm = vm_on_master(known)
    made = Stage(folder, free_port())
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("HOME", str(folder / "home"))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        (folder / "home/.ssh").mkdir(parents=True, mode=0o700)
        sshd = stack.enter_context(Sshd(folder / "sshd"))
        sshd.admit(new_key(folder / "home/.ssh/id_ed25519"))
        (folder / "home/.ssh/known_hosts").write_text(sshd.known())
        known.consoles[vm] = {"kind": "vnc", "host": "127.0.0.1", "port": stack.enter_context(screen(folder, SECRET))}
        rapi = stack.enter_context(serving(known, folder))
        (folder / "password").write_text(USERS[WRITER][0])
        made.configure(rapi, sshd)
        made.add("ann", "admin", "--login", "root")
        made.add("bob", "read-only")
        made.add("cid", "standard")
        stack.enter_context(proxied(made))
        made.web = stack.enter_context(running("nginx", folder, made.rules, consoles))
        made.configure(rapi, sshd)
        yield made, vm
    shutil.rmtree(folder)


@contextmanager
def proxied(made: Stage) -> Iterator[None]:
    """websockify, by the line of its unit."""
    unit = (made.rules / "websockify.service").read_text().splitlines()
    (line,) = [one.removeprefix("ExecStart=") for one in unit if one.startswith("ExecStart=")]
    with (made.folder / "websockify.log").open("w") as log, Popen(shlex.split(line), stdout=log, stderr=log) as proxy:
        try:
            until(lambda: listens(made.proxy))
            yield
        finally:
            proxy.terminate()


def test_a_console_is_seen_in_the_browser_while_the_command_runs(stage: tuple[Stage, str], browser: Browser) -> None:
    made, vm = stage
    program = [
        str(Path(sys.executable).with_name("almanac")),
        "--config",
        str(made.config),
        "vm",
        "console",
        vm,
        "--within",
        "600",
    ]
    with Popen(program, stdout=PIPE, stderr=DEVNULL, text=True) as opened:
        try:
            assert opened.stdout is not None
            address = opened.stdout.readline().strip()
            seen(browser, address)
            (token,) = made.tokens.iterdir()
            called, _, target = token.read_text().strip().partition(": ")
            word, _, person = called.partition("/")
            tried = [knock(made.web, name, word) for name in ("ann", "cid", "bob")]
            tried += [knock(made.web, "cid", f"{word}/ann{more}") for more in ("", "#", "%23", "&token=x")]
        finally:
            opened.send_signal(signal.SIGINT)
            ended = opened.wait(120)
    assert (person, tried) == ("ann", [101, 502, 401, 404, 404, 404, 404])
    assert (ended, listens(int(target.rpartition(":")[2]))) == (0, False)
    assert address.startswith(f"http://127.0.0.1:{made.web}/console/vnc.html#")
    assert (word in address, made.tokens.stat().st_mode & 0o777, list(made.tokens.iterdir())) == (True, 0o700, [])
    log, activity = (made.folder / "access.log").read_text(), command(made.config, "activity").out
    assert "GET /console/vnc.html HTTP" in log
    assert word not in log
    assert f"open the console of {vm} (vnc)" in activity
    assert SECRET not in address + log + activity + (made.folder / "websockify.log").read_text()


def knock(port: int, name: str, token: str) -> int:
    """What somebody is answered who asks for a web socket by a token."""
    login = b64encode(f"{name}:horse of {name}".encode()).decode()
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": f"Basic {login}"}
    return get(port, f"/console/websockify?token={token}", **asked, **key).status


def seen(browser: Browser, address: str) -> None:
    """Looks at a console until its white screen is there; noVNC asks for the password, and complains of nothing but that
    it is not told its own version, which Debian leaves out."""
    faults: list[str] = []

    def complained(message: ConsoleMessage) -> None:
        if message.type == "error" and "package.json" not in message.text + message.location["url"]:
            faults.append(message.text)

    context = browser.new_context(http_credentials={"username": "ann", "password": "horse of ann"})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", complained)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.fill("#noVNC_password_input", SECRET)
    page.click("#noVNC_credentials_button")
    shown(page, lambda: page.evaluate(PIXEL) == f"{WIDTH},{HEIGHT},255,255,255,255")
    context.close()
    assert faults == []


@pytest.mark.parametrize("path", ["/console/vnc.html", "/console/app/ui.js", "/console/websockify?token=x"])
def test_only_those_who_may_control_are_let_in(stage: tuple[Stage, str], path: str) -> None:
    made, _ = stage
    logins = {name: f"Basic {b64encode(f'{name}:horse of {name}'.encode()).decode()}" for name in ("ann", "bob")}
    statuses = [get(made.web, path).status, *(get(made.web, path, Authorization=one).status for one in logins.values())]
    assert (statuses[0], statuses[2], statuses[1] == 401) == (401, 401, False)
    assert get(made.web, "/console/../rules/_consoles.htpasswd", Authorization=logins["ann"]).status in (400, 401, 404)


def test_a_token_that_a_killed_command_left_is_taken_away(stage: tuple[Stage, str]) -> None:
    made, vm = stage
    (made.tokens / "1000-abc").write_text("old: 127.0.0.1:1\n")
    done = command(made.config, "vm", "console", vm, "--within", "1")
    assert (done.status, done.out.startswith("http://"), "nobody came" in done.err) == (0, True, True)
    assert list(made.tokens.iterdir()) == []

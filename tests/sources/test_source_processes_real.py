"""The source `processes` asking a real supervisord, by every tool that a node may have, and the real systemctl."""

from __future__ import annotations

import http.server
import shutil
import socket
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from collector.model import Outcome, Reading, State
from collector.sources import processes
from collector.sources.processes import Settings
from collector.wording import utc
from tests.servers.node import ASKED, SHELLS, answered, node
from tests.servers.ports import free_port
from tests.servers.supervisord import CONFIG, PASSWORD, Supervisor, running
from tests.servers.waiting import until

WANTED = {
    "process:clock:clock": ("RUNNING", ""),
    "process:x:a": ("RUNNING", ""),
    "process:y:a": ("RUNNING", ""),
    "process:fatal:fatal": ("FATAL", "can't find command '/no/such/command'"),
    "process:quits:quits": ("FATAL", "Exited too quickly (process log may have details)"),
    "process:exited:exited": ("EXITED", "exit status 3, unexpected"),
    "process:killed:killed": ("EXITED", "killed by a signal"),
    "process:stopped:stopped": ("STOPPED", ""),
    "process:<b>\"o'dd:<b>\"o'dd": ("RUNNING", ""),
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that every user may enter, with a short path: a socket's name has 107 bytes at most."""
    path = Path(tempfile.mkdtemp(prefix="almanac-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def supervisor(folder: Path) -> Iterator[Supervisor]:
    served = Supervisor(folder, free_port())
    with running(folder, CONFIG.format(folder=folder, port=served.port, quoted=PASSWORD.replace("%", "%%"))):
        until(
            lambda: (found := served.records()) and all(found[name]["statename"] == WANTED[name][0] for name in WANTED)
        )
        yield served


def told(reading: Reading) -> dict[str, tuple[str, str]]:
    return {
        state.subject: (state.value, state.detail) for state in reading.states if state.metric in ("state", "version")
    }


# ------------------------------------------------------------------------------------------ what there is to read


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("tool", ["curl", "python3"])
@pytest.mark.parametrize("way", ["socket", "tcp"])
def test_supervisord_is_read(supervisor: Supervisor, shell: str, tool: str, way: str) -> None:
    settings = supervisor.over_socket() if way == "socket" else supervisor.over_tcp()
    before = supervisor.records()
    answer = answered(settings, node(supervisor.folder, shell, tool))
    reading = processes.parse(settings, answer)
    assert (answer.outcome, answer.reason, reading.faults) == (Outcome.OK, "", ())
    where = f"supervisor:{supervisor.folder}/s.sock" if way == "socket" else f"supervisor:127.0.0.1:{supervisor.port}"
    states = told(reading)
    assert states.pop("process:backoff:backoff")[0] in {"BACKOFF", "STARTING"}  # it goes back and forth
    assert states.pop(where)[0] in {"RUNNING", "4.2.5", "4.3.0"}
    assert states == WANTED
    assert State(where, "state", ASKED, "RUNNING") in reading.states
    said = [state for state in reading.states if state.metric == "state"]
    times = {state.subject: state.time for state in said if state.subject in WANTED}
    assert times == {
        name: record["start"] if record["statename"] == "RUNNING" else max(record["stop"], record["start"]) or ASKED
        for name, record in before.items()
        if name in WANTED
    }
    uptimes = {number.subject: number.value for number in reading.observations if number.metric == "uptime"}
    assert uptimes.keys() - {"process:backoff:backoff"} == {n for n, (state, _) in WANTED.items() if state == "RUNNING"}
    assert all(0 <= uptimes[name] - (before[name]["now"] - before[name]["start"]) < 20 for name in uptimes)
    for name, record in before.items():
        if name in WANTED:
            words = {state.metric: state.value for state in reading.states if state.subject == name}
            assert words["stdout"] == record["stdout_logfile"]
            assert words.get("pid") == (str(record["pid"]) if record["pid"] else None)
            assert words.get("started") == (utc(record["start"]) if record["start"] else None)
    statuses = {n.subject: n.value for n in reading.observations if n.metric == "exitstatus"}
    assert statuses.items() >= {"process:exited:exited": 3.0}.items()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("way", ["socket", "tcp"])
def test_supervisorctl_is_the_last_resort(supervisor: Supervisor, shell: str, way: str) -> None:
    settings = supervisor.over_tcp() if way == "tcp" else supervisor.over_socket()
    answer = answered(settings, node(supervisor.folder, shell, "supervisorctl"))
    reading = processes.parse(settings, answer)
    assert (answer.outcome, reading.faults, reading.observations) == (Outcome.OK, (), ())
    states = {name: value for name, (value, _) in told(reading).items() if name != "process:backoff:backoff"}
    assert states == {name: value for name, (value, _) in WANTED.items()}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_password_may_lie_on_the_node(supervisor: Supervisor, shell: str) -> None:
    file = supervisor.folder / f"secret of {shell}"
    file.write_text(PASSWORD + ("\n" if shell == "dash" else ""))
    settings = supervisor.over_socket(password=None, password_file=str(file))
    answer = answered(settings, node(supervisor.folder, shell, "curl"))
    assert (answer.outcome, answer.reason) == (Outcome.OK, "")
    assert told(processes.parse(settings, answer)).items() >= WANTED.items()


# ---------------------------------------------------------------------------------------------- what can go wrong


def failure(settings: Settings, path: Path, **options: Any) -> str:
    """The sentence of a source that could not be asked; it must be the answer's reason and its fault alike."""
    answer = answered(settings, path, **options)
    reading = processes.parse(settings, answer)
    assert answer.outcome is Outcome.FAILED
    assert (reading.states, reading.observations) == ((), ())
    (fault,) = reading.faults
    assert answer.reason == f"ended with status {answer.status}: {fault.reason}".rstrip()
    return fault.reason


@pytest.mark.parametrize("tool", ["curl", "python3", "supervisorctl"])
@pytest.mark.parametrize("login", ["", "u:wrong@", "v:plain@"])
def test_a_wrong_password_is_told(supervisor: Supervisor, tool: str, login: str) -> None:
    said = failure(supervisor.over_tcp(login), node(supervisor.folder, "dash", tool))
    assert f"supervisord at 127.0.0.1:{supervisor.port}" in said
    assert ("401 Unauthorized" if tool == "supervisorctl" else "does not accept this user and password") in said


@pytest.mark.parametrize("shell", SHELLS)
def test_a_node_without_any_tool_is_told(supervisor: Supervisor, shell: str) -> None:
    said = failure(supervisor.over_socket(), node(supervisor.folder, shell))
    assert said == "supervisord can't be asked: install curl, python3 or supervisorctl on the node"


@pytest.mark.parametrize("tool", ["curl", "python3", "supervisorctl"])
def test_a_socket_that_nobody_listens_on_is_told(folder: Path, tool: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / f"dead-{tool}"))
    settings = Settings(kind="processes", supervisor=f"unix://{folder}/dead-{tool}")
    said = failure(settings, node(folder, "dash", tool))
    assert f"supervisord at {folder}/dead-{tool}: " in said
    assert "refused" in said or "Couldn't connect" in said


def test_a_port_that_nobody_listens_on_is_told(folder: Path) -> None:
    settings = Settings(kind="processes", supervisor=f"http://127.0.0.1:{free_port()}")
    assert failure(settings, node(folder, "dash", "python3")).endswith("[Errno 111] Connection refused")


def test_a_socket_that_is_not_there_is_told(folder: Path) -> None:
    settings = Settings(kind="processes", supervisor=f"unix://{folder}/none")
    assert failure(settings, node(folder, "dash", "curl")) == (
        f"there is no socket {folder}/none, or this user may not see it; is supervisord running?"
    )


def test_a_socket_that_may_not_be_used_is_told(supervisor: Supervisor) -> None:
    said = failure(supervisor.over_socket(), node(supervisor.folder, "dash", "curl"), user=65534, group=65534)
    assert said == (
        f"no permission for {supervisor.folder}/s.sock; "
        "let this user write to it: chmod and chown in [unix_http_server]"
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_a_password_file_that_is_not_there_is_told(supervisor: Supervisor, shell: str) -> None:
    settings = supervisor.over_socket(password=None, password_file="/no/such file")
    said = failure(settings, node(supervisor.folder, shell, "curl"))
    assert said == "there is no password file /no/such file that this user may read"


@pytest.mark.parametrize("tool", ["curl", "python3"])
def test_a_supervisord_without_its_interface_is_told(folder: Path, tool: str) -> None:
    config = f"[unix_http_server]\nfile = {folder}/bare\n[supervisord]\nnodaemon = true\n"
    config += f"logfile = {folder}/bare.log\npidfile = {folder}/bare.pid\n"
    settings = Settings(kind="processes", supervisor=f"unix://{folder}/bare")
    with running(folder, config):
        until((folder / "bare").exists)
        answer = answered(settings, node(folder, "dash", tool))
    assert (answer.outcome, answer.status) == (Outcome.FAILED, 1)
    assert answer.reason.endswith(f"supervisord at {folder}/bare answered with a fault")
    reading = processes.parse(settings, answer)
    assert reading.states == ()
    assert {fault.text for fault in reading.faults} == {"UNKNOWN_METHOD"}


@contextmanager
def web(status: int, body: bytes) -> Iterator[int]:
    """A web server that is no supervisord: always this answer."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the tests quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("tool", "code"), [("curl", 404), ("curl", 500), ("python3", 404), ("python3", 500)])
def test_a_server_error_is_told(folder: Path, shell: str, tool: str, code: int) -> None:
    with web(code, b"\n@supervisor xml\n\0\xff\n200") as port:
        settings = Settings(kind="processes", supervisor=f"http://127.0.0.1:{port}")
        said = failure(settings, node(folder, shell, tool))
    assert said == f"supervisord at 127.0.0.1:{port} answered HTTP {code}"


def test_a_page_that_is_no_reply_is_a_fault(folder: Path) -> None:
    with web(200, b"<html>a router</html>") as port:
        settings = Settings(kind="processes", supervisor=f"http://127.0.0.1:{port}")
        reading = processes.parse(settings, answered(settings, node(folder, "dash", "curl")))
    assert [fault.reason for fault in reading.faults] == ["is no reply of supervisord"]


# ------------------------------------------------------------------------------------------------------- secrets


@pytest.mark.parametrize("tool", ["curl", "python3", "supervisorctl"])
def test_the_password_stands_in_no_command_line_and_no_environment(supervisor: Supervisor, tool: str) -> None:
    real, watched = node(supervisor.folder, "dash", tool), node(supervisor.folder, "dash")
    record = watched / "record"
    for program in real.iterdir():  # each tells how it was called, then is itself
        if program.name != "sh":
            (watched / program.name).unlink(missing_ok=True)
            (watched / program.name).write_text(
                f'#!/bin/dash\n{{ echo "{program.name} $*"; export -p; }} >> "{record}"\nexec {program.readlink()} "$@"\n'
            )
            (watched / program.name).chmod(0o755)
    settings = supervisor.over_tcp()
    assert (
        told(processes.parse(settings, answered(settings, watched))).items() >= {"process:x:a": ("RUNNING", "")}.items()
    )
    called = record.read_text()
    assert f"{tool} " in called
    assert "plain" not in called
    assert b64encode(b"u:plain").decode() not in called


# ------------------------------------------------------------------------------------------------------- systemd

UNITS = Settings(kind="processes", units=["cron.service", "backup *.timer"])


def test_a_node_not_booted_with_systemd_is_told(folder: Path) -> None:
    """The real systemctl, where /run holds no trace of a systemd."""
    path = node(folder, "dash")
    (path / "systemctl").symlink_to(shutil.which("systemctl") or "")
    hidden = f'{shutil.which("mount")} -t tmpfs tmpfs /run && exec /bin/dash "$@"'
    (path / "sh").unlink()
    (path / "sh").write_text(f"#!/bin/dash\nexec {shutil.which('unshare')} --mount /bin/dash -c '{hidden}' sh \"$@\"\n")
    (path / "sh").chmod(0o755)
    answer = answered(UNITS, path)
    assert (answer.outcome, answer.status) == (Outcome.FAILED, 1)
    assert "systemctl: System has not been booted with systemd as init system (PID 1). Can't operate." in answer.reason
    (fault,) = processes.parse(UNITS, answer).faults
    assert fault.reason in answer.reason


@pytest.mark.parametrize("shell", SHELLS)
def test_a_node_without_systemctl_is_told(folder: Path, shell: str) -> None:
    said = failure(UNITS, node(folder, shell))
    assert said == "there is no systemctl on the node; its units can't be asked for"


@pytest.mark.parametrize("shell", SHELLS)
def test_units_are_asked_by_their_names_and_in_utc(folder: Path, shell: str) -> None:
    """No systemd can be booted here: this systemctl repeats what it was asked, as properties of one unit."""
    path = node(folder, shell)
    (path / "systemctl").write_text(
        '#!/bin/sh\nprintf "Id=%s|" "$@"; printf "%s\\n" "$TZ"; printf "ActiveState=active\\n"\n'
    )
    (path / "systemctl").chmod(0o755)
    answer = answered(UNITS, path)
    assert answer.outcome is Outcome.OK
    words = processes.parse(UNITS, answer).states[0].subject.split("|")
    assert words[0] == "unit:show"
    assert [word.removeprefix("Id=") for word in words[3:]] == ["--", "cron.service", "backup *.timer", "UTC"]


def test_a_dead_supervisord_does_not_cost_the_units(folder: Path) -> None:
    path = node(folder, "dash", "curl")
    (path / "systemctl").write_text("#!/bin/sh\nprintf 'Id=cron.service\\nActiveState=active\\nSubState=running\\n'\n")
    (path / "systemctl").chmod(0o755)
    settings = Settings(kind="processes", units=["cron"], supervisor=f"unix://{folder}/none")
    answer = answered(settings, path)
    reading = processes.parse(settings, answer)
    assert answer.outcome is Outcome.FAILED
    assert told(reading) == {"unit:cron.service": ("active", "running")}
    assert [fault.reason[:18] for fault in reading.faults] == ["there is no socket"]

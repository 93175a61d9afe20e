"""The end of what processes and units that failed have said, read with their states."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.model import Answer, Outcome
from collector.sources import processes
from collector.sources.processes import Settings
from tests.servers.node import SHELLS, answered, node
from tests.servers.ports import free_port
from tests.servers.supervisord import CONFIG, PASSWORD, Supervisor, running
from tests.servers.waiting import until

SAID = "no <such> & host\nred \\x1a caf\\xc3"


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    folder = tmp_path_factory.mktemp("sv")
    served = Supervisor(folder, free_port())
    with running(folder, CONFIG.format(folder=folder, port=served.port, quoted=PASSWORD.replace("%", "%%"))):
        until(lambda: (found := served.records()) and found["process:quits:quits"]["statename"] == "FATAL")
        yield served


def with_awk(folder: Path, shell: str, *tools: str) -> Path:
    path = node(folder, shell, *tools)
    (path / "awk").symlink_to(SHELLS[shell] if shell == "busybox" else shutil.which("awk") or "")
    return path


def told(settings: Settings, path: Path) -> dict[tuple[str, str], str]:
    answer = answered(settings, path)
    reading = processes.parse(settings, answer)
    assert (answer.outcome, reading.faults) == (Outcome.OK, ())
    assert any(state.value == "FATAL" for state in reading.states)
    return {(one.subject, one.stream): one.text for one in reading.excerpts}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("tool", ["curl", "python3"])
def test_the_logs_of_failed_processes_are_read_to_their_end(supervisor: Supervisor, shell: str, tool: str) -> None:
    quits = "process:quits:quits"
    path = with_awk(supervisor.folder, shell, tool)
    assert told(supervisor.over_socket(), path) == {(quits, "stdout"): "out", (quits, "stderr"): SAID}
    cut = told(supervisor.over_socket(excerpt=20), path)
    assert cut[(quits, "stderr")] == SAID.partition("\n")[2]
    assert told(supervisor.over_socket(excerpt=0), path) == {}
    assert told(supervisor.over_socket(), node(supervisor.folder, shell, tool)) == {}


@pytest.mark.parametrize("tool", ["curl", "python3"])
def test_supervisord_is_asked_where_the_file_can_not_be_read(supervisor: Supervisor, tool: str) -> None:
    elsewhere = Settings(kind="processes", supervisor=f"http://u:plain@0.0.0.0:{supervisor.port}")
    path = with_awk(supervisor.folder, "dash", tool)
    assert told(elsewhere, path) == {("process:quits:quits", "stdout"): "out"}  # the other is no UTF-8


@pytest.mark.parametrize("shell", SHELLS)
def test_of_a_unit_that_failed_the_journal_is_read(tmp_path: Path, shell: str) -> None:
    """No systemd can be booted here: these repeat what theirs print."""
    path = with_awk(tmp_path, shell)
    units = "ActiveState=failed\nId=a b.service\n\nId=ok.service\nActiveState=active\n"
    (path / "systemctl").write_text(f"#!/bin/sh\nprintf '{units}'\n")
    (path / "journalctl").write_text("#!/bin/sh\nprintf '@failed all\\n\\n%s\\n' \"$*\"\n")
    for tool in ("systemctl", "journalctl"):
        (path / tool).chmod(0o755)
    settings = Settings(kind="processes", units=["*"])
    reading = processes.parse(settings, answered(settings, path))
    (one,) = reading.excerpts
    assert (one.subject, one.stream, reading.faults) == ("unit:a b.service", "journal", ())
    assert one.text.splitlines()[0] == "@failed all"
    assert "--unit=a b.service" in one.text
    assert {state.subject: state.value for state in reading.states} == {
        "unit:a b.service": "failed",
        "unit:ok.service": "active",
    }


def test_what_a_log_says_is_never_taken_for_an_answer() -> None:
    body = (
        b"@now 1795500000\n@supervisor xml\n<x></methodResponse>\n@stderr file a:b\n|@stdout file c:d\n||x\n|@now 1\n"
    )
    settings = Settings(kind="processes", supervisor="unix:///s")
    reading = processes.parse(settings, Answer("a", "p", "processes", 1, Outcome.OK, body=body))
    assert [(one.subject, one.stream, one.text) for one in reading.excerpts] == [
        ("process:a:b", "stderr", "@stdout file c:d\n|x\n@now 1")
    ]

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from collector.demo import running_supervisor
from collector.demo.making import _prepare_supervisor


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="al 100%") as short:  # a socket's path must be short
        _prepare_supervisor(Path(short))
        yield Path(short)


@pytest.mark.system
def test_supervisord_is_up_with_one_process_in_fatal_and_gone_afterwards(folder):
    with running_supervisor(folder) as up:
        control = Path(sys.executable).parent / "supervisorctl"
        status = [control, "-c", folder / "supervisor/supervisord.conf"]
        said = subprocess.run([*status, "status"], capture_output=True, text=True, check=False).stdout
        pid = int((folder / "supervisor/supervisord.pid").read_text())
    assert up
    assert {tuple(line.split()[:2]) for line in said.splitlines()} == {
        ("reindex", "STOPPED"),
        ("web:celery-0", "RUNNING"),
        ("web:celery-1", "RUNNING"),
        ("web:gunicorn", "RUNNING"),
        ("web:mailer", "FATAL"),
    }
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (folder / "supervisor.sock").exists()


@pytest.mark.system
def test_a_supervisord_that_does_not_come_up_is_told(folder):
    (folder / "supervisor/supervisord.conf").write_text("[supervisord]\nnodaemon = perhaps\n")
    with running_supervisor(folder) as up:
        assert not up


def test_without_supervisord_nothing_runs(folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with running_supervisor(folder) as up:
        assert not up
    assert not (folder / "supervisor/supervisord.log").exists()

"""The sample fleet's own supervisord: a child of ours, up for as long as a pass runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTLE_SECONDS = 20
_MOVING = ("STARTING", "BACKOFF", "STOPPING")


@contextmanager
def running_supervisor(folder: Path) -> Iterator[bool]:
    """Runs the supervisord of the sample fleet in `folder`; gives True when each of its processes has settled.

    False, and nothing runs, where supervisord is not installed or did not come up (its log in `supervisor/` says why).
    It has ended, with all it started, when the block ends.
    """
    daemon, control = _program("supervisord"), _program("supervisorctl")
    if daemon is None or control is None:
        yield False
        return
    settings = folder.absolute() / "supervisor/supervisord.conf"
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([daemon, "-n", "-c", str(settings)], stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield _settled(process, [control, "-c", str(settings), "status"])
    finally:
        process.terminate()
        process.wait()


def _program(name: str) -> str | None:
    """The program, first of this Python's environment, then on the PATH."""
    return shutil.which(name, path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))


def _settled(process: subprocess.Popen[bytes], status: list[str]) -> bool:
    """Waits until supervisord has answered and no process is on its way from one state to another."""
    end = time.monotonic() + _SETTLE_SECONDS
    while process.poll() is None and time.monotonic() < end:
        lines = subprocess.run(status, capture_output=True, text=True, check=False).stdout.splitlines()
        states = [words[1] for line in lines if len(words := line.split()) > 1]
        if "FATAL" in states and not any(state in _MOVING for state in states):
            return True
        time.sleep(0.2)
    return False

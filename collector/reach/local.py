"""This machine, without SSH: `sh` as a child in a session of its own, killed whole when its time is over."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from typing import IO

from collector.config import Node
from collector.model import Outcome
from collector.reach import LATE, Hear, Limits, NoConnection, Reply

_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR")  # what a login over SSH would bring; the rest is ours alone
_AT_ONCE = 65_536


def ask(name: str, _node: Node, script: bytes, limits: Limits, hear: Hear | None = None) -> Reply:
    """Runs the script with this machine's sh. Raises NoConnection if there is none to run."""
    output = bytearray()
    sent, start = time.time(), time.monotonic()
    until = start + limits.node + LATE
    with _shell(name) as shell:
        try:
            outcome = _heard(shell, script, until, limits.output, hear or output.extend)
            status = shell.wait(timeout=max(0.1, until - time.monotonic())) if outcome is Outcome.OK else None
        except subprocess.TimeoutExpired:
            outcome, status = Outcome.TIMED_OUT, None
        finally:
            _end(shell)
    return Reply(bytes(output), outcome, status, sent, time.monotonic() - start)


def _shell(name: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            ["sh", "-s"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env={key: os.environ[key] for key in _KEPT if key in os.environ},
            start_new_session=True,
        )
    except OSError as error:
        raise NoConnection(f"nodes.{name}: sh can't be started on this machine: {error.strerror}; mend PATH") from error


def _heard(shell: subprocess.Popen[bytes], script: bytes, until: float, cap: int, hear: Hear) -> Outcome:
    """Feeds the script and passes on the output until it ends, or time or cap is used up."""
    assert shell.stdin is not None and shell.stdout is not None
    left_to_say, rest = cap, memoryview(script)
    with selectors.DefaultSelector() as selector:
        selector.register(_unblocked(shell.stdout), selectors.EVENT_READ)
        selector.register(_unblocked(shell.stdin), selectors.EVENT_WRITE)
        while (left := until - time.monotonic()) > 0:
            ready = {key.fileobj for key, _ in selector.select(left)}
            if shell.stdin in ready and not (rest := _unwritten(shell.stdin, rest)):
                selector.unregister(shell.stdin)
                shell.stdin.close()
            if shell.stdout in ready:
                chunk = shell.stdout.read(_AT_ONCE)
                hear(chunk[:left_to_say])
                left_to_say -= len(chunk)
                if not chunk or left_to_say < 0:
                    return Outcome.TOO_LONG if chunk else Outcome.OK
    return Outcome.TIMED_OUT


def _unblocked(pipe: IO[bytes]) -> IO[bytes]:
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _unwritten(pipe: IO[bytes], script: memoryview) -> memoryview:
    """What is still to be written. Nothing when nobody reads it any more: what sh said of it is in the output."""
    try:
        return script[os.write(pipe.fileno(), script[:_AT_ONCE]) :]
    except BrokenPipeError:
        return script[:0]


def _end(shell: subprocess.Popen[bytes]) -> None:
    """Kills what is left of the session. A section has a group of its own; its watcher ends that within a second."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(shell.pid, signal.SIGKILL)

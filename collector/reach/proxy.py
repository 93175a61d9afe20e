"""The ProxyCommand of ~/.ssh/config: run by a shell as ssh runs it, told when it ends, and ended with all it started.

paramiko's own knows no shell, goes on reading from a command that has ended, and leaves that command's children behind.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
from typing import Any

from fabric import Connection
from paramiko import ProxyCommandFailure


class Proxy:
    """A socket, as paramiko's transport uses one, whose other end is a command's standard input and output."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this lives
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._timeout: float | None = None
        self._closed = False  # paramiko looks at it, as at a socket's

    def settimeout(self, timeout: float | None) -> None:
        """Seconds that `recv` waits."""
        self._timeout = timeout

    def send(self, content: bytes) -> int:
        """How much of it was written. Raises ProxyCommandFailure if nobody reads any more."""
        try:
            return os.write(self._in.fileno(), content)
        except BrokenPipeError as error:
            raise self._ended() from error

    def recv(self, size: int) -> bytes:
        """What the command printed next. Raises TimeoutError, and ProxyCommandFailure if it has ended."""
        if not select.select([self._out], [], [], self._timeout)[0]:
            raise TimeoutError
        if received := os.read(self._out.fileno(), size):
            return received
        raise self._ended()

    def _ended(self) -> ProxyCommandFailure:
        """Why, in the last words of the command."""
        self._said.seek(0)
        words = self._said.read(65_536).decode(errors="replace").strip().splitlines()
        return ProxyCommandFailure(self._command, words[-1] if words else "it said nothing")

    def close(self) -> None:
        """Ends the command and its children; whoever still reads meets the end."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Proxied(Connection):  # type: ignore[misc]  # fabric carries no types
    """fabric's connection with our proxy; `gateway` is a command with all its tokens replaced, or a connection."""

    def open_gateway(self) -> Any:
        """What to speak SSH through."""
        return Proxy(self.gateway) if isinstance(self.gateway, str) else super().open_gateway()

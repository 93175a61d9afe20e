"""One pass at a time: a lock that ends with its holder, however that ends."""

from __future__ import annotations

import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from collector.store.errors import LockHeld, told


class PassLock:
    """`with PassLock(path):` holds the lock. Raises LockHeld that says who has it, StoreError if it can't be taken.

    The kernel's lock on the open file is what counts; the file is never removed, and its text is for people only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def __enter__(self) -> PassLock:
        with told(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                self._take()
            except BaseException:
                os.close(self._handle)
                raise
        self._sign()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def _take(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 500, 0).decode("utf-8", "replace").strip()
            raise LockHeld(
                f"{self._path}: another pass runs: {holder or 'it has just begun'}; wait for its end"
            ) from None

    def _sign(self) -> None:
        """Says who holds it. A full disk must not keep a pass from running, so what can't be said is left out."""
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        try:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"process {os.getpid()} on {socket.gethostname()} since {since}\n".encode(), 0)
        except OSError:
            return

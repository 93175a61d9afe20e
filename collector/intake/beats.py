"""Signs of life that come in here: a line each in a log of our own, which sources of `kind = "beats"` read as they do a
web server's.

    192.0.2.7 - - [25/Nov/2026:23:10:30 +0000] "GET /beat/SECRET?temperature=21.5 HTTP/1.1" 204 0

Only what a source listens to is written, so that nobody else fills the disk, or pushes beats out of the log.
"""

from __future__ import annotations

import errno
import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from collector.config import Config
from collector.instances.register import digest
from collector.intake.spool import SpoolError
from collector.sources import beats

FILE = "beats.log"
MOST_BYTES = 5_000_000
"""So long the log grows before it becomes the one before it (.1)."""
_LONGEST = 2000
_KEPT = "%&=+.-_~,:;/?@!$'()*"


class Beats:
    """The beats that sources of a configuration listen to in the log of this machine's spool."""

    def __init__(self, config: Config) -> None:
        self._log = config.spool / FILE
        listed = [one for table in (config.nodes, config.groups) for of in table.values() for one in of.sources]
        heard = (one for one in listed if isinstance(one, beats.Settings) and Path(one.log) == self._log)
        self._known = {digest(one.secret.get_secret_value()) for one in heard}

    def begin(self) -> None:
        """Makes the log, so that before the first beat there is one to read. Raises SpoolError."""
        if self._known:
            self._add(b"")

    def hear(self, secret: str, query: bytes, address: str) -> None:
        """Writes a beat down, if its secret is one; nobody learns whether it is. Raises SpoolError."""
        if digest(secret) not in self._known:
            return
        when = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        asked = f"?{quote(query[:_LONGEST], safe=_KEPT)}" if query else ""
        line = f'{address} - - [{when}] "GET /beat/{secret}{asked} HTTP/1.1" 204 0\n'
        self._add(line.encode("ascii"))

    def _add(self, line: bytes) -> None:
        try:
            _append(self._log, line)
        except OSError as error:
            raise SpoolError(f"{self._log}: {error.strerror}; mend that") from error


def _append(path: Path, line: bytes) -> None:
    """A whole line, or none of it; the log is turned over first where it is long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not _is_named(handle, path):
                continue  # another turned it over while we waited
            length = os.fstat(handle).st_size
            if length < MOST_BYTES:
                if os.write(handle, line) < len(line):
                    os.ftruncate(handle, length)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return
            path.rename(path.with_name(f"{path.name}.1"))
        finally:
            os.close(handle)


def _is_named(handle: int, path: Path) -> bool:
    """Whether the file that is open is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False

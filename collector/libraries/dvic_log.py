"""Logs of a demo for Almanac, which reads /tmp/dvic_log_* of every machine. One file, Python 3.6 or later, no packages.

    import dvic_log
    dvic_log.log("started"); dvic_log.warning("hot"); dvic_log.error("no camera")

Never blocks and never raises: where no log can be written, none is. MIT licence, as Almanac.
"""

import atexit
import getpass
import os
import sys
import time
from pathlib import Path

MOST = 50_000_000
"""Bytes after which nothing more is written, so that no demo fills the disk."""


class _Own:
    """The log of this process: whose it is, and its open file (-1: there is none)."""

    pid = 0
    file = -1


def log(text: object) -> None:
    """Notes something usual."""
    _write("Log", text)


def warning(text: object) -> None:
    """Notes something odd."""
    _write("Warning", text)


def error(text: object) -> None:
    """Notes something wrong."""
    _write("Error", text)


def _write(level: str, text: object) -> None:
    try:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        _put("".join(f"{stamp} {level} : {line}\n" for line in str(text).splitlines() or [""]))
    except Exception:  # noqa: S110 -- a demo must not fail for its log
        pass


def _put(text: str) -> None:
    if _Own.pid != os.getpid():  # the first line, also after a fork
        _Own.pid, _Own.file = os.getpid(), -1
        _Own.file = _begin()
    if _Own.file >= 0 and os.fstat(_Own.file).st_size < MOST:
        os.write(_Own.file, text.encode("utf-8", "backslashreplace"))


def _begin() -> int:
    start = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    program = str(Path(sys.argv[0]).resolve()) if sys.argv[0] not in ("", "-c") else sys.executable
    words = ["dvic-log", "1", str(os.getpid()), start, boot, getpass.getuser(), program.replace("\n", " ")]
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open("/tmp/dvic_log_" + os.urandom(12).hex(), flags, 0o644)  # noqa: S108 -- the place agreed on
    os.fchmod(file, 0o644)
    os.write(file, " ".join(words).encode("utf-8", "backslashreplace") + b"\n")
    return file


def _end() -> None:
    try:
        if _Own.file >= 0 and _Own.pid == os.getpid():
            os.write(_Own.file, b"dvic-log end\n")
    except OSError:
        pass


atexit.register(_end)

"""Logs of a demo for Almanac, which reads /tmp/dvic_log_* of every machine. One file, Python 3.6 or later, no packages.

    import dvic_log
    dvic_log.log("started"); dvic_log.warning("hot"); dvic_log.error("no camera")

Never blocks and never raises: where no log can be written, none is. From any thread. MIT licence, as Almanac.
"""

import atexit
import os
import sys
import time
from pathlib import Path

MOST = 50_000_000
"""Bytes after which nothing more is written, so that no demo fills the disk."""

_LONGEST = 100_000  # characters of one call


class _Log:
    """The open log of this process. file: -1 if there is none."""

    def __init__(self, file: int = -1, path: str = "") -> None:
        self.file, self.path = file, path
        self.identity = _identity(file) if file >= 0 else None

    def put(self, text: str) -> None:
        """Adds text, unless the demo has closed the file, and perhaps opened another one by the same number."""
        if self.file >= 0 and _identity(self.file) == self.identity and os.fstat(self.file).st_size < MOST:
            os.write(self.file, text.encode("utf-8", "backslashreplace"))

    def drop(self) -> None:
        """Another thread was first."""
        if self.file >= 0:
            os.close(self.file)
            Path(self.path).unlink()


_logs: "dict[int, _Log]" = {}  # by process id: a fork has a log of its own


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
        lines = str(text)[:_LONGEST].splitlines() or [""]
        _own().put("".join(f"{stamp} {level} : {line}\n" for line in lines))
    except Exception:  # noqa: S110 -- a demo must not fail for its log
        pass


def _own() -> _Log:
    """The log of this process, made once. Without a lock: a fork or a signal could leave it locked for ever."""
    pid = os.getpid()
    if pid not in _logs:
        made = _made()
        if _logs.setdefault(pid, made) is not made:
            made.drop()
    return _logs[pid]


def _made() -> _Log:
    try:
        return _begun()
    except Exception:
        return _Log()


def _begun() -> _Log:
    start = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    program = str(Path(sys.argv[0]).resolve()) if sys.argv[0] not in ("", "-c") else sys.executable
    words = ["dvic-log", "1", str(os.getpid()), start, boot, _user(), program.replace("\n", " ")]
    path = "/tmp/dvic_log_" + os.urandom(12).hex()  # noqa: S108 -- the place agreed on
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    file = _above_streams(os.open(path, flags, 0o644))
    os.fchmod(file, 0o644)
    os.write(file, " ".join(words).encode("utf-8", "backslashreplace") + b"\n")
    return _Log(file, path)


def _above_streams(file: int) -> int:
    """The same file by a number above the standard streams', whose place it would take were they closed."""
    if file > 2:
        return file
    try:
        return _above_streams(os.dup(file))
    finally:
        os.close(file)


def _user() -> str:
    """Its name; in a container it may have none, and elsewhere one of several words."""
    try:
        import pwd  # noqa: PLC0415 -- where it is missing the demo goes on

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        name = ""
    return name if len(name.split()) == 1 else str(os.getuid())


def _identity(file: int) -> "tuple[int, int]":
    told = os.fstat(file)
    return told.st_dev, told.st_ino


def _end() -> None:
    try:
        if os.getpid() in _logs:
            _own().put("dvic-log end\n")
    except OSError:
        pass


atexit.register(_end)

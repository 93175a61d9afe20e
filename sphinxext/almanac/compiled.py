"""Templates compiled once, as Python compiles modules: that takes as long as to fill all pages of a small fleet."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

_LOCK = "lock"


def kept_in(templates: Path, frames: Path) -> Path:
    """The folder of what is compiled of templates: where Python would keep what it compiles there, for all sites of an
    installation; where it can't or shall not write, beside the frames of the site."""
    beside = Path(cache_from_source(str(templates / "one.py"))).parent
    with suppress(OSError):
        if not sys.dont_write_bytecode:
            beside.mkdir(parents=True, exist_ok=True)
            if os.access(beside, os.W_OK):
                return beside
    return frames.with_name(f"{frames.name}.templates")


class Compiled(FileSystemBytecodeCache):
    """Keeps them in a folder, a file a template. What another Python or Jinja2 made, and what is broken, is made anew.
    Where nothing can be kept, nothing is. Of several processes that need one that is not there one compiles it, and the
    others wait for that.

    code: the folder of the modules whose filters the templates use: what these make of constants is compiled, too. A
    filter that looks into an export must not be given constants, for what is compiled is for all sites.
    """

    def __init__(self, folder: Path, code: Path) -> None:
        super().__init__(str(folder), "%s.compiled")
        self._made_by = f"{jinja2.__version__} {_stamp(code)}"
        self._turn: int | None = None

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for a compiled template to be used; Python's version Jinja2 sees to itself."""
        return sha256(f"{self._made_by} {source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """As there, but a broken file is as good as none; where there is none, the caller is the one to compile it."""
        self._load(bucket)
        if bucket.code is None:
            self._begin(bucket.key)
            self._load(bucket)
            if bucket.code is not None:
                self._end()

    def _load(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As there, but a folder that can't be written costs time alone."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
        self._end()

    def _begin(self, key: str) -> None:
        """Waits until nobody else compiles a template. Each has its own byte of a file, which need not be there."""
        self._end()  # of one that could not be compiled
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            self._turn = os.open(f"{self.directory}/{_LOCK}", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
            fcntl.lockf(self._turn, fcntl.LOCK_EX, 1, int(key[:8], 16))

    def _end(self) -> None:
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None


def _stamp(code: Path) -> list[tuple[str, int, int]]:
    """Name, time and size of each module of a folder: by these Python, too, knows what it has to compile anew."""
    status = ((file.name, file.stat()) for file in sorted(code.glob("*.py")))
    return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in status]

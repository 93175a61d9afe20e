"""Templates compiled once, not once a night: to compile them takes as long as to fill all pages of a small fleet."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

_LOCK = "lock"


def compiled_beside(frames: Path) -> Path:
    """Where compiled templates are kept. What filters make of constants is in them: another extension clears it."""
    return frames.with_name(f"{frames.name}.templates")


class Compiled(FileSystemBytecodeCache):
    """Keeps them in a folder, a file a template. What another Python or Jinja2 made, and what is broken, is made anew.
    Where nothing can be kept, nothing is. Of several processes that need one that is not there one compiles it, and the
    others wait for that."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.compiled")
        self._turn: int | None = None

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for a compiled template to be used; Python's version Jinja2 sees to itself."""
        return sha256(f"{jinja2.__version__} {source}".encode()).hexdigest()

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

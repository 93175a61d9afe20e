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

from sphinxext.almanac.maker import digest

_LOCK = "lock"
_MODE = 0o644
"""Others who share the folder may read what one has compiled."""


def kept_in(templates: Path, frames: Path) -> Path:
    """The folder of what is compiled of templates: where Python would keep what it compiles there, for all sites of an
    installation; where it can't or shall not write, beside the frames of the site."""
    shared = Path(cache_from_source(str(templates / "one.py"))).parent
    with suppress(OSError):
        if not sys.dont_write_bytecode:
            shared.mkdir(parents=True, exist_ok=True)
            if os.access(shared, os.W_OK):
                return shared
    return frames.with_name(f"{frames.name}.templates")


class Compiled(FileSystemBytecodeCache):
    """Keeps them in a folder, a file a template. What another Python, Jinja2 or version of this package made is made
    anew, for what filters make of constants is compiled, too; so is what is broken. A filter that looks into an export
    must not be given constants: what is compiled is for all sites.

    Where nothing can be kept, nothing is. Of several processes that need one that is not there one compiles it, and the
    others wait for that.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), f"%s.{sys.implementation.cache_tag}.compiled")
        self._turn: int | None = None

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja2 gives both
        """By the name alone: an installation that was moved, or made anew, uses the files of the one before."""
        return super().get_cache_key(name)

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for a compiled template to be used; Python's version Jinja2 sees to itself."""
        return sha256(f"{jinja2.__version__} {digest()} {source}".encode()).hexdigest()

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
            Path(self._get_cache_filename(bucket)).chmod(_MODE)
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

"""Templates compiled once, not once a night: to compile them takes as long as to fill all pages of a small fleet."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Compiled(FileSystemBytecodeCache):
    """Keeps them in a folder, a file a template. What another Python or Jinja2 made, and what is broken, is made anew.
    Where nothing can be kept, nothing is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.compiled")

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for a compiled template to be used; Python's version Jinja2 sees to itself."""
        return sha256(f"{jinja2.__version__} {source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """As there, but a broken file is as good as none."""
        try:
            super().load_bytecode(bucket)
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As there, but a folder that can't be written costs time alone."""
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)

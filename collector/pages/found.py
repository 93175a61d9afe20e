"""What there is to be read in the source of a site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from collector import files


def found(folder: Path) -> Iterator[str]:
    """The files below a folder, relative to it, in order: but for compiled Python, which is no source, and for links to
    nothing, by which editors lock what somebody writes in."""
    for path in sorted(files.paths(folder)):
        if "__pycache__" not in path.split("/") and (folder / path).is_file():
            yield path

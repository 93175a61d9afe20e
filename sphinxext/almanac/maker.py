"""Who makes pages: this package, as it is installed."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path


@cache  # asked several times a pass; of one that is installed meanwhile the next pass knows
def digest() -> str:
    """Of modules, templates and theme: another version may make other pages of the same. Compiled Python is no part of
    it, nor are links to nothing, by which editors lock what somebody writes in. Raises OSError."""
    here, seen = Path(__file__).parent, sha256()
    for path in sorted(file.relative_to(here) for file in here.rglob("*") if file.is_file()):
        if "__pycache__" not in path.parts:
            seen.update(repr((str(path), sha256((here / path).read_bytes()).digest())).encode())
    return seen.hexdigest()

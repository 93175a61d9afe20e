"""Pages of what is over, such as a day of logs: made once, and left alone as long as all that they are made of is the
same. Nothing of the last pass stands on them, and at their end a comment tells what they were made of.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sphinxext.almanac.each import Thing
from sphinxext.almanac.maker import digest
from sphinxext.almanac.slots import Selector

KINDS = frozenset({"log"})
"""The kinds of objects whose pages are such."""


class Seal:
    """Tells what the pages of one mould are made of: the mould, cut at the places of title and object, and this
    package."""

    def __init__(self, parts: Sequence[str | Selector]) -> None:
        self._common = sha256(digest().encode())
        self._common.update(repr(parts).encode("utf-8", "surrogatepass"))

    def of(self, thing: Thing) -> str:
        """The comment that ends an object's page."""
        seen = self._common.copy()
        seen.update(repr(thing).encode("utf-8", "surrogatepass"))
        return f"<!--made of {seen.hexdigest()[:32]}-->\n"


def stands(page: Path, seal: str) -> bool:
    """Whether a page is there that ends with this comment."""
    try:
        with page.open("rb") as file:
            file.seek(-len(seal), os.SEEK_END)
            return file.read() == seal.encode()
    except OSError:
        return False

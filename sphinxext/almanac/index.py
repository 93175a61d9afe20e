"""What is told of frames, for those who fill them.

A frames folder holds pages as Sphinx wrote them, slots and all, and beside them:

    index.json    {"pages": {document: path of its file}, "targets": {document as the export names it: URL},
                   "moulds": {kind: {"frame", "file", "url"}, see `each`}, "outlets": whether there are any,
                   "search": what it finds of pages that people wrote, see `searching`, null where there is none,
                   "apart": whether pages tell of others only what `moves` knows}

Paths and URLs are relative to the root of the site. `sphinxext.almanac.frames` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sphinxext.almanac.bring import replace
from sphinxext.almanac.each import Mould

INDEX = "index.json"


class FillError(Exception):
    """The frames can't be used, in one sentence with the mend."""


@dataclass(frozen=True, slots=True)
class Index:
    """index.json of a frames folder."""

    pages: Mapping[str, str]
    targets: Mapping[str, str]
    moulds: Mapping[str, Mould] = field(default_factory=dict)
    outlets: bool = False
    search: Sequence[Any] | None = None
    apart: bool = False

    @classmethod
    def read(cls, frames: Path) -> Index:
        """Raises FillError."""
        try:
            read = json.loads((frames / INDEX).read_bytes())
            moulds = {kind: Mould(**paths) for kind, paths in read.pop("moulds", {}).items()}
            return cls(**read, moulds=moulds)
        except (OSError, ValueError, TypeError) as error:
            raise FillError(f"{frames / INDEX}: can't be read; build the pages anew with sphinx-build -E -a") from error

    def write(self, frames: Path) -> None:
        """Written last: frames without it are not whole."""
        replace(frames / INDEX, json.dumps(asdict(self), sort_keys=True, indent=0).encode())

    def makes(self, path: str) -> bool:
        """Whether a file below a site's root is the page of an object, one that is there or was."""
        return any(mould.makes(path) for mould in self.moulds.values())

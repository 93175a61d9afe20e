"""What an importer is given and what it may refuse. Foreign files are parsed, never executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.model import AlmanacError, printable


class ImportRefused(AlmanacError):
    """The files can't be imported. `lines` says why, one sentence each: file, line, how to mend."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A text file of a system that is replaced, and its name for messages."""

    name: str
    text: str


def read(path: Path) -> ForeignFile:
    """The text of a file. Raises ImportRefused if it can't be read or is not UTF-8."""
    name = printable(str(path))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ImportRefused([f"{name}: can't be read: {error.strerror}; name another"]) from error
    try:
        return ForeignFile(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"{name}: line {line}: not UTF-8; convert it first: iconv -f LATIN1 -t UTF-8 {name}"
        raise ImportRefused([said]) from error

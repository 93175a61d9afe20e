"""INI files as Python 2's `RawConfigParser` read them, with the line on which each section stands.

Python 3's own parser is no help: it takes an indented `#` for a comment and refuses to go on after a blank line, where
Python 2 read the rest of the value above. Keys are case-sensitive, `=` or `:` separates key and value (so values may
hold `:`, keys may not), neither `%` nor `$` is expanded, quotes stay part of the value.
Format: https://docs.python.org/2.7/library/configparser.html and `RawConfigParser._read` of Python 2.7.18.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from collector.importers.foreign import ForeignFile, ImportRefused
from collector.model import printable

_HEADER = re.compile(r"\[([^]]+)\]")
_KEY = re.compile(r"([^:=\s][^:=]*)\s*[:=]\s*(.*)$")


@dataclass(slots=True)
class Section:
    """One section: the line of its first header, and its values. A value of several lines is joined by blanks."""

    line: int
    values: dict[str, str] = field(default_factory=dict)


def parse(file: ForeignFile, *, inline_comments: bool = True) -> dict[str, Section]:
    """The sections by name, in the order of the file, `[DEFAULT]` merged into each. Given twice: the last value wins.

    inline_comments: whether ` ;` begins one within a value, as in Python 2; in Python 3 it is part of the value.
    Raises ImportRefused that names every line that is no INI.
    """
    sections: dict[str, Section] = {}
    refusals: list[str] = []
    section, key = None, ""
    for number, line in _lines(file.text):
        if "\0" in line:
            refusals.append(_refusal(file, number, line, "holds a NUL character, as no text does; remove it"))
        elif line[0].isspace() and section and key:
            section.values[key] += " " + line.strip()
        elif header := _HEADER.match(line):
            section, key = sections.setdefault(header[1], Section(number)), ""
        elif section is None:
            refusals.append(_refusal(file, number, line, "stands before the first [SECTION]; put a section above it"))
            break
        elif assignment := _KEY.match(line):
            key = assignment[1].rstrip()
            section.values[key] = _value(assignment[2], inline_comments)
        else:
            refusals.append(_refusal(file, number, line, "is neither [SECTION] nor KEY = VALUE; mend or remove it"))
    if refusals:
        raise ImportRefused(refusals)
    return _with_defaults(sections)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, numbered. `str.splitlines` would also break at form feeds and the like."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and line[0] not in "#;" and not re.match(r"rem\s", line + " ", re.IGNORECASE):
            yield number, line


def _value(text: str, inline_comments: bool) -> str:
    """A value without its comment: the first `;`, if a blank stands before it."""
    comment = text.find(";")
    if inline_comments and comment > 0 and text[comment - 1].isspace():
        text = text[:comment]
    return "" if text.strip() == '""' else text.strip()


def _with_defaults(sections: dict[str, Section]) -> dict[str, Section]:
    shared = sections.pop("DEFAULT", Section(0)).values
    return {name: Section(section.line, {**shared, **section.values}) for name, section in sections.items()}


def _refusal(file: ForeignFile, number: int, line: str, reason: str) -> str:
    return f'{file.name}: line {number}: "{printable(line.strip())[:80]}" {reason}'

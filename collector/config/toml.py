"""Where a key stands in a TOML text, for error messages. tomllib tells values but not their places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

KeyPath = tuple[str | int, ...]
"""The keys that lead to a place in the file: `("nodes", "SDU", "sources", 0, "folder")`."""
Finding = tuple[KeyPath, str]
"""What is wrong, and how to mend it, with its place."""

_HEADER = re.compile(r"""^\s*(\[\[?(?:[^#"']|"(?:[^"\\]|\\.)*"|'[^']*')*\]\]?)\s*(?:#.*)?$""")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_.-]|"[^"]*"|'[^']*'|\s*\.\s*)+?)\s*=""")
_TEXT = re.compile(r"""\"{3}|'{3}|"(?:[^"\\]|\\.)*"|'[^']*'|\#.*""")


_MENDS = {
    "Cannot declare": "{0} stands there for the second time; keep one",
    "Cannot overwrite": "a key stands there for the second time, or as a value and a table; keep one",
    "Invalid value": 'a value is missing or is no TOML; texts want quotes, as in title = "Backups"',
    "Unterminated string": "a text does not end; close its quotes",
    "Unescaped": "a backslash stands alone in a text; write two, or put the text in single quotes",
    "Exceeds the limit": "a number has too many digits; write a smaller one",
    "maximum recursion": "brackets stand in brackets too deeply; take some away",
}


def told(error: Exception) -> str:
    """What is wrong with a text that tomllib does not read, where, and how to mend it."""
    said, _, place = str(error).partition(" (at ")
    line = re.match(r"line \d+", place)
    declared = re.search(r"\(.*\)", said)
    name = "[{}]".format(".".join(re.findall("'([^']*)'", declared[0]))) if declared else "a table"
    mend = next((mend for start, mend in _MENDS.items() if said.startswith(start)), f"{said}; mend it there")
    return f"{line[0]}: not TOML: {mend.format(name)}" if line else f"not TOML: {mend.format(name)}"


def _keys(table: dict[str, Any]) -> Iterator[str]:
    """The one path of nested keys in a table parsed from a header or an assignment."""
    while isinstance(table, dict) and len(table) == 1:
        ((key, inner),) = table.items()
        yield key
        table = inner[0] if isinstance(inner, list) and inner else inner


def _words(line: str) -> list[str]:
    try:
        return list(_keys(tomllib.loads(line)))
    except tomllib.TOMLDecodeError:
        return []


def places(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of each table header and key. Keys inside inline tables and multi-line values have none."""
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in _outside_of_texts(text):
        if header := _HEADER.match(line):
            table = _with_positions(_words(header[1]), counts, repeated=header[1].startswith("[["))
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_words(f"{key[1]} = 0")), number)
    return found


def _outside_of_texts(text: str) -> Iterator[tuple[int, str]]:
    """The lines, numbered, that do not begin within a text of several lines."""
    delimiter = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not delimiter:
            yield number, line
        delimiter = _left_open(line, delimiter)


def _left_open(line: str, delimiter: str) -> str:
    """The delimiter of the text that a line leaves open, if it begins within one of `delimiter`."""
    position = 0
    while True:
        if delimiter:
            end = line.find(delimiter, position)
            if end < 0:
                return delimiter
            position, delimiter = end + len(delimiter), ""
        found = _TEXT.search(line, position)
        if found is None:
            return ""
        position, delimiter = found.end(), found[0] if len(set(found[0])) == 1 and len(found[0]) == 3 else ""


def _with_positions(words: Sequence[str], counts: dict[KeyPath, int], *, repeated: bool) -> KeyPath:
    """A header's path with the position of each repeated table on the way: `("nodes", "a", "sources", 1)`."""
    path: KeyPath = ()
    for depth, word in enumerate(words):
        path = (*path, word)
        if repeated and depth == len(words) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def line_of(found: dict[KeyPath, int], path: Sequence[str | int]) -> int | None:
    """The line of a path, of the first thing within it, or of the nearest thing around it that has one."""
    within = [line for place, line in found.items() if place[: len(path)] == tuple(path)]
    if within:
        return min(within)
    for end in range(len(path), 0, -1):
        if (line := found.get(tuple(path[:end]))) is not None:
            return line
    return None

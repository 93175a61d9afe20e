"""Which hubs, environments and nodes a site's RST declares, and of what kinds each object has a page: read line by
line, for Sphinx may not have run yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from collector.pages.found import found
from sphinxext.almanac.names import unquoted

_DECLARATION = re.compile(r"\.\.[ \t]+almanac:(node|hub|environment|group|each)::[ \t]+(\S.*?)[ \t]*")
_DIRECTIVE = re.compile(r"\.\.[ \t]+([\w:+.-]+)::(?:[ \t]|$)")
_VERBATIM = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "math", "raw"})
"""Directives below which nothing is read as RST."""


def declared(source: Path) -> set[tuple[str, str]]:
    """Kind and name of all that the RST below a folder declares; `each` and a kind for a page that is one for each."""
    return {one for text in _texts(source) for one in declarations(text)}


def shows(source: Path, directive: str) -> bool:
    """Whether a page below a folder says `.. almanac:DIRECTIVE::`."""
    said = re.compile(rf"\.\.[ \t]+almanac:{re.escape(directive)}::[ \t]*")
    return any(said.fullmatch(words) for text in _texts(source) for words in _told(text))


def _texts(source: Path) -> Iterator[str]:
    rst = (source / path for path in found(source) if path.endswith(".rst"))
    return (file.read_text(encoding="utf-8", errors="replace") for file in rst)


def declarations(text: str) -> Iterator[tuple[str, str]]:
    """Those of a page: kind and name, also within a container or a list, but not those that it shows as examples."""
    for words in _told(text):
        if declaration := _DECLARATION.fullmatch(words):
            yield declaration[1], unquoted(declaration[2])


def _told(text: str) -> Iterator[str]:
    """The lines of a page that are read as RST."""
    outer: list[tuple[int, bool]] = []  # the lines that this one is indented below, and whether that is verbatim
    for line in filter(str.strip, text.expandtabs().splitlines()):
        words = line.strip()
        indent = len(line) - len(line.lstrip())
        while outer and outer[-1][0] >= indent:
            outer.pop()
        verbatim = bool(outer) and outer[-1][1]
        if not verbatim:
            yield words
        outer.append((indent, verbatim or _begins_verbatim(words)))


def _begins_verbatim(words: str) -> bool:
    """Whether what is indented below a line is shown as it is: code, a comment, what follows a `::`."""
    if not (words.startswith(".. ") or words == ".."):
        return words.endswith("::")
    directive = _DIRECTIVE.match(words)
    return directive is None or directive[1] in _VERBATIM

"""Sphinx's inventory, by which other projects link to a site, with the subjects of an export: they come and go while
Sphinx is not started, so what it wrote tells those of the day when it last was.

The format is version 2 of sphinx.util.inventory: four lines of head, then compressed lines
`NAME DOMAIN:TYPE PRIORITY URI DISPLAYED`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

NAME = "objects.inv"
"""Where it is in a site."""
_HEAD = 4
Anchors = Mapping[str, Mapping[str, str]]
"""Anchors by node and subject."""
_LINE = re.compile(r"(?P<name>.+?) (?P<kind>\S+) (?P<priority>-?\d+) (?P<page>[^\s#]*)\S* .*")


def renewed(inventory: bytes, anchors: Anchors) -> bytes:
    """An inventory with all these subjects, each on the page that declares its node. A subject that a page
    declares by itself stays as it is."""
    *head, packed = inventory.split(b"\n", _HEAD)
    lines = zlib.decompress(packed).decode().splitlines()
    read = {line: match for line in lines if (match := _LINE.fullmatch(line))}
    kept = [line for line in lines if line not in read or not _is_of_export(read[line])]
    found = [read[line] for line in kept if line in read]
    pages = {match["name"]: match["page"] for match in found if match["kind"] == "almanac:node"}
    named = {match["name"] for match in found if match["kind"] == "almanac:subject"}
    added = sorted(line for name, line in _subjects(anchors, pages) if name not in named)
    return b"\n".join([*head, zlib.compress("".join(f"{line}\n" for line in [*kept, *added]).encode(), 9)])


def _is_of_export(line: re.Match[str]) -> bool:
    return line["kind"] == "almanac:subject" and line["priority"] == "-1"


def _subjects(anchors: Anchors, pages: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Name and line of each subject of the nodes that a page declares."""
    for node, subjects in anchors.items():
        for subject, anchor in subjects.items() if node in pages else ():
            name = f"{node} {subject}"
            yield name, f"{name} almanac:subject -1 {pages[node]}#{anchor} -"

"""The index of the site's search: a script that only says what there is, so that it loads from a folder too.

    search-index.js    almanacIndex = {"pages": [[title, URL, [[heading, anchor], ...], words], ...],
                                       "nodes": [[name, title, URL, slug], ...],
                                       "subjects": [[words, anchor, [number of a node, ...]], ...],
                                       "subject": URL of a subject's page with SLUG and ANCHOR in it, or null,
                                       "things": [[kind, title, URL], ...]}

URLs are as seen from the root of the site. A subject that many nodes have, as each has a machine, stands there once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sphinxext.almanac.each import NAME
from sphinxext.almanac.export import Record
from sphinxext.almanac.place import Place
from sphinxext.almanac.titles import item_title, problem_title, subject_title, subject_words

SEARCH = "search-index.js"


def search_index(place: Place, pages: Iterable[Any]) -> str:
    """The script. `place` is the root of the site; `pages` are those that people wrote, as `frames` noted them."""
    nodes = list(place.export.nodes.values())
    told = {
        "pages": list(pages),
        "nodes": [[entry.name, entry.title, place.link(entry.page), slug_of(entry.page)] for entry in nodes],
        "subjects": [[*subject, numbers] for subject, numbers in _subjects(place).items()],
        "subject": place.moulds["subject"].url.replace(NAME, "SLUG~ANCHOR") if "subject" in place.moulds else None,
        "things": [thing for thing in _things(place) if thing[2]],
    }
    # Nothing in it may look like the end of a script, wherever it is put.
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"almanacIndex={written};\n"


def slug_of(page: str) -> str:
    """The name of a node as its page and those of its subjects have it."""
    return page.rpartition("/")[2].partition("~")[0]


def _subjects(place: Place) -> dict[tuple[str, str], list[int]]:
    """What is watched, by words and anchor, and on which nodes."""
    found: dict[tuple[str, str], list[int]] = {}
    for number, entry in enumerate(place.export.nodes.values()):
        for subject in place.export.outline(entry.name):
            if _is_usual(subject, entry):
                found.setdefault((subject_words(subject), subject.anchor), []).append(number)
    return found


def _is_usual(subject: Record, entry: Record) -> bool:
    """Whether the name of its page can be told from node and anchor; long names are cut."""
    return bool(subject.page.rpartition("/")[2] == f"{slug_of(entry.page)}~{subject.anchor}")


def _things(place: Place) -> Iterator[tuple[str, str, str]]:
    manifest = place.export.manifest
    for kind, table in (("Hub", "hubs"), ("Environment", "environments"), ("Group", "groups")):
        for name, entry in manifest[table].items():
            yield kind, f"{name} ({entry.server})" if kind == "Hub" else name, place.link(entry.page)
    for page, item in manifest["items"].items():
        yield "Backup item", item_title(item), place.link(page)
    for entry in place.export.nodes.values():
        for subject in place.export.outline(entry.name):
            if not _is_usual(subject, entry):
                yield "Subject", subject_title(subject, entry.name), place.link(subject.page)
    for problem in manifest.problems:
        yield "Problem", problem_title(problem), place.link(problem.page)

"""Pages without RST of their own: a page that says `.. almanac:each:: subject` is one frame for every subject.

Such a page is a mould, never published itself; each object of its kind gets a page beside it. All slots but its own
look the same on each of them, so they are rendered once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from sphinxext.almanac.export import Export
from sphinxext.almanac.slots import Selector
from sphinxext.almanac.titles import instance_title, item_title, log_title, problem_title, subject_title

FOLDERS = {"subject": "subjects", "item": "items", "problem": "problems", "log": "logs", "instance": "instances"}
"""The kinds of objects that can have pages, and where the export says that these lie."""
TITLE = "\ue0a1title\ue0a1"
"""Stands in the frame of a mould for the title of the object, in the heading and in the head, whatever the theme."""
NAME = "NAME"
"""Stands in the paths of a mould for the object's own part."""


@dataclass(frozen=True, slots=True)
class Mould:
    """Paths below the root of the site: of the frame, and with NAME in them those of the pages and their URLs."""

    frame: str
    file: str
    url: str

    def file_of(self, page: str) -> str:
        """The path of an object's page that the export calls `subjects/X`."""
        return _named(self.file, page)

    def url_of(self, page: str) -> str:
        """The URL of that page."""
        return _named(self.url, page)

    def makes(self, path: str) -> bool:
        """Whether a path is one of its pages, of an object that is there or was: only their names hold a `~`."""
        before, _, after = self.file.rpartition(NAME)
        own = path[len(before) : len(path) - len(after)]
        return "~" in own and "/" not in own and path.startswith(before) and path.endswith(after)

    @property
    def glob(self) -> str:
        """Finds its pages below the root of the site, and perhaps more."""
        before, _, after = self.file.rpartition(NAME)
        return re.sub(r"([*?\[])", r"[\1]", before) + "*~*" + after


def _named(pattern: str, page: str) -> str:
    before, _, after = pattern.rpartition(NAME)
    return before + page.rpartition("/")[2] + after


@dataclass(frozen=True, slots=True)
class Thing:
    """An object that gets a page: as the export calls that, its title, and the selector of what it shows. content: a
    name of that which changes with it, where one is known without looking."""

    page: str
    title: str
    selector: Selector
    content: str = ""


def things(export: Export, kind: str) -> Iterator[Thing]:
    """Every object of a kind, a node's subjects together."""
    return chain.from_iterable(lots(export, kind))


def lots(export: Export, kind: str) -> Iterator[Iterable[Thing]]:
    """The same in lots: those of a node are one, which is looked up when it is gone through; others are each for
    itself."""
    return _LOTS[kind](export)


def _subjects(export: Export) -> Iterator[Iterable[Thing]]:
    return (_subjects_of(export, node) for node in export.nodes)


def _subjects_of(export: Export, node: str) -> Iterator[Thing]:
    document = export.node(node)
    for subject in document.subjects if document else ():
        if subject.kind in FOLDERS:
            continue  # it has a page of its own kind
        selector = {"slot": "subject", "node": node, "name": subject.name}
        yield Thing(subject.page, subject_title(subject, node), selector)


def _items(export: Export) -> Iterator[Iterable[Thing]]:
    for page, item in export.manifest["items"].items():
        yield [Thing(page, item_title(item), {"slot": "item", "name": page})]


def _problems(export: Export) -> Iterator[Iterable[Thing]]:
    for page, problem in export.problems.items():
        yield [Thing(page, problem_title(problem), {"slot": "problem", "name": page})]


def _logs(export: Export) -> Iterator[Iterable[Thing]]:
    for day in export.days_of_all:
        yield [Thing(day.page, log_title("all nodes", day.day), {"slot": "log", "name": day.day}, day.file)]
    yield from (_logs_of(export, node) for node in export.nodes)


def _logs_of(export: Export, node: str) -> Iterator[Thing]:
    for day in export.log_days(node):
        yield Thing(day.page, log_title(node, day.day), {"slot": "log", "node": node, "name": day.day}, day.file)


def _instances(export: Export) -> Iterator[Iterable[Thing]]:
    for uuid, one in export.instances.items():
        selector = {"slot": "instance", "node": export.registry.node, "name": uuid} if export.registry else {}
        yield [Thing(one.page, instance_title(one), selector)]


_LOTS: Mapping[str, Callable[[Export], Iterator[Iterable[Thing]]]] = {
    "subject": _subjects,
    "item": _items,
    "problem": _problems,
    "log": _logs,
    "instance": _instances,
}

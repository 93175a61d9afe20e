"""Reads an export folder: its manifest at once, a node's document when it is asked for.

The folder is foreign to this package: it may come from another machine, or be of another version.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import get_close_matches
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

VERSION = 1
KINDS = {
    "node": "nodes",
    "hub": "hubs",
    "environment": "environments",
    "group": "groups",
    "item": "items",
    "file": "compat",
}
"""What can be named, and the table of the manifest that holds it."""
MOST_NODES = 64
"""So many parsed nodes are kept; a page asks for the same one several times, then hardly ever again."""


class ExportError(Exception):
    """The export can't be used: what, where, and how to mend it, in one sentence."""


class Record(dict[str, Any]):
    """A JSON object whose members are attributes too: `node.title` is `node["title"]`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


_RECORDS = partial(json.loads, object_hook=Record)


class Export:
    """One export folder. Raises ExportError if it has no manifest of this version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Record = _read(folder / "manifest.json")
        version = self.manifest.get("version")
        if version != VERSION:
            raise ExportError(
                f"{folder}/manifest.json has version {version}, not {VERSION}; make it anew with: almanac export"
            )
        self._read_node = lru_cache(MOST_NODES)(self._node)
        self._outlines: dict[str, list[Record]] = {}
        self._log_days: dict[str, list[Record]] = {}
        self._read_series = lru_cache(2)(lambda file: _read(folder / file, _quickly))

    @cached_property
    def nodes(self) -> dict[str, Record]:
        """The entry of whatever is told as a node is, by name: the nodes, and those that are in no list."""
        own = (self.manifest.get(place) for place in ("keeper", "instances"))
        return {**self.manifest.nodes, **{one.name: one for one in own if one}}

    @cached_property
    def registry(self) -> Record | None:
        """All instances of an application, None where none is asked. Raises ExportError if its file is not there."""
        file = self.manifest.get("registry")
        return _read(self.folder / file) if file else None

    @cached_property
    def instances(self) -> dict[str, Record]:
        """They by their UUIDs."""
        return {one.uuid: one for one in self.registry.instances} if self.registry else {}

    @cached_property
    def clusters(self) -> Record | None:
        """The clusters of VMs, None where no source tells of any. Raises ExportError if their file is not there."""
        file = self.manifest.get("clusters")
        return _read(self.folder / file) if file else None

    def node(self, name: str) -> Record | None:
        """All about a node, None if there is no such node. Raises ExportError if its file is not there."""
        return self._read_node(name)[0] if name in self.nodes else None

    def _node(self, name: str) -> tuple[Record, dict[str, Record]]:
        """A node's document, and its subjects by name."""
        document: Record = self._document(name, _RECORDS)
        self._outlines[name] = [_outline(subject) for subject in document.subjects]
        self._log_days[name] = document.get("logs", [])
        return document, {subject.name: subject for subject in document.subjects}

    def _document(self, name: str, parse: Callable[[bytes], Any]) -> Any:
        file = self.folder / self.nodes[name].file
        document = _read(file, parse)
        if document.get("name") != name or "subjects" not in document:
            raise ExportError(f"{file}: does not tell of the node {name}; make it anew with: almanac export")
        return document

    def outline(self, name: str) -> list[Record]:
        """What a node's subjects are called, kept from when its document was read; else it is read for this alone."""
        if name not in self._outlines:
            self._outlines[name] = [_outline(subject) for subject in self._document(name, _quickly)["subjects"]]
        return self._outlines[name]

    def log_days(self, name: str) -> list[Record]:
        """The days of which lines of a node's logs are there, the newest first; kept as its outline is."""
        if not self.nodes[name].get("logs"):
            return []
        if name not in self._log_days:
            self.node(name)
        return self._log_days.get(name, [])

    @property
    def days_of_all(self) -> list[Record]:
        """The days of which lines of several nodes are there, the newest first."""
        days: list[Record] = self.manifest.get("logs", [])
        return days

    def log(self, node: str | None, day: str) -> Record | None:
        """The lines of a day, of all nodes if of none; None if there are none. Raises ExportError if its file is not
        there."""
        days = self.days_of_all if node is None else self.log_days(node) if node in self.nodes else []
        file = next((self.folder / one.file for one in days if one.day == day), None)
        try:
            return file and _read(file)
        except ExportError as error:  # an export takes what is there to be right
            raise ExportError(f"{file}: is damaged or lost; remove it and run: almanac export") from error

    @cached_property
    def _members(self) -> dict[tuple[str, str], dict[str, Record]]:
        """The entries of nodes by each set that they are in: ("hubs", "ZZ"), ("groups", "nas")."""
        members: dict[tuple[str, str], dict[str, Record]] = {}
        for name, entry in self.manifest.nodes.items():
            for table in ("hubs", "environments", "groups"):
                for one in entry[table]:
                    members.setdefault((table, one), {})[name] = entry
        return members

    @cached_property
    def problems(self) -> dict[str, Record]:
        """All problems by their pages."""
        return {problem.page: problem for problem in self.manifest.problems}

    @cached_property
    def item_pages(self) -> dict[tuple[str, str], str]:
        """The page of the backup item of which a node's subject is a copy, by node and subject."""
        items = self.manifest["items"].items()
        return {(copy.node, copy.subject): page for page, item in items for copy in item.copies}

    @cached_property
    def vocabulary(self) -> dict[str, list[str]]:
        """All names of metrics, kinds and subjects (as `label`: their labels too) of the whole fleet."""
        documents = filter(None, map(self.node, self.nodes))
        subjects = [subject for document in documents for subject in document.subjects]
        words = {
            "metric": {metric.name for one in subjects for metric in one.metrics},
            "kind": {one.kind for one in subjects},
            "label": {name for one in subjects for name in (one.name, one.label)},
        }
        return {word: sorted(names) for word, names in words.items()}

    def members(self, table: str, name: str) -> dict[str, Record]:
        """The manifest's entries of the nodes in one of the `hubs`, `environments` or `groups`, by name."""
        return self._members.get((table, name), {})

    def entry(self, kind: str, name: str) -> Record | None:
        """What the manifest says of a node, hub, environment, group, item (named by its page) or compatible file
        (`file`), None if it has no such."""
        table: dict[str, Record] = self.nodes if kind == "node" else self.manifest[KINDS[kind]]
        return table.get(name)

    def subject(self, node: str, name: str) -> Record | None:
        """A subject of a node, None if there is no such node or subject."""
        return self._read_node(node)[1].get(name) if node in self.nodes else None

    def year(self, subject: Record, metric: str) -> tuple[list[int], list[float]]:
        """The times (UTC seconds) and values of a metric in the last two calendar years that have some, and perhaps of
        years before them."""
        times, values = list[int](), list[float]()
        for file in list(subject["series"].values())[-2:]:
            found = self._read_series(file)["metrics"].get(metric)
            if found is not None:
                times += found["times"]
                values += found["values"]
        return times, values

    def gone(self, kind: str, name: str) -> str | None:
        """Since when something that was once exported is in the configuration no more, None if that is not known."""
        since: str | None = self.manifest.get("gone", {}).get(KINDS.get(kind, ""), {}).get(name)
        return since

    def knows(self, kind: str, name: str) -> bool:
        """Whether the name is exported, or was."""
        return self.entry(kind, name) is not None or self.gone(kind, name) is not None

    def nearest(self, kind: str, name: str) -> str | None:
        """The known name most like a wrong one."""
        return nearest(name, list(self.manifest[KINDS[kind]]))


def _quickly(content: bytes) -> Any:
    """JSON without members as attributes; what half a letter stands in is read all the same, as elsewhere."""
    # Imported here, because Sphinx, which asks for none of this, must not load it.
    from pydantic_core import from_json  # noqa: PLC0415

    try:
        return from_json(content)
    except ValueError:
        return json.loads(content)


def _outline(subject: Record) -> Record:
    return Record((key, subject[key]) for key in ("name", "kind", "label", "anchor", "page"))


def nearest(name: str, names: list[str]) -> str | None:
    """The one of some names that a person most likely meant, None if none is near."""
    begun = next((one for one in names if one.casefold().startswith(name.casefold())), None)
    return begun or next(iter(get_close_matches(name, names, n=1, cutoff=0.5)), None)


def opened(folder: Path) -> Export:
    """The export in a folder, read once as long as its manifest stays the same. Raises ExportError."""
    try:
        told = (folder / "manifest.json").stat()
    except OSError:
        return Export(folder)
    return _opened(folder, (told.st_mtime_ns, told.st_ino, told.st_size))


@lru_cache(maxsize=4)
def _opened(folder: Path, _state: tuple[int, int, int]) -> Export:
    return Export(folder)


def _read(file: Path, parse: Callable[[bytes], Any] = _RECORDS) -> Any:
    try:
        document = parse(file.read_bytes())
    except FileNotFoundError:
        raise ExportError(f"{file}: there is no export here; make one with: almanac export") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ExportError(f"{file}: can't be read ({error}); make it anew with: almanac export") from error
    if not isinstance(document, dict):
        raise ExportError(f"{file}: is no export; make one with: almanac export")
    return document

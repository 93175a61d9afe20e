"""The domain `almanac`: nodes, hubs, environments, groups and subjects as objects that pages declare and link to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder
from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode
from sphinx.util.typing import RoleFunction

from sphinxext.almanac.export import Export, nearest, opened
from sphinxext.almanac.names import split
from sphinxext.almanac.slotnode import framed, slot

logger = logging.getLogger(__name__)

Key = tuple[str, str]
"""Kind and name of an object; a subject's name is `NODE SUBJECT`."""
_OF_DOCUMENTS = ("used", "asked", "leading", "words")
"""What is kept by document."""


class Place(NamedTuple):
    """Where an object is declared."""

    docname: str
    anchor: str


def export_of(env: BuildEnvironment) -> Export | None:
    """The export that conf.py names, None if it names none."""
    folder = env.config.almanac_export
    return opened(Path(folder)) if folder else None


class Names(Index):
    """The page `almanac-nodes`: everything declared, by kind."""

    name = "nodes"
    localname = "Hubs, environments, groups and nodes"
    shortname = "nodes"

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """See Index.generate."""
        domain, only = self.domain, None if docnames is None else set(docnames)
        content = []
        for kind, heading in (
            ("hub", "Hubs"),
            ("environment", "Environments"),
            ("group", "Groups"),
            ("node", "Nodes"),
            ("subject", "Subjects"),
        ):
            entries = [
                IndexEntry(name, 0, place.docname, place.anchor, "", "", "")
                for (what, name), place in sorted(domain.data["objects"].items())
                if what == kind and (only is None or place.docname in only)
            ]
            if entries:
                content.append((heading, entries))
        return content, False


class NameRole(XRefRole):
    """`:almanac:node:` and its kin: a link, and a note of what the page refers to."""

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: Element,
        has_explicit_title: bool,  # noqa: ARG002
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """See XRefRole.process_link."""
        env.get_domain("almanac").data["used"].setdefault(env.docname, set()).add((refnode["reftype"], target))
        return title, target


class AlmanacDomain(Domain):
    """State is kept by document: what it declares, what it refers to, and which names it was read with."""

    name = "almanac"
    label = "Almanac"
    object_types: ClassVar[dict[str, ObjType]] = {
        kind: ObjType(kind, kind) for kind in ("node", "hub", "environment", "group", "subject")
    }
    roles: ClassVar[dict[str, RoleFunction]] = {kind: NameRole(warn_dangling=True) for kind in object_types}
    indices: ClassVar[list[type[Index]]] = [Names]
    initial_data: ClassVar[dict[str, Any]] = {
        "objects": {},  # Key -> Place
        "used": {},  # docname -> the keys that its roles refer to
        "moulds": {},  # kind -> the document that is the mould of its pages
        "asked": {},  # docname -> {Key: whether the export knew the name when the document was read}
        "leading": {},  # docname -> the documents that its links lead to, "" for one that might be any
        "words": {},  # docname -> what the search finds it by
    }
    data_version = 4

    @property
    def objects(self) -> dict[Key, Place]:
        """What is declared, and where."""
        objects: dict[Key, Place] = self.data["objects"]
        return objects

    def note_object(self, kind: str, name: str, anchor: str, location: Any) -> None:
        """Declares an object in the document being read; a second declaration warns."""
        if other := self.objects.get((kind, name)):
            _say_twice(f'the {kind} "{name}"', "is declared", other.docname, location)
            return
        self.objects[kind, name] = Place(self.env.docname, anchor)

    @property
    def moulds(self) -> dict[str, str]:
        """The document that is the mould of a kind's pages, by kind."""
        moulds: dict[str, str] = self.data["moulds"]
        return moulds

    def note_mould(self, kind: str, location: Any) -> None:
        """Makes the document being read the mould of a kind's pages; a second one warns and is none."""
        if (other := self.moulds.setdefault(kind, self.env.docname)) != self.env.docname:
            _say_twice(f"each {kind}", "has its pages", other, location)

    def clear_doc(self, docname: str) -> None:
        """See Domain.clear_doc."""
        for part in _OF_DOCUMENTS:
            self.data[part].pop(docname, None)
        for key in [key for key, place in self.objects.items() if place.docname == docname]:
            del self.objects[key]
        for kind in [kind for kind, mould in self.moulds.items() if mould == docname]:
            del self.moulds[kind]

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """See Domain.merge_domaindata. What two processes declared is one too many, as within one process."""
        for part in _OF_DOCUMENTS:
            self.data[part].update({d: kept for d, kept in otherdata[part].items() if d in docnames})
        for (kind, name), place in otherdata["objects"].items():
            if place.docname not in docnames:
                continue
            first = min(self.objects.get((kind, name), place), place)
            if (kind, name) in self.objects and self.objects[kind, name].docname != place.docname:
                other = max(self.objects[kind, name], place)
                _say_twice(f'the {kind} "{name}"', "is declared", first.docname, other.docname)
            self.objects[kind, name] = first
        for kind, docname in otherdata["moulds"].items():
            if docname in docnames:
                first_mould = min(self.moulds.get(kind, docname), docname)
                if (other_mould := max(self.moulds.get(kind, docname), docname)) != first_mould:
                    _say_twice(f"each {kind}", "has its pages", first_mould, other_mould)
                self.moulds[kind] = first_mould

    def place(self, kind: str, name: str) -> Place | None:
        """Where a link to an object goes. A subject that no page declares is found on its node's page."""
        if place := self.objects.get((kind, name)):
            return place
        export = export_of(self.env)
        if kind != "subject" or export is None:
            return None
        node, subject = split(name, export)
        found, page = export.subject(node, subject), self.objects.get(("node", node))
        return Place(page.docname, found.anchor) if found and page else None

    def resolve_xref(  # type: ignore[override]  # noqa: PLR0913, PLR0917 - Sphinx's own signature
        self,
        env: BuildEnvironment,  # noqa: ARG002
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,  # noqa: ARG002
        contnode: Element,
    ) -> Element | None:
        """See Domain.resolve_xref. Subjects come and go without Sphinx, so a link to a page of theirs is a slot."""
        if typ == "subject" and "subject" in self.moulds and framed(builder) and (typ, target) not in self.objects:
            return self._reference(target, contnode.astext())
        place = self.place(typ, target)
        if place is None:
            return None
        return make_refnode(builder, fromdocname, place.docname, place.anchor, contnode, target)

    def _reference(self, target: str, text: str) -> slot | None:
        export = export_of(self.env)
        if export is None or export.subject(*split(target, export)) is None:
            return None
        node, name = split(target, export)
        return slot(selector={"slot": "reference", "node": node, "name": name, "text": text})

    def resolve_any_xref(  # noqa: PLR0913, PLR0917 - Sphinx's own signature
        self,
        env: BuildEnvironment,  # noqa: ARG002
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,  # noqa: ARG002
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """See Domain.resolve_any_xref."""
        return [
            (f"almanac:{kind}", make_refnode(builder, fromdocname, place.docname, place.anchor, contnode, target))
            for kind in self.object_types
            if (place := self.objects.get((kind, target)))
        ]

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """See Domain.get_objects. Subjects stand on the pages of their nodes, and are too many for a search."""
        for (kind, name), place in self.objects.items():
            yield name, name, kind, place.docname, place.anchor, 1
        for name, place in self._subjects():
            if ("subject", name) not in self.objects:
                yield name, name, "subject", place.docname, place.anchor, -1

    def _subjects(self) -> Iterator[tuple[str, Place]]:
        """The subjects of each node that a page declares, and where they are on it."""
        export = export_of(self.env)
        for (kind, node), page in self.objects.items():
            document = export.node(node) if export and kind == "node" else None
            for subject in document.subjects if document else ():
                yield f"{node} {subject.name}", Place(page.docname, subject.anchor)


def _say_twice(what: str, does: str, where: str, location: Any) -> None:
    message = "%s %s in %s already; remove one of the two directives"
    logger.warning(message, what, does, where, location=location, type="almanac", subtype="name")


def say_what_is_missing(_app: Any, domain: Domain | None, node: pending_xref) -> bool | None:
    """Warns of a role whose name no page, here or in other projects, declares. See the event warn-missing-reference."""
    if not isinstance(domain, AlmanacDomain):
        return None
    kind, name = node["reftype"], node["reftarget"]
    export = export_of(domain.env)
    reason = f'no page declares the {kind} "{name}"; write .. almanac:{kind}:: {name} on one'
    if export is not None and not _known(export, kind, name):
        reason = unknown(export, kind, name)
    logger.warning("%s", reason, location=node, type="almanac", subtype="name")
    return True


def _known(export: Export, kind: str, name: str) -> bool:
    if kind != "subject":
        return export.knows(kind, name)
    return export.subject(*split(name, export)) is not None


def unknown(export: Export, kind: str, name: str) -> str:
    """The sentence about a name that the export does not know, with the nearest one that it does."""
    if kind == "subject":
        node, subject = split(name, export)
        if not export.knows("node", node):
            return unknown(export, "node", node)
        document = export.node(node)
        near = nearest(subject, [s.name for s in document.subjects] if document else [])
        where, name = f'on the node "{node}"', subject
    else:
        near, where = export.nearest(kind, name), "in the export"
    return f'there is no {kind} "{name}" {where}' + (f'; did you mean "{near}"?' if near else "")

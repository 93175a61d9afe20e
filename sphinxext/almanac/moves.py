"""Which pages have to be written again although nobody touched them: those that link to what has moved.

Sphinx writes what was read again. Next and previous pages, tables of contents and links to objects of this domain on
other pages would stay as they were, and two builds of the same sources would differ. A theme may show any title on any
page, so that all are written when a page comes or goes; the theme `almanac` tells of the pages above and beside one
alone, so that of a thousand nodes a new one costs few: those, and pages with links to it, of which Sphinx has to warn
when it has gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import docname_join

from sphinxext.almanac.domain import AlmanacDomain, Key, Place

_WRITING = ("doctree-resolved", "html-page-context")
"""Events at which others could put anything into a page."""
_HANDS = frozenset({"sphinx", "sphinxext", "alabaster"})
"""Who has a hand in it at least: Sphinx, its first theme, and this package."""


@dataclass(frozen=True, slots=True)
class Order:
    """All documents with their titles, which toctrees hold them, and the way from one to the next."""

    titles: dict[str, str]
    held: dict[str, list[str]]
    ways: dict[str, tuple[str | None, ...]]
    objects: frozenset[str]
    """Those that show a node, hub, environment or group and are no index, for which a layout might ask."""


class Moves:
    """Where everything was before a build."""

    def __init__(self) -> None:
        self.order = Order({}, {}, {}, frozenset())
        self.places: dict[Key, Place | None] = {}

    def begin(self, _app: Sphinx, env: BuildEnvironment, *_changes: Any) -> list[str]:
        """Takes note. See the event env-get-outdated; no document is outdated by this."""
        self.order, self.places = _order(env), _places(env)
        return []

    @staticmethod
    def note_links(app: Sphinx, doctree: nodes.document) -> None:
        """Notes where a document leads to. See the event doctree-read."""
        links = chain(doctree.findall(addnodes.pending_xref), doctree.findall(addnodes.toctree))
        if aims := {_aim(link) for link in links}:
            _domain(app.env).data["leading"][app.env.docname] = aims

    def moved(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """The documents to write. See the event env-updated."""
        order, places = _order(env), _places(env)
        if order != self.order and not (stand_apart(app) and _is_local(self.order, order)):
            return sorted(env.found_docs)
        turned = [docname for docname, way in order.ways.items() if way != self.order.ways.get(docname)]
        strayed = order.titles.keys() ^ self.order.titles.keys()
        aimed = {"", *strayed} if strayed else set()
        used, leading = _domain(env).data["used"].items(), _domain(env).data["leading"].items()
        return [
            *turned,
            *(docname for docname, aims in leading if not aimed.isdisjoint(aims)),
            *(docname for docname, keys in used if any(places[key] != self.places.get(key) for key in keys)),
        ]


def stand_apart(app: Sphinx) -> bool:
    """Whether pages tell nothing of others but of those above and beside them: in the theme `almanac` as it is, where
    nobody else has a hand in writing."""
    config = app.config
    if getattr(app.builder, "search", False):
        return False  # Sphinx's own index of words goes on knowing those of a page that has gone
    if config.html_theme != "almanac" or config.templates_path or config.extensions != ["sphinxext.almanac"]:
        return False
    handlers = [listener.handler for event in _WRITING for listener in app.events.listeners.get(event, ())]
    return all(str(handler.__module__).partition(".")[0] in _HANDS for handler in handlers)


def _is_local(before: Order, after: Order) -> bool:
    """Whether nothing but pages of objects has come or gone, and all others are called as before. Where the first one
    comes or the last goes, so does the index of all, to which every page leads."""
    if bool(before.objects) != bool(after.objects):
        return False
    strayed = {docname for docname, _ in before.titles.items() ^ after.titles.items()}
    return strayed <= (before.titles.keys() ^ after.titles.keys()) and strayed <= before.objects | after.objects


def _aim(link: nodes.Element) -> str:
    """The document that a link leads to; empty where that is yet to be found, and of a table of contents."""
    if (link.get("refdomain"), link.get("reftype")) != ("std", "doc"):
        return ""
    return docname_join(link["refdoc"], link["reftarget"])


def _domain(env: BuildEnvironment) -> AlmanacDomain:
    domain = env.get_domain("almanac")
    assert isinstance(domain, AlmanacDomain)
    return domain


def _order(env: BuildEnvironment) -> Order:
    """As it is now. Sphinx itself writes what holds a document that was read again in its own table of contents."""
    relations = env.collect_relations() if env.titles else {}
    return Order(
        {docname: title.astext() for docname, title in env.titles.items()},
        {docname: list(holds) for docname, holds in env.toctree_includes.items()},
        {docname: _way(relations, docname) for docname in relations},
        frozenset(place.docname for place in _domain(env).objects.values() if not place.docname.endswith("index")),
    )


def _way(relations: dict[str, list[str | None]], docname: str) -> tuple[str | None, ...]:
    """The documents before and after one, and those above it up to the root."""
    above, before, after = relations[docname]
    way = [before, after]
    while above is not None:
        way.append(above)
        above = relations[above][0]
    return tuple(way)


def _places(env: BuildEnvironment) -> dict[Key, Place | None]:
    domain = _domain(env)
    return {key: domain.place(*key) for keys in domain.data["used"].values() for key in keys}

"""Which pages have to be written again although nobody touched them: those that link to what has moved.

Sphinx writes what was read again. Next and previous pages, tables of contents and links to objects of this domain on
other pages would stay as they were, and two builds of the same sources would differ.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from sphinxext.almanac.domain import AlmanacDomain, Key, Place


class Moves:
    """Where everything was before a build."""

    def __init__(self) -> None:
        self.order: Any = None
        self.places: dict[Key, Place | None] = {}

    def begin(self, _app: Sphinx, env: BuildEnvironment, *_changes: Any) -> list[str]:
        """Takes note. See the event env-get-outdated; no document is outdated by this."""
        self.order, self.places = _order(env), _places(env)
        return []

    def moved(self, _app: Sphinx, env: BuildEnvironment) -> list[str]:
        """The documents to write. See the event env-updated."""
        if _order(env) != self.order:
            return sorted(env.found_docs)
        places = _places(env)
        used = _domain(env).data["used"].items()
        return [docname for docname, keys in used if any(places[key] != self.places.get(key) for key in keys)]


def _domain(env: BuildEnvironment) -> AlmanacDomain:
    domain = env.get_domain("almanac")
    assert isinstance(domain, AlmanacDomain)
    return domain


def _order(env: BuildEnvironment) -> Any:
    """All documents with their titles, and which toctrees hold them."""
    titles = {docname: title.astext() for docname, title in env.titles.items()}
    return titles, {docname: list(holds) for docname, holds in env.toctree_includes.items()}


def _places(env: BuildEnvironment) -> dict[Key, Place | None]:
    domain = _domain(env)
    return {key: domain.place(*key) for keys in domain.data["used"].values() for key in keys}

"""Keeps the pages with slots as Sphinx wrote them, beside the doctrees, and has them filled when a build ends.

Sphinx writes only what changed, in several processes, over pages that were filled before. A page just written shows by
its slots: a filled one has none left. Written without any it is known by `doctree-resolved` and `html-page-context`,
both of which the main process sees. While Sphinx writes, the index of the frames is taken away: a build that is cut off
leaves none, and the next one writes all pages anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from sphinxext.almanac.bring import replace
from sphinxext.almanac.domain import AlmanacDomain, export_of
from sphinxext.almanac.dress import is_ours
from sphinxext.almanac.export import ExportError
from sphinxext.almanac.index import INDEX, FillError, Index
from sphinxext.almanac.moulding import keep_moulds, moulds_of
from sphinxext.almanac.moves import stand_apart
from sphinxext.almanac.slotnode import framed
from sphinxext.almanac.slots import MARK, comment

_WORD = re.compile(r"[^\W_][\w.-]{2,30}")


def folder(builder: Builder) -> Path:
    """Where a builder's frames are kept."""
    return Path(builder.doctreedir) / "almanac-frames" / str(builder.name)


class Frames:
    """The frames of one build: which there were, and which pages have been written since."""

    def __init__(self) -> None:
        self.before: Index | None = None
        self.written: set[str] = set()

    def begin(self, app: Sphinx) -> None:
        """Takes the index away: from here on the frames may be out of step with the pages."""
        self.before, self.written = None, set()
        if framed(app.builder):
            frames = folder(app.builder)
            if (frames / INDEX).exists():
                try:
                    self.before = Index.read(frames)
                except FillError:
                    rmtree(frames)
                (frames / INDEX).unlink(missing_ok=True)

    def all_if_lost(self, app: Sphinx, env: BuildEnvironment, *_changes: Any) -> list[str]:
        """All documents, if there are no frames to go on from. See the event env-get-outdated."""
        return sorted(env.found_docs) if framed(app.builder) and self.before is None else []

    def note_document(self, _app: Sphinx, _doctree: nodes.document, docname: str) -> None:
        """See the event doctree-resolved."""
        self.written.add(docname)

    def note_page(self, app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
        """Notes a page, and gives the theme's layout its slots. See the event html-page-context."""
        self.written.add(pagename)
        leaves = framed(app.builder)
        context["almanac_search"] = leaves and is_ours(app.builder)
        context["almanac_outlets"] = leaves and app.config.almanac_outlets
        context["almanac_slot"] = lambda name: Markup(comment({"slot": name}) if leaves else "")  # noqa: S704

    def end(self, app: Sphinx, exception: Exception | None) -> None:
        """Keeps the new frames and fills all, unless `conf.py` leaves that to others. See the event build-finished."""
        if exception is not None or not framed(app.builder):
            return
        frames = folder(app.builder)
        moulds = dict(keep_moulds(app.builder, frames))
        pages = dict(sorted(self._pages(app.builder, frames)))
        kept = {*pages.values(), *(mould.frame for mould in moulds.values())}
        for file in list(frames.rglob("*")):
            if file.is_file() and file.relative_to(frames).as_posix() not in kept:
                file.unlink()
        search = list(_search(app)) if is_ours(app.builder) else None
        Index(pages, _targets(app), moulds, app.config.almanac_outlets, search, stand_apart(app)).write(frames)
        if not app.config.almanac_filled:
            return
        # Imported here, because a build that fills nothing must not load what that takes.
        from sphinxext.almanac.fill import fill  # noqa: PLC0415

        try:
            fill(frames, Path(app.config.almanac_export), Path(app.outdir))
        except (ExportError, FillError) as error:
            raise ExtensionError(str(error), modname="sphinxext.almanac") from error

    def _pages(self, builder: Any, frames: Path) -> Iterator[tuple[str, str]]:
        """Each page with slots and its path, its frame kept."""
        kept = self.before.pages if self.before else {}
        for page in builder.env.found_docs | self.written:
            file = Path(builder.get_outfilename(page))
            try:
                text = file.read_bytes()
            except OSError:
                continue
            path = file.relative_to(builder.outdir).as_posix()
            if MARK.encode() in text:
                replace(frames / path, text)
                yield page, path
            elif page in kept and page not in self.written:
                yield page, path


def _targets(app: Sphinx) -> dict[str, str]:
    """The URL of each document, and for each page that the export names of the document that declares its object."""
    builder, export, domain = app.builder, export_of(app.env), app.env.get_domain("almanac")
    assert isinstance(domain, AlmanacDomain)
    there = app.env.found_docs - set(moulds_of(app.env).values())
    targets = {docname: builder.get_target_uri(docname) for docname in sorted(there)}
    for kind, table in (("node", "nodes"), ("hub", "hubs"), ("environment", "environments"), ("group", "groups")):
        for name, entry in export.manifest[table].items() if export else ():
            if place := domain.objects.get((kind, name)):
                targets.setdefault(entry.page, targets[place.docname])
    return targets


def note_words(app: Sphinx, doctree: nodes.document) -> None:
    """Notes which words a document holds. See the event doctree-read."""
    words = set(_WORD.findall(doctree.astext().lower()))
    app.env.get_domain("almanac").data["words"][app.env.docname] = " ".join(sorted(words))


def _search(app: Sphinx) -> Iterator[list[Any]]:
    """What the search finds of pages that people wrote: title, URL, headings with their anchors, and words. Pages that
    show one node, hub, environment or group are found by its name."""
    domain = app.env.get_domain("almanac")
    assert isinstance(domain, AlmanacDomain)
    objects = {place.docname for place in domain.objects.values()} | set(moulds_of(app.env).values())
    for docname in sorted(app.env.found_docs - objects):
        title = app.env.titles[docname].astext()
        headings = [
            [reference.astext(), reference["anchorname"]]
            for reference in app.env.tocs[docname].findall(nodes.reference)
            if reference.get("anchorname") and reference["refuri"] == docname
        ]
        yield [title, app.builder.get_target_uri(docname), headings, domain.data["words"].get(docname, "")]

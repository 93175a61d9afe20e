"""What Sphinx has to do with a mould, the one page from which each object of a kind gets its own (see `each`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from sphinxext.almanac.bring import replace
from sphinxext.almanac.domain import AlmanacDomain
from sphinxext.almanac.each import NAME, TITLE, Mould
from sphinxext.almanac.slotnode import framed

logger = logging.getLogger(__name__)


def moulds_of(env: BuildEnvironment) -> dict[str, str]:
    """The document that is the mould of a kind's pages, by kind."""
    domain = env.get_domain("almanac")
    assert isinstance(domain, AlmanacDomain)
    return domain.moulds


def name_title(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Puts the place of an object's title into the heading. See the event doctree-resolved."""
    if framed(app.builder) and docname in moulds_of(app.env).values():
        for title in list(doctree.findall(nodes.title))[:1]:
            title[:] = [nodes.Text(TITLE)]


def name_page(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Likewise in the head; the URL of one page can't be that of all. See the event html-page-context."""
    if framed(app.builder) and pagename in moulds_of(app.env).values():
        context |= {"title": TITLE, "pageurl": None}


def say_if_listed(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warns of a table of contents that leads to a mould, where there will be no page."""
    for kind, mould in moulds_of(env).items():
        for docname in sorted(env.files_to_rebuild.get(mould, ())):
            message = "the page %s is made for each %s and is none itself; leave it out of the toctree"
            logger.warning(message, mould, kind, location=docname, type="almanac", subtype="each")


def keep_moulds(builder: Any, frames: Path) -> Iterator[tuple[str, Mould]]:
    """Each kind and its mould; what Sphinx wrote for it is kept as a frame and taken out of the site."""
    for kind, docname in sorted(moulds_of(builder.env).items()):
        file = Path(builder.get_outfilename(docname))
        path = file.relative_to(builder.outdir).as_posix()
        if file.exists():
            replace(frames / path, file.read_bytes())
            file.unlink()
        beside = docname.rpartition("/")[0] + f"/{NAME}" if "/" in docname else NAME
        made = Path(builder.get_outfilename(beside)).relative_to(builder.outdir).as_posix()
        yield kind, Mould(path, made, builder.get_target_uri(beside))

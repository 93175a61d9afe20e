"""Registers everything with Sphinx: configuration, domain, directives, and what happens at which event."""

from __future__ import annotations

from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from sphinxext.almanac.check import answer
from sphinxext.almanac.directives import DIRECTIVES, ROLES
from sphinxext.almanac.domain import AlmanacDomain, export_of, say_what_is_missing
from sphinxext.almanac.dress import add_search, dress, dress_slots
from sphinxext.almanac.export import ExportError, opened
from sphinxext.almanac.fleets import allow_empty, forbid_empty
from sphinxext.almanac.frames import Frames, note_words
from sphinxext.almanac.moulding import name_page, name_title, say_if_listed
from sphinxext.almanac.moves import Moves
from sphinxext.almanac.slotnode import framed, slot
from sphinxext.almanac.slots import comment
from sphinxext.almanac.stockchart import StockChart

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the extension with Sphinx."""
    app.add_config_value("almanac_export", None, "", types=frozenset({str, type(None)}))
    app.add_config_value("almanac_outlets", False, "html", types=frozenset({bool}))
    app.add_config_value("almanac_filled", True, "", types=frozenset({bool}))
    app.add_html_theme("almanac", str(Path(__file__).with_name("theme")))
    app.add_domain(AlmanacDomain)
    for name, directive in DIRECTIVES.items():
        app.add_directive_to_domain("almanac", name, directive)
    for name, role in ROLES.items():
        app.add_role_to_domain("almanac", name, role)
    app.add_directive("stockchart", StockChart)
    skip = (_skip, None)
    app.add_node(slot, html=(_write_slot, None), latex=skip, text=skip, man=skip, texinfo=skip)
    _connect(app)
    return {
        "version": version("sphinxext-almanac"),
        "env_version": 2,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _connect(app: Sphinx) -> None:
    frames, moves = Frames(), Moves()
    app.connect("config-inited", _find_export)
    app.connect("builder-inited", frames.begin)
    app.connect("builder-inited", dress)
    app.connect("builder-inited", allow_empty)
    app.connect("env-get-outdated", frames.all_if_lost)
    app.connect("env-get-outdated", _whose_names_changed)
    app.connect("env-get-outdated", moves.begin)
    app.connect("doctree-read", moves.note_links)
    app.connect("doctree-read", note_words)
    app.connect("env-updated", moves.moved)
    app.connect("warn-missing-reference", say_what_is_missing)
    app.connect("doctree-resolved", _resolve)
    app.connect("doctree-resolved", name_title)
    app.connect("doctree-resolved", frames.note_document)
    app.connect("env-check-consistency", say_if_listed)
    app.connect("html-collect-pages", add_search)
    app.connect("html-page-context", name_page)
    app.connect("html-page-context", dress_slots)
    app.connect("html-page-context", frames.note_page)
    app.connect("build-finished", frames.end)
    app.connect("build-finished", forbid_empty)


def _find_export(app: Sphinx, config: Config) -> None:
    """Makes the path absolute; if no export is there, warns once and goes on without."""
    if config.almanac_export:
        folder = Path(app.confdir, config.almanac_export).resolve()
        try:
            export = opened(folder)
            config.almanac_export = str(folder)
            if export.manifest.get("last_pass") is None:  # what is yet to be found is to be heard of
                config.suppress_warnings = [one for one in config.suppress_warnings if one.split(".")[0] != "almanac"]
        except ExportError as error:
            config.almanac_export = ""
            logger.warning("almanac_export: %s", error, type="almanac", subtype="export")


def _whose_names_changed(app: Sphinx, env: BuildEnvironment, *_changes: Any) -> list[str]:
    """Documents to read again: names that the export knew and no more, or the other way round.

    Other builders have no frames: what they wrote holds the data, so whatever shows some is read again.
    """
    export, asked = export_of(env), env.get_domain("almanac").data["asked"]
    if export is None:
        return []
    return [
        docname
        for docname, questions in asked.items()
        if not framed(app.builder) or any(answer(export, question) != known for question, known in questions.items())
    ]


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if not framed(app.builder):
        # Imported here, because a build of frames must not load what all other builders take.
        from sphinxext.almanac.nodes import replace_slots  # noqa: PLC0415

        replace_slots(app, doctree, docname)


def _write_slot(translator: Any, node: slot) -> None:
    for anchor in node["ids"]:
        translator.body.append(f'<span id="{escape(anchor)}"></span>')
    if framed(translator.builder):
        tag = "span" if isinstance(node.parent, nodes.TextElement) else "div"
        translator.body.append(f'<{tag} class="almanac">{comment(node["selector"])}</{tag}>')
    raise nodes.SkipNode


def _skip(_translator: Any, _node: slot) -> None:
    raise nodes.SkipNode

"""What pages wear in any theme: the style of what directives show, and the scripts that go with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder

from sphinxext.almanac.slotnode import framed, slot

STATIC = Path(__file__).with_name("static")
THEME = Path(__file__).with_name("theme")
_OF_INSTANCES = ("instances", "statistics")


def dress(app: Sphinx) -> None:
    """Brings the files along and has every page load them. See the event builder-inited."""
    if framed(app.builder) and isinstance(app.builder, StandaloneHTMLBuilder):
        app.config.html_static_path = [*app.config.html_static_path, str(STATIC)]
        app.add_css_file("almanac-parts.css")
        app.add_js_file("almanac.js", loading_method="defer")
        if not is_ours(app.builder):
            app.add_js_file("almanac-charts.js", loading_method="defer")


def add_search(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Our theme's page `search`, where Sphinx does not make it itself. See the event html-collect-pages."""
    if is_ours(app.builder) and not getattr(app.builder, "search", False):
        yield "search", {}, "search.html"


def dress_kiosk(app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any) -> None:
    """Has the page of a wall display load what makes it one. See the event html-page-context."""
    if framed(app.builder) and doctree and any(one["selector"]["slot"] == "kiosk" for one in doctree.findall(slot)):
        app.add_css_file("almanac-kiosk.css")
        app.add_js_file("almanac-clock.js", loading_method="defer")
        app.add_js_file("almanac-kiosk.js", loading_method="defer")


def dress_instances(app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any) -> None:
    """Has pages of instances load their style, and that of all what hides some of its columns and rows. See the event
    html-page-context."""
    found = [one["selector"] for one in doctree.findall(slot)] if framed(app.builder) and doctree else []
    if any("instance" in (one["slot"], one.get("kind")) or one["slot"] in _OF_INSTANCES for one in found):
        app.add_css_file("almanac-instances.css")
    if any(one["slot"] == "instances" for one in found):
        app.add_js_file("almanac-choose.js", loading_method="defer")


def is_ours(builder: Builder) -> bool:
    """Whether pages have the theme `almanac`, or one that inherits from it."""
    return isinstance(builder, StandaloneHTMLBuilder) and str(THEME) in map(str, builder.theme.get_theme_dirs())

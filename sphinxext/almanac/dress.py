"""What pages wear in any theme: the style of what directives show, and the scripts that go with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder

from sphinxext.almanac.slotnode import framed, slot
from sphinxext.almanac.squeeze import squeezed

STATIC = Path(__file__).with_name("static")
THEME = Path(__file__).with_name("theme")
WORN = {
    "kiosk": ("almanac-kiosk.css", "almanac-clock.js", "almanac-stream.js", "almanac-kiosk.js"),
    "menu": ("almanac-menu.css", "almanac-stream.js", "almanac-menu.js"),
    "instance": ("almanac-instances.css",),
    "instances": ("almanac-instances.css", "almanac-choose.js"),
    "statistics": ("almanac-instances.css",),
}
"""What a page loads besides that has such a slot, or is the mould of such objects."""


def dress(app: Sphinx) -> None:
    """Brings the files along and has every page load them. See the event builder-inited."""
    if framed(app.builder) and isinstance(app.builder, StandaloneHTMLBuilder):
        light = app.doctreedir / "almanac-static"
        ours = THEME.glob("static/*.css") if is_ours(app.builder) else ()
        squeezed((*STATIC.iterdir(), *ours), light)
        app.config.html_static_path = [*app.config.html_static_path, str(light)]
        app.add_css_file("almanac-parts.css")
        app.add_js_file("almanac.js", loading_method="defer")
        if not is_ours(app.builder):
            app.add_js_file("almanac-charts.js", loading_method="defer")


def add_search(app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
    """Our theme's page `search`, where Sphinx does not make it itself. See the event html-collect-pages."""
    if is_ours(app.builder) and not getattr(app.builder, "search", False):
        yield "search", {}, "search.html"


def dress_slots(app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any) -> None:
    """Has a page load what just some of its slots need. See the event html-page-context."""
    if not framed(app.builder) or not doctree:
        return
    found = [one["selector"] for one in doctree.findall(slot)]
    for file in dict.fromkeys(file for one in found for file in WORN.get(one.get("kind", one["slot"]), ())):
        if file.endswith(".css"):
            app.add_css_file(file)
        else:
            app.add_js_file(file, loading_method="defer")


def is_ours(builder: Builder) -> bool:
    """Whether pages have the theme `almanac`, or one that inherits from it."""
    return isinstance(builder, StandaloneHTMLBuilder) and str(THEME) in map(str, builder.theme.get_theme_dirs())

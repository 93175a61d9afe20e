"""Other themes in a real browser: what directives show looks as it should, and follows the theme's light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.sphinxext.sphinx_site import Project, project

pytestmark = pytest.mark.system

CHOOSING = ("furo", "pydata_sphinx_theme")
"""Themes that let the reader choose; the others are light whatever the system is."""
THEMES = (*CHOOSING, "alabaster", "sphinx_rtd_theme")
INDEX = """
It had :almanac:value:`SDU tarball:ZZ/svn/dybsvn size`.

.. almanac:overview::

.. almanac:problems::

.. almanac:node:: SDU

.. almanac:chart:: SDU tarball:ZZ/svn/dybsvn

.. almanac:compare:: size
"""
STYLE = Path(__file__).parents[2] / "sphinxext/almanac/static/almanac-parts.css"
CRITICAL = re.search(r"--crit: light-dark\(#(\w+), #(\w+)\)", STYLE.read_text(encoding="utf-8"))
assert CRITICAL is not None
TEXT = {
    scheme: f"rgb({', '.join(str(part) for part in bytes.fromhex(colour))})"
    for scheme, colour in zip(("light", "dark"), CRITICAL.groups(), strict=True)
}
"""The colour of what is critical."""


@pytest.fixture(scope="module", params=[f"{theme}-{builder}" for theme in THEMES for builder in ("html", "dirhtml")])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Project, str]:
    theme, builder = request.param.split("-")
    made = project(tmp_path_factory.mktemp("themes"), INDEX)
    assert made.build(builder, html_theme=theme) == ""
    return theme, made, builder


def opened(browser: Browser, site: Project, builder: str, scheme: str, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto((site.out(builder) / "index.html").as_uri())
    return page


@pytest.mark.parametrize("width", [1280, 375])
def test_its_parts_have_their_style(made: tuple[str, Project, str], browser: Browser, width: int) -> None:
    _, site, builder = made
    page = opened(browser, site, builder, "light", width)
    spark = page.locator("svg.spark").first
    assert spark.locator("*").first.evaluate("line => getComputedStyle(line).fill") == "none"
    box = spark.bounding_box()
    assert box is not None and box["height"] < 60
    sign = page.locator(".problems .state.crit").first
    assert sign.evaluate("one => getComputedStyle(one, '::before').width") != "auto"
    assert sign.evaluate("one => getComputedStyle(one).color") == TEXT["light"]
    assert "Critical" in page.locator(".problems li").first.inner_text().split()
    assert page.locator(".problems li").first.evaluate("one => getComputedStyle(one).listStyleType") == "none"
    assert page.locator(".strip dd").first.evaluate("one => getComputedStyle(one).marginLeft") == "0px"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_words_stand_apart_without_any_style(made: tuple[str, Project, str], browser: Browser) -> None:
    _, site, builder = made
    page = opened(browser, site, builder, "light")
    assert (
        page.locator(".problems li").first.evaluate("one => one.textContent").startswith("Critical SDU / svn/dybsvn ")
    )
    assert page.locator("svg.spark").first.evaluate("one => [one.getAttribute('fill'), one.getAttribute('width')]") == [
        "none",
        "112",
    ]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_and_charts_follow_the_theme(made: tuple[str, Project, str], browser: Browser, scheme: str) -> None:
    theme, site, builder = made
    page = opened(browser, site, builder, scheme)
    wanted = scheme if theme in CHOOSING else "light"
    chart = page.locator("figure img").first
    chart.scroll_into_view_if_needed()
    page.wait_for_function("one => one.complete && one.naturalWidth", arg=chart.element_handle())
    assert chart.evaluate("one => one.currentSrc").endswith(f"{wanted}.png")
    assert page.locator(".state.crit").first.evaluate("one => getComputedStyle(one).color") == TEXT[wanted]
    if theme in CHOOSING:  # the reader's own choice, against the system's
        other = "dark" if scheme == "light" else "light"
        place = "body" if theme == "furo" else "documentElement"
        page.evaluate("([place, scheme]) => { document[place].dataset.theme = scheme; }", [place, other])
        page.wait_for_function("one => one.complete && one.naturalWidth", arg=chart.element_handle())
        page.wait_for_function(
            "([one, end]) => one.currentSrc.endsWith(end)", arg=[chart.element_handle(), f"{other}.png"]
        )
        assert page.locator(".state.crit").first.evaluate("one => getComputedStyle(one).color") == TEXT[other]
    page.close()


def test_nothing_but_what_is_asked_for_is_loaded(made: tuple[str, Project, str]) -> None:
    _, site, builder = made
    page = Path(site.out(builder) / "index.html").read_text(encoding="utf-8")
    assert "almanac-parts.css" in page
    assert "almanac-kiosk" not in page

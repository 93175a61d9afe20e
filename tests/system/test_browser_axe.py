"""axe-core finds nothing on any kind of page, at any level of WCAG, nor by what is known as good practice.

axe-core is MPL-2.0: it comes with a package that only the tests install, and nothing of it is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.system.browsing import opened

pytestmark = pytest.mark.system

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
LEVELS = [f"wcag{version}{level}" for version in ("2", "21", "22") for level in ("a", "aa", "aaa")] + ["best-practice"]
FOUND = """levels => axe.run(document, {resultTypes: ["violations"], runOnly: levels}).then(({violations}) =>
    violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 120)}`)))"""
PAGES = [
    "index", "problems", "hubs/index", "hubs/ZZ", "environments/index", "environments/production", "groups/index",
    "nodes/index", "nodes/SDU", "nodes/H1", "nodes/web-2", "nodes/new-box", "guide/index", "guide/configuration",
    "guide/values", "genindex", "almanac-nodes", "search", "kiosk", "menu", "subjects/*~tarball*", "subjects/*~process*", "items/*~*",
    "problems/*~*",
]  # fmt: skip


def findings(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(FOUND, LEVELS)
    return found


def faults_of(browser: Browser, address: str, paths: Iterable[str], width: int, scheme: str) -> list[str]:
    """What pages complain of in a window of that width, light or dark, and what is found on them."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = opened(context, faults)
    for path in paths:
        page.goto(f"{address}/{path}")
        faults += [f"{path}: {found}" for found in findings(page)]
    context.close()
    return faults


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light"), (3840, "dark")])
def test_no_kind_of_page_has_a_finding(
    sample_site: Path, address: str, browser: Browser, width: int, scheme: str
) -> None:
    first = [min(sample_site.glob(f"{kind}.html")).relative_to(sample_site).as_posix() for kind in PAGES]
    assert faults_of(browser, address, first, width, scheme) == []


def test_nor_has_what_opens_on_a_page(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    page.locator("td button[popovertarget]").first.click()
    page.get_by_role("searchbox", name="Filter Backups").fill("svn")
    page.get_by_role("button", name="Size", exact=True).first.click()
    page.get_by_label("Search", exact=True).fill("svn")
    page.wait_for_selector(".found a")
    page.keyboard.press("ArrowDown")
    assert findings(page) == []
    page.goto(f"{address}/search.html?q=svn")
    page.wait_for_selector(".found a")
    assert findings(page) == []


def test_nothing_moves_for_those_who_want_no_motion(address: str, browser: Browser) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = opened(context, [])
    page.goto(f"{address}/index.html")
    moving = "[...document.querySelectorAll('*')].filter(one => one.getAnimations().length).length"
    assert page.evaluate(moving) == 0
    context.close()

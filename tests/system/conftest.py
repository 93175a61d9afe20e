"""The sample's site, served under the policy of our snippets, and a browser to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.sphinxext.status_site import build, status_site
from tests.system.browsing import CHROMIUM, PATIENCE, opened, served

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    made = status_site(tmp_path_factory.mktemp("browser"))
    assert build(made) == ""
    return made.out()


@pytest.fixture(scope="session")
def address(sample_site: Path) -> Iterator[str]:
    with served(sample_site) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for make in ("new_page", "new_context"):
            setattr(browser, make, _patient(getattr(browser, make)))
        yield browser
        browser.close()


def _patient(make: Callable[..., Page | BrowserContext]) -> Callable[..., Page | BrowserContext]:
    """Makes pages that wait as long as a slow machine takes."""

    def made(**options: Any) -> Page | BrowserContext:
        one = make(**options)
        one.set_default_timeout(PATIENCE)
        return one

    return made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not complain."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened(context, faults)
    context.close()
    assert faults == []

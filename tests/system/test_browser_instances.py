"""The pages of instances in a real browser: what is hidden until it is ticked, and that all can be used by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from collector.people.audiences import trees
from tests.pages.tracker import tracked_site, uuid
from tests.system.browsing import served
from tests.system.test_browser_axe import faults_of

pytestmark = pytest.mark.system

PAGES = ("index", "statistics", f"instance~{uuid(1)}", f"instance~{uuid(4)}", f"instance~{uuid(5)}")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages of instances are served."""
    made = tracked_site(tmp_path_factory.mktemp("tracker"))
    folder = trees(made.config) / "_whole/current"
    with served(folder) as address:
        yield f"{address}/instances"


def test_disabled_instances_and_additional_data_are_hidden_until_they_are_ticked(place: str, page: Page) -> None:
    page.goto(f"{place}/index.html")
    rows, column = page.locator("tbody tr:visible"), page.get_by_role("columnheader", name="Disk.name")
    expect(rows).to_have_count(4)
    expect(column).to_be_hidden()
    page.get_by_label("Disabled", exact=True).check()
    page.get_by_label("Disk.name").check()
    expect(rows).to_have_count(6)
    expect(column).to_be_visible()
    page.get_by_label("Enabled", exact=True).uncheck()
    expect(rows).to_have_count(2)
    page.reload()
    expect(rows).to_have_count(2)
    expect(column).to_be_visible()
    expect(page.get_by_label("Disk.name")).to_be_checked()
    page.get_by_label("Disabled", exact=True).uncheck()
    expect(page.get_by_text("No instance matches what is chosen.")).to_be_visible()


def test_columns_that_are_called_alike_are_told_apart(place: str, page: Page) -> None:
    def alike(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(">Public<", ">Disk.name<"))

    page.route("**/instances/index.html*", alike)
    page.goto(f"{place}/index.html")
    columns = page.locator("thead th.extra").filter(has_text="Disk.name")
    page.get_by_label("Disk.name").nth(1).check()
    page.reload()
    shown = [columns.nth(number).is_visible() for number in range(2)]
    assert shown == [False, True]
    columns.nth(1).get_by_role("button").click()
    page.reload()
    expect(columns.nth(1)).to_have_attribute("aria-sort", re.compile("ascending|descending"))
    expect(columns.nth(0)).not_to_have_attribute("aria-sort", re.compile("ascending|descending"))


def test_a_long_word_leaves_room_for_the_other_columns(place: str, page: Page) -> None:
    page.goto(f"{place}/index.html")
    cell = page.locator("tbody tr:visible td").first
    wide = cell.evaluate("cell => { cell.textContent = 'x'.repeat(150); return cell.offsetWidth / 16; }")
    assert wide <= 22


def test_the_list_sorts_by_what_instances_tell_and_filters(place: str, page: Page) -> None:
    page.goto(f"{place}/index.html")
    page.get_by_role("button", name="Users <b>").click()
    expect(page.locator("tbody tr:visible").first).to_contain_text("3.012")
    page.get_by_role("searchbox", name="Filter Instances").fill("Japan")
    expect(page.locator("tbody tr:visible")).to_have_count(1)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (375, "light")])
def test_no_page_has_a_finding(place: str, browser: Browser, width: int, scheme: str) -> None:
    assert faults_of(browser, place, [f"{name}.html" for name in PAGES], width, scheme) == []

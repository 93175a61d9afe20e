"""Tables in a real browser: they sort, filter, and keep how they stand in the address."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.sphinxext.sample_logs import DAY_OF_ALL
from tests.system.browsing import opened

pytestmark = pytest.mark.system


def column(page: Page, number: int, table: int = 0) -> list[str]:
    """The first line of each visible cell of a column."""
    cells = page.locator("table").nth(table).locator(f"tbody tr:visible > :nth-child({number})")
    return [text.strip().split("\n")[0] for text in cells.all_inner_texts()]


def sort_by(page: Page, name: str, table: int = 0) -> str | None:
    """Presses the heading and gives back what a screen reader is told of it."""
    button = page.locator("table").nth(table).get_by_role("button", name=name, exact=True)
    button.click()
    return button.locator("xpath=..").get_attribute("aria-sort")


def test_a_column_sorts_one_way_then_the_other_then_as_the_page_has_it(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/index.html")
    usual = column(page, 1)
    assert sort_by(page, "Node") == "ascending"
    up = column(page, 1)
    assert up != usual
    assert sort_by(page, "Node") == "descending"
    assert column(page, 1) == up[::-1]
    assert sort_by(page, "Node") is None
    assert column(page, 1) == usual


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("Item", 1, ["folders/svnsetup", "svn/dybsvn", "svn/old", "tracs/dybsvn", "tracs/toysvn"]),
        ("Size", 3, ["3.3 GB", "1.9 GB", "12 MB", "0 B", "no tarball seen"]),
        ("Age", 5, ["41 d", "7 d", "16 h", "16 h"]),
        ("State", 2, ["Late", "Never seen", "Gone", "OK", "not judged"]),
    ],
)
def test_numbers_sort_by_value_times_by_time_and_states_by_how_bad_they_are(
    address: str, page: Page, name: str, number: int, wanted: list[str]
) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    sort_by(page, name)
    assert [text for text in column(page, number) if text] == wanted


def test_what_is_not_known_stays_last_both_ways(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    for _ in range(2):
        sort_by(page, "Size")
        assert column(page, 1)[-1] == "tracs/toysvn"


def test_lines_of_logs_filter_by_words_node_time_and_level(address: str, page: Page) -> None:
    page.goto(f"{address}/{DAY_OF_ALL.page}.html")
    field, level = page.get_by_role("searchbox", name="Filter Log lines"), page.get_by_label("level: Log lines")
    for words, times in (("web-2", ["23:59:59 CST"]), ("11:04", ["11:04:05 CST"]), ("run-parts", ["00:00:01 CST"])):
        field.fill(words)
        assert column(page, 1) == times
    field.fill("")
    assert level.locator("option").all_inner_texts() == ["Any level", "critical", "error", "info", "warning"]
    level.select_option("error")
    assert column(page, 1) == ["11:04:05 CST"]


def test_the_address_keeps_how_each_of_several_tables_stands(address: str, page: Page) -> None:
    page.goto(f"{address}/hubs/ZZ.html#its-nodes")
    page.get_by_role("searchbox", name="Filter Backups side by side").fill("dybsvn  SVN")
    page.get_by_label("State: Its nodes").select_option("All well")
    sort_by(page, "Node", table=1)
    sort_by(page, "Sort by SDU")
    assert page.url.endswith("#its-nodes")
    assert "backups-side-by-side.has=dybsvn" in page.url
    for _ in "reload", "sent on":
        assert column(page, 1) == ["svn/dybsvn", "tracs/dybsvn"]
        assert column(page, 1, table=1) == ["dayabay"]
        page.reload()
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.get_by_role("searchbox", name="Filter Backups side by side").fill("")
    assert "has=" not in page.url


def test_an_address_of_other_nights_breaks_nothing(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html?backups.by=nothing&backups.is=Never+heard&gone.by=x&backups.has=%3Cb%3E")
    assert page.get_by_role("status").first.inner_text().startswith("0 of 5 rows")
    page.goto(f"{address}/nodes/SDU.html?backups.by=-constructor&backups.is=Never+heard")
    assert len(column(page, 1)) == 5


def test_the_number_of_rows_left_is_announced(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    page.get_by_role("searchbox", name="Filter Backups").press_sequentially("tracs")
    assert page.get_by_role("status").first.inner_text().startswith("2 of 5 rows")
    sort_by(page, "Kept")
    assert "sorted by Kept, descending" in (page.get_by_role("status").first.text_content() or "")


def test_the_keyboard_alone_sorts_and_filters(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    page.get_by_role("searchbox", name="Filter Backups").focus()
    page.keyboard.type("svn/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Item"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert column(page, 1) == ["svn/dybsvn", "svn/old"]


def test_on_a_phone_the_cards_sort_by_a_list(address: str, browser: Browser) -> None:
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = opened(context, faults)
    page.goto(f"{address}/nodes/SDU.html")
    page.get_by_label("Sort: Backups").select_option("Size ↓")
    assert column(page, 1)[0] == "tracs/dybsvn"
    assert page.url.endswith("?backups.by=-size")
    context.close()
    assert faults == []


def test_from_a_folder_tables_keep_their_state_too(sample_site: Path, page: Page) -> None:
    page.goto(f"{(sample_site / 'nodes/SDU.html').as_uri()}#disks")
    sort_by(page, "Size")
    page.get_by_role("searchbox", name="Filter Backups").fill("svn/")
    page.reload()
    assert column(page, 1) == ["svn/dybsvn", "svn/old"]


def test_without_script_there_are_tables_and_no_controls(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/nodes/SDU.html?backups.by=-size&backups.has=svn/")
    assert len(column(page, 1)) == 5
    assert page.locator("main :is(input, select, .sort)").count() == 0
    context.close()


def test_a_group_within_an_environment_is_shown_alone(address: str, page: Page) -> None:
    page.goto(f"{address}/processes.html")
    every = column(page, 1, table=1)
    page.get_by_role("link", name="show web: ", exact=False).first.click()
    page.wait_for_selector(".controls", state="attached")
    shown = column(page, 1, table=1)
    assert 0 < len(shown) < len(every)
    assert all(name.startswith("web:") for name in shown)


def problems(page: Page) -> list[str]:
    return page.locator("ol.problems li:visible .what").all_inner_texts()


def test_problems_sort_and_filter_and_their_address_tells_how(address: str, page: Page) -> None:
    page.goto(f"{address}/problems.html")
    page.wait_for_selector(".controls")
    usual = problems(page)
    page.get_by_label("Sort: Problems").select_option("What ↑")
    assert problems(page) == sorted(usual, key=str.casefold) != usual
    page.get_by_label("Sort: Problems").select_option("Since ↓")
    since = page.locator("ol.problems li time").evaluate_all("all => all.map((one) => one.dateTime)")
    assert since == sorted(since, reverse=True)
    page.get_by_label("State: Problems").select_option("Critical")
    page.get_by_role("searchbox", name="Filter Problems").fill("SDU")
    critical = problems(page)
    assert 0 < len(critical) < len(usual)
    assert all("SDU" in what for what in critical)
    assert page.locator("output.count").first.inner_text().startswith(f"{len(critical)} of {len(usual)} problems")
    page.reload()
    page.wait_for_selector(".controls")
    assert problems(page) == critical


def test_problems_are_found_by_the_environment_of_their_node(address: str, page: Page) -> None:
    page.goto(f"{address}/problems.html")
    page.get_by_role("searchbox", name="Filter Problems").fill("production")
    of_it = page.locator("ol.problems li:visible").evaluate_all("all => all.map((one) => one.dataset.in)")
    assert of_it
    assert all("production" in environments.split() for environments in of_it)

"""Values tell where they come from, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.system


def told(page: Page) -> str:
    """What the open popover says."""
    return page.locator("[popover]:popover-open").inner_text()


def test_a_value_tells_pass_source_time_outcome_and_when_it_was_confirmed(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    page.locator("tr", has_text="tracs/dybsvn").get_by_role("button", name="3.3 GB").click()
    for words in ("tarballs", "on SDU", "First read", "pass 1", "Took", "Outcome", "ok, exit status 0"):
        assert words in told(page)
    page.keyboard.press("Escape")
    assert page.locator("[popover]:popover-open").count() == 0


def test_what_is_unknown_says_why(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    page.get_by_role("button", name="unknown was 43 °C").click()
    assert "Now unknown" in told(page)


def test_a_state_tells_it_by_the_keyboard_alone(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/web-2.html")
    page.get_by_role("button", name="FATAL").focus()
    page.keyboard.press("Enter")
    assert "supervisor" in told(page) or "processes" in told(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#sources-web-2")


def test_it_works_without_script(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/subjects/SDU~tarball_3AZZ_2Fsvn_2Fdybsvn.html")
    page.locator("dd button").first.click()
    assert "First read" in told(page)
    context.close()


def test_values_look_like_words_until_they_are_pointed_at(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    value = page.locator("td button[popovertarget]").first
    look = "value => [getComputedStyle(value).backgroundColor, getComputedStyle(value).borderTopWidth]"
    assert value.evaluate(look) == ["rgba(0, 0, 0, 0)", "0px"]


def test_each_answer_stands_once_on_a_page(address: str, page: Page) -> None:
    for kind in ("nodes/SDU", "hubs/ZZ", "nodes/web-2"):
        page.goto(f"{address}/{kind}.html")
        origins = page.locator("[popover]").all_text_contents()
        assert origins
        assert len(origins) == len(set(origins)), kind
        assert len(origins) < page.locator("button[popovertarget]").count(), kind

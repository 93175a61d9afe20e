"""The search finds what there is as one types, with the keyboard alone, served or from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.sphinxext.hostile import HOSTILE

pytestmark = pytest.mark.system


def found(page: Page) -> list[str]:
    page.wait_for_selector(".found :first-child")
    return [text.replace("\n", " ") for text in page.locator(".found a").all_inner_texts()]


def test_typing_finds_and_the_keyboard_opens(address: str, page: Page) -> None:
    page.goto(f"{address}/hubs/ZZ.html")
    page.keyboard.press("/")
    page.keyboard.type("web-2 gunicorn")
    assert found(page) == ["web:gunicorn on web-2: failed Problem", "Process web:gunicorn on web-2 Subject"]
    field = page.get_by_role("combobox", name="Search")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowUp")
    chosen = page.locator(".found [aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/subjects/web-2~*")
    assert page.locator("h1").inner_text().startswith("Process web:gunicorn on web-2")


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("sdu", "SDU: Shandong, rh02 Node"),
        ("dayabay ZZ", "ZZ (dayabay) Hub"),
        ("production", "production Environment"),
        ("known_hosts", "SSH Page"),
        ("svn/dybsvn of hub", "svn/dybsvn of hub ZZ Backup item"),
        ("where a value comes from", "Where a value comes from What a value means"),
    ],
)
def test_each_kind_of_thing_is_found(address: str, page: Page, asked: str, first: str) -> None:
    page.goto(f"{address}/index.html")
    page.get_by_label("Search").fill(asked)
    assert found(page)[0] == first


def test_every_result_leads_somewhere(address: str, page: Page) -> None:
    page.goto(f"{address}/search.html?q=s")
    assert len(found(page)) > 40
    urls = {str(link.evaluate("link => link.href.split('#')[0]")) for link in page.locator(".found a").all()}
    for url in urls:
        assert page.request.get(url).ok, url


def test_enter_with_nothing_chosen_shows_all_on_a_page_of_its_own(address: str, page: Page) -> None:
    page.goto(f"{address}/nodes/SDU.html")
    page.get_by_label("Search").focus()
    page.keyboard.type("demo-")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=demo-")
    assert len(found(page)) > 4
    page.get_by_label("Search").fill("qqq zzz")
    page.get_by_text("Nothing found").wait_for()
    assert page.url.endswith("?q=qqq%20zzz")


def test_it_works_from_a_folder(sample_site: Path, page: Page) -> None:
    page.goto((sample_site / "nodes/SDU.html").as_uri())
    page.get_by_label("Search").focus()
    page.keyboard.type("tracs/dybsvn on SDU")
    assert found(page)[0].startswith("tracs/dybsvn on SDU")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("file://**/subjects/SDU~*")


def test_hostile_names_are_found_as_text(address: str, page: Page) -> None:
    page.goto(f"{address}/index.html")
    page.get_by_label("Search").fill(HOSTILE)
    assert found(page)[0].startswith(HOSTILE)


def test_escape_and_leaving_close_what_was_found(address: str, page: Page) -> None:
    page.goto(f"{address}/index.html")
    field = page.get_by_label("Search")
    field.focus()
    page.keyboard.type("sdu")
    found(page)
    page.keyboard.press("Escape")
    assert not page.locator(".found").is_visible()
    field.fill("zz")
    found(page)
    page.keyboard.press("Tab")
    assert not page.locator(".found").is_visible()


def test_without_script_a_link_leads_to_the_indexes(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/nodes/SDU.html")
    page.get_by_role("link", name="Search").click()
    page.locator("main").get_by_role("link", name="Nodes").click()
    assert page.locator("h1").inner_text().startswith("Nodes")
    context.close()

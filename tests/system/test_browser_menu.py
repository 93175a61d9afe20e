"""A touch menu and a wall display, two pages of one real browser: what is pressed here is seen there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.servers.intake import Served
from tests.system.browsing import LOGO, size_of, until
from tests.system.hall import KEY, display_in, hall

pytestmark = pytest.mark.system

HOOKS = """
window.hooks = [];
for (const name of ["almanac:start", "almanac:stop"]) {
  document.addEventListener(name, ({ type, target }) => window.hooks.push([type, target.dataset.screen, target.hidden]));
}
"""
MOVE = "getComputedStyle(document.querySelector('.screen:not([hidden])')).animationName"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Served]]:
    with hall() as served:
        yield served


@pytest.fixture
def site(served: tuple[str, Served]) -> str:
    """The address of a site with a display and a menu."""
    return served[0]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(has_touch=True) as context:
        yield context


@pytest.fixture
def display(context: BrowserContext, site: str) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.add_init_script(HOOKS)
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # no turn comes by itself
    page.goto(f"{site}/halls/north.html")
    page.get_by_text("In touch with the server").wait_for()
    page.locator(".screen[data-page] h1").first.wait_for(state="attached")  # it has taken over the pages that it shows
    return page


@pytest.fixture
def menu(context: BrowserContext, site: str, display: Page) -> Page:
    page = context.new_page()
    page.goto(f"{site}/menu.html")
    page.locator(".keys button[aria-current=true]", has_text="Room one").wait_for()
    return page


def is_shown(display: Page, screen: str) -> None:
    expect(display.locator(".screen:visible")).to_have_attribute("data-screen", screen)


def test_what_is_pressed_is_shown_and_the_menu_says_what_is(menu: Page, display: Page) -> None:
    assert menu.get_by_role("heading", name="Hall").count() == 1
    assert menu.locator(".keys button").all_inner_texts() == ["Room one", "Room two", "Room three", "The fleet"]
    for name, key, move in (
        ("The fleet", "fleet", "almanac-entering"),
        ("Room two", "page rooms/two", "almanac-sliding"),
        ("Room three", "page rooms/three", "none"),
    ):
        menu.get_by_role("button", name=name, exact=True).tap()
        is_shown(display, key)
        assert display.evaluate(MOVE) == move
        menu.locator(".keys button[aria-current=true]", has_text=name).wait_for()
        assert menu.locator(".keys button[aria-current=true]").count() == 1


def test_it_holds_and_turns_the_slideshow(menu: Page, display: Page) -> None:
    menu.get_by_role("button", name="Pause").tap()
    display.locator(".paused:visible").wait_for()
    menu.locator(".told", has_text="Held").wait_for()
    display.clock.run_for(120_000)
    is_shown(display, "page rooms/one")
    menu.get_by_role("button", name="Next").tap()
    is_shown(display, "page rooms/two")
    menu.get_by_role("button", name="Previous").tap()
    is_shown(display, "page rooms/one")
    menu.get_by_role("button", name="Pause").tap()
    menu.locator(".told", has_text="Runs").wait_for()
    display.clock.run_for(25_000)
    is_shown(display, "page rooms/two")


def test_a_screen_that_is_off_takes_no_turn_until_it_is_enabled(menu: Page, display: Page) -> None:
    for key in ("page rooms/two", "page rooms/one", "page rooms/two", "page rooms/one"):
        display.clock.run_for(25_000)
        is_shown(display, key)
    menu.get_by_role("checkbox", name="Room two in the slideshow").tap()
    menu.get_by_role("checkbox", name="The fleet in the slideshow").tap()
    expect(menu.locator(".keys input:checked")).to_have_count(2)
    menu.get_by_role("button", name="Next").tap()
    is_shown(display, "fleet")
    menu.reload()
    menu.locator(".keys button[aria-current=true]", has_text="The fleet").wait_for()
    checked = menu.get_by_role("checkbox", checked=True).evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert checked == ["Room one in the slideshow", "The fleet in the slideshow"]


def test_a_screen_hears_that_it_appears_and_that_it_leaves(menu: Page, display: Page) -> None:
    display.evaluate("window.hooks.length = 0")
    menu.get_by_role("button", name="Room two", exact=True).tap()
    is_shown(display, "page rooms/two")
    assert display.evaluate("window.hooks") == [
        ["almanac:stop", "page rooms/one", False],
        ["almanac:start", "page rooms/two", False],
    ]


def test_what_no_display_knows_changes_nothing(menu: Page, display: Page) -> None:
    menu.evaluate("""() => {
      const channel = new BroadcastChannel("almanac-display halls/north");
      for (const data of [{ do: "show", screen: "nowhere" }, { do: "explode" }, {}, null, { do: "disable", screen: "x" }]) channel.postMessage(data);
      channel.postMessage({ do: "pause" });
    }""")
    display.locator(".paused:visible").wait_for()
    is_shown(display, "page rooms/one")


def test_without_a_display_it_says_so_and_without_script_it_links_to_it(browser: Browser, site: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site}/menu.html")
        page.locator(".told", has_text="No display in this browser shows this page").wait_for()
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/menu.html")
        page.get_by_role("link", name="halls/north").click()
        assert page.locator(".screen:visible").count() == 4


LINES = """all => all.map((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getClientRects().length;
})"""


def test_a_finger_finds_each_key_on_a_phone_and_on_a_tablet(menu: Page, display: Page) -> None:
    for width in (320, 1024):
        menu.set_viewport_size({"width": width, "height": 700})
        assert menu.evaluate("document.documentElement.scrollWidth") == width
        heights = menu.locator(".menu :is(button, label, a)").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44
        assert set(menu.locator(".moves button").evaluate_all(LINES)) == {1}


def test_a_display_on_another_machine_hears_the_menu_and_goes_on_without(
    browser: Browser, served: tuple[str, Served]
) -> None:
    site, intake = served
    display = display_in(browser, site, KEY)
    menu, other = (browser.new_context().new_page() for _ in range(2))
    for page in (menu, other):
        page.goto(f"{site}/menu.html#halls/north={KEY}")
        page.locator(".told", has_text="Runs").wait_for()
    menu.get_by_role("button", name="Pause").click()
    other.locator(".told", has_text="Held").wait_for()
    menu.get_by_role("button", name="The fleet", exact=True).click()
    is_shown(display, "fleet")
    menu.get_by_role("checkbox", name="Room two in the slideshow").click()
    other.locator(".keys button[aria-current=true]", has_text="The fleet").wait_for()
    expect(other.get_by_role("checkbox", name="Room two in the slideshow")).not_to_be_checked()
    for page in (menu, other):
        page.locator(".moves button[aria-pressed=true]", has_text="Pause").wait_for()
    intake.kill()
    other.locator(".told", has_text="How it stands is not known now").wait_for()
    assert other.locator(".menu :is([aria-current=true], [aria-pressed=true])").count() == 0
    menu.get_by_role("button", name="Next").click()
    expect(menu.locator(".told")).to_contain_text("Other machines were not told")
    display.keyboard.press("ArrowRight")
    is_shown(display, "page rooms/one")
    assert display.locator(".kiosk.away").count() == 0


def test_a_display_that_hears_a_press_by_both_ways_turns_once(context: BrowserContext) -> None:
    with hall() as (site, intake):
        display, menu = context.new_page(), context.new_page()
        display.add_init_script(HOOKS)
        display.goto(f"{site}/halls/north.html#key={KEY}")
        display.locator(".screen[data-page] h1").first.wait_for(state="attached")
        menu.goto(f"{site}/menu.html")
        menu.locator(".keys button[aria-current=true]").wait_for()
        with menu.expect_event("load"):  # a key that comes later is taken, too
            menu.goto(f"{site}/menu.html#halls/north={KEY}")
        menu.locator(".keys button[aria-current=true]").wait_for()
        until_heard(menu, intake)
        display.evaluate("window.hooks.length = 0")
        with menu.expect_response("**/display/halls/north"):
            menu.get_by_role("button", name="Next").click()
        last = {"do": "show", "screen": "fleet"}
        assert intake.ask("POST", "/display/halls/north", last, bearer=KEY) == (202, {"displays": 1})
        is_shown(display, "fleet")  # so all that came before it has been heard
        started = [screen for act, screen, _ in display.evaluate("window.hooks") if act == "almanac:start"]
        assert started == ["page rooms/two", "fleet"]


def until_heard(page: Page, intake: Served) -> None:
    """Waits until a display listens."""
    start = {"do": "start"}
    until(page, lambda: intake.ask("POST", "/display/halls/north", start, bearer=KEY) == (202, {"displays": 1}))


def test_a_wrong_key_steers_nothing_and_both_say_so(browser: Browser) -> None:
    with hall() as (site, _):
        display = display_in(browser, site, "wrong")
        display.locator(".unheard", has_text="This is not the key of this display").wait_for()
        menu = browser.new_context().new_page()
        menu.goto(f"{site}/menu.html#halls/north=wrong")
        menu.get_by_role("button", name="Next").click()
        expect(menu.locator(".told")).to_contain_text("not the key of this display")


def test_a_display_that_is_closed_is_missed_and_a_server_that_was_away_forgotten(menu: Page, display: Page) -> None:
    menu.route("**/halls/north.html", lambda route: route.abort())
    comes(menu, "can't be read")
    menu.unroute("**/halls/north.html")
    comes(menu, "Runs")
    display.close()
    comes(menu, "No display in this browser")
    assert menu.locator(".menu [aria-current=true]").count() == 0


def test_a_menu_keeps_no_page_that_it_has_read(context: BrowserContext, site: str) -> None:
    menu, read = context.new_page(), list[str]()

    def room(route: Route) -> None:
        read.append(route.request.url)
        route.fulfill(content_type="text/html", body=f"<h1>Room</h1>{LOGO}")

    menu.route("**/rooms/*.html", room)
    menu.clock.install()
    menu.goto(f"{site}/menu.html")
    menu.locator(".keys button", has_text="Room").first.wait_for()
    before = size_of(menu)["Documents"]
    until(menu, lambda: len(read) >= 18 or menu.clock.run_for(1000))
    until(menu, lambda: size_of(menu)["Documents"] < before + 5)


def test_a_menu_opened_as_a_file_says_what_it_lacks(browser: Browser, sample_site: Path) -> None:
    menu = browser.new_page()
    menu.goto((sample_site / "menu.html").as_uri())
    expect(menu.locator(".told")).to_have_text("Its screens can't be read: a menu needs a web server")


def comes(menu: Page, words: str) -> None:
    """Lets the menu's own time pass, and as much for what it has asked for to come, until it says so."""
    until(menu, lambda: words in menu.locator(".told").inner_text() or menu.clock.run_for(1000))

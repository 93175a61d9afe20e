"""How long a wall display takes to show what was pressed on a menu: in the same browser, and on another machine, both
here, through `almanac intake` behind nginx.

usage: python -m tests.bench.steering

From the press on the menu to the moment when the screen has changed, by the clock that both pages share.
"""

from __future__ import annotations

import sys
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.figures import Figure, told
from tests.system.browsing import CHROMIUM
from tests.system.hall import KEY, display_in, hall

PRESSES, BAR = 60, 100.0
ROOMS = ("two", "three", "one")
"""In turn; a display shows the last of them first."""
WAYS = {"channel": "in the same browser", "intake": "on another machine, through the intake behind nginx"}

PRESS = """name => {
  const key = [...document.querySelectorAll(".keys button")].find((one) => one.textContent === name);
  const pressed = performance.timeOrigin + performance.now();
  key.click();
  return pressed;
}"""
WATCH = """() => document.addEventListener("almanac:start", ({ target }) => {
  window.changed = { screen: target.dataset.screen, at: performance.timeOrigin + performance.now() };
})"""
CHANGED = "screen => (window.changed?.screen === screen ? window.changed.at : null)"


def delays(menu: Page, display: Page) -> list[float]:
    """Milliseconds of each press."""
    display.evaluate(WATCH)
    return [delay(menu, display, ROOMS[press % len(ROOMS)]) for press in range(PRESSES)]


def delay(menu: Page, display: Page, room: str) -> float:
    """Milliseconds from a press to the screen."""
    pressed = menu.evaluate(PRESS, f"Room {room}")
    while (changed := display.evaluate(CHANGED, f"page rooms/{room}")) is None:
        pass
    return float(changed - pressed)


def pages(browser: Browser, site: str, way: str) -> tuple[Page, Page]:
    """A menu and a display that hears it."""
    display = display_in(browser, site, KEY if way == "intake" else "")
    menu = (browser.new_context() if way == "intake" else display.context).new_page()
    menu.goto(f"{site}/menu.html" + (f"#halls/north={KEY}" if way == "intake" else ""))
    menu.get_by_role("button", name="Room one").wait_for()
    if way == "intake":
        menu.locator(".told", has_text="Runs").wait_for()
    return menu, display


def measure() -> list[Figure]:
    """The figure of each way."""
    figures = []
    with sync_playwright() as playwright, hall() as (site, _):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for way, words in WAYS.items():
            took = delays(*pages(browser, site, way))
            *_, most = quantiles(took, n=20)
            what = f"ms from a press on a menu to the screen of a display {words}: 19 of 20; median {median(took):.2g}"
            figures.append(Figure(f"steer_{way}", most, BAR, what))
        browser.close()
    return figures


if __name__ == "__main__":
    sys.exit(told(measure()))

"""A wall display in a real browser: it renews itself by what a real server publishes, and never grows or goes blank."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Route

from tests.servers.web import running
from tests.sphinxext.sphinx_site import Project
from tests.sphinxext.status_site import build, status_site
from tests.system.browsing import LOGO, size_of, until
from tests.system.walls import (
    ASKED,
    PLAN,
    SCREENS,
    Counting,
    Holding,
    Site,
    grown,
    next_night,
    one_night,
    pass_by_until,
    serving,
    settled,
    shown,
    worst,
    written,
)

pytestmark = pytest.mark.system

WATCH = """
window.blank = 0;
window.same = true;
(function look() {
  const shown = document.querySelector(".screen:not([hidden]) .flow");
  if (!shown || !shown.innerText.trim()) window.blank += 1;
  requestAnimationFrame(look);
})();
"""
"""Counts each picture that the reader saw without content; what it sets is lost if the page loads anew."""

TURN = """() => {
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  return getComputedStyle(document.querySelector(".screen:not([hidden])")).animationName;
}"""

MEASURE = """() => [".screen:not([hidden])", ".foot"].map((one) => document.querySelector(one).getBoundingClientRect())
  .map((box, index) => index ? box.bottom : box.height)"""


@pytest.fixture(scope="module")
def made() -> Iterator[Project]:
    """Built once; in a folder that the user of a web server may enter."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-kiosk-"))
    folder.chmod(0o755)
    made = status_site(folder)
    made.write("kiosk", SCREENS)
    assert build(made) == ""
    yield made
    shutil.rmtree(folder)


@pytest.fixture
def site(made: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    public = Path(tempfile.mkdtemp(prefix="public-", dir=made.root))
    public.chmod(0o755)
    site = Site(made, public)
    site.publish(worst("As it was."))
    yield site
    shutil.rmtree(public)


@pytest.mark.parametrize("server", ["nginx", "apache"])
def test_a_publish_is_seen_without_a_blank_or_a_reload(
    site: Site, browser: Browser, tmp_path: Path, server: str
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="almanac-web-"))
    folder.chmod(0o755)
    page, faults = browser.new_page(viewport={"width": 1920, "height": 1080}), list[str]()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    with running(server, folder, site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.get_by_text("In touch with the server").wait_for()
        page.evaluate(WATCH)
        for text in ("First night.", "Second night."):
            site.publish(worst(text))
            page.locator(".screen:visible .why", has_text=text).first.wait_for()
        assert page.evaluate("[window.same, window.blank]") == [True, 0]
        page.close()
    shutil.rmtree(folder)
    assert faults == []


def test_a_server_that_is_away_is_told_and_comes_back_by_itself(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    with serving(site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.get_by_text("In touch with the server").wait_for()
        page.evaluate(WATCH)
    page.locator(".kiosk.away .reach", has_text="No answer from the server since").wait_for()
    assert "As it was." in page.locator(".screen:visible").inner_text()
    page.keyboard.press("ArrowRight")
    assert shown(page) != ""
    page.keyboard.press("ArrowLeft")
    site.publish(worst("Back again."))
    with serving(site.public, port):
        page.locator(".kiosk:not(.away) .why", has_text="Back again.").first.wait_for()
        assert page.evaluate("[window.same, window.blank]") == [True, 0]
        page.close()


def test_pages_that_can_t_be_read_leave_what_stands_there(site: Site, browser: Browser) -> None:
    page, tried = browser.new_page(), list[str]()

    def refuse(route: Route) -> None:
        tried.append(route.request.url)
        route.fulfill(status=200, body="<p>an error page</p>")

    with serving(site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.evaluate(WATCH)
        page.route("**/kiosk.html", refuse)
        site.publish(worst("Not yet."))
        until(page, lambda: len(tried) >= 3)
        assert "As it was." in page.locator(".screen").first.text_content()  # type: ignore[operator]
        page.locator(".kiosk.away .reach", has_text="What is new can't be read").wait_for()
        page.unroute("**/kiosk.html")
        page.locator(".why", has_text="Not yet.").first.wait_for(state="attached")
        assert page.evaluate("window.blank") == 0
        page.close()


def test_a_page_that_can_t_be_had_keeps_no_alarm_from_the_display(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    with serving(site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.keyboard.press("ArrowLeft")
        page.locator(".screen:visible h1", has_text="SDU").wait_for()
        page.keyboard.press("Space")
        page.route("**/nodes/SDU.html", lambda route: route.fulfill(status=404, body="gone"))
        site.publish(worst("Not that page."))
        page.locator(".why", has_text="Not that page.").first.wait_for(state="attached")
        page.locator(".kiosk.away .reach", has_text="What is new can't be read: nodes/SDU.html: 404").wait_for()
        assert page.locator(".screen:visible h1", has_text="SDU").count() == 1
        page.unroute("**/nodes/SDU.html")
        page.locator(".kiosk:not(.away) .screen:visible h1", has_text="SDU").wait_for()
        page.close()


def test_it_asks_once_a_second_and_nothing_is_sent_while_nothing_is_published(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script(ASKED)
    with serving(site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.reload()
        page.locator(".screen h1", has_text="SDU").wait_for(state="attached")
        Counting.answers.clear()
        pass_by_until(page, lambda: page.evaluate("window.asked.length >= 8"))
        asked = page.evaluate("window.asked")
        answers = set(Counting.answers)
        page.close()
    assert answers == {("pulse.txt", 304)}
    assert min(after - before for before, after in pairwise(asked)) == 1000


def test_weeks_of_publishes_leave_it_as_large_as_it_was(site: Site, browser: Browser, tmp_path: Path) -> None:
    tree = tmp_path / "current"
    shutil.copytree(site.made.out(), tree)
    for path in ("kiosk.html", "nodes/SDU.html"):
        written(tree / path, re.sub("<body[^>]*>", rf"\g<0>{LOGO}", (tree / path).read_text(encoding="utf-8")))
    page, seen = browser.new_page(), Counter[str]()
    page.clock.install()
    with serving(tmp_path) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        for night in range(20):
            one_night(tree, page, night, seen)
        before = size_of(page)
        for night in range(20, 60):
            one_night(tree, page, night, seen)
        until(page, lambda: not grown(before, size_of(page)))
        page.close()
    assert len(seen) >= 5


def test_a_page_that_comes_after_the_next_publish_is_not_kept(site: Site, browser: Browser) -> None:
    page, late = browser.new_page(), list[Route]()

    def hold(route: Route) -> None:
        if late:
            route.continue_()
        late.append(route)

    with serving(site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.locator(".screen h1", has_text="SDU").wait_for(state="attached")
        before = size_of(page)
        page.route("**/nodes/SDU.html", lambda route: route.fulfill(status=404))
        site.publish(worst("Without it."))
        page.locator(".screen[data-lacks]").wait_for(state="attached")
        page.unroute("**/nodes/SDU.html")
        page.route("**/nodes/SDU.html", hold)
        until(page, lambda: late)
        site.publish(worst("With it."))
        page.locator(".why", has_text="With it.").first.wait_for(state="attached")
        late[0].continue_()
        until(page, lambda: not grown(before, size_of(page)))
        page.close()


def test_a_picture_is_renewed_that_keeps_its_name(site: Site, browser: Browser, tmp_path: Path) -> None:
    tree = tmp_path / "current"
    shutil.copytree(site.made.out(), tree)
    html = (tree / "nodes/SDU.html").read_text(encoding="utf-8")
    written(tree / "nodes/SDU.html", re.sub("<main[^>]*>", r'\g<0><img class="plan" src="../plan.svg" alt="">', html))
    page = browser.new_page()
    with serving(tmp_path) as port:
        written(tree / "plan.svg", PLAN.format(20))
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        for night, width in enumerate((20, 30)):
            written(tree / "plan.svg", PLAN.format(width), night)
            next_night(tree, night)
            until(page, lambda width=width: page.evaluate("document.querySelector('.plan')?.naturalWidth") == width)
        page.close()


RACKS = "".join(f'<img src="rack-{number}.png" alt="Rack {number}">' for number in range(7))
"""More than a browser has connections to a server."""


def test_pictures_that_never_come_keep_nothing_else_away(site: Site, browser: Browser, tmp_path: Path) -> None:
    tree = tmp_path / "current"
    shutil.copytree(site.made.out(), tree)
    written(tree / "nodes/SDU.html", re.sub("<main[^>]*>", rf"\g<0>{RACKS}", (tree / "nodes/SDU.html").read_text()))
    page = browser.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    with serving(tmp_path, handler=Holding) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        for night in range(2):
            words = next_night(tree, night)
            pass_by_until(page, page.locator(".why", has_text=words).count, 500)
        page.close()
        Holding.held.set()


def test_pictures_that_were_given_up_come_when_the_server_is_well_again(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    class Frozen(Counting):
        """Answers nothing of what is asked while it is not well."""

        well: ClassVar[threading.Event] = threading.Event()
        asked: ClassVar[threading.Event] = threading.Event()

        def do_GET(self) -> None:
            if "plan.svg" in self.path:
                self.asked.set()
            if self.asked.is_set() and not self.well.is_set():
                self.well.wait()
            super().do_GET()

    tree = tmp_path / "current"
    shutil.copytree(site.made.out(), tree)
    html = (tree / "nodes/SDU.html").read_text(encoding="utf-8")
    written(tree / "nodes/SDU.html", re.sub("<main[^>]*>", r'\g<0><img class="plan" src="../plan.svg" alt="">', html))
    written(tree / "plan.svg", PLAN.format(20))
    page = browser.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    with serving(tmp_path, handler=Frozen) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        pass_by_until(page, page.locator(".plan:not([src])").count, 500)
        Frozen.well.set()
        width = "document.querySelector('.plan')?.naturalWidth"
        pass_by_until(page, lambda: page.evaluate(width) == 20, 20_000)
        page.close()


def test_keys_stop_it_and_turn_it_and_time_does_too(site: Site, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # no turn comes by itself
    with serving(site.public) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        assert shown(page) == "alarms"
        for _ in range(12):
            if shown(page) == "fleet":
                break
            page.keyboard.press("ArrowRight")
        assert shown(page) == "fleet"
        page.keyboard.press("ArrowLeft")
        assert shown(page) == "alarms"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        assert page.locator(".paused").is_visible()
        page.clock.run_for(120_000)
        assert shown(page) == "fleet"
        page.keyboard.press("Space")
        page.clock.run_for(16_000)
        assert shown(page) == "hub ZZ"
        page.close()


def test_a_clock_that_is_set_back_holds_no_screen(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.clock.install(time="2026-11-23T00:00:00Z")
    page.clock.pause_at("2026-11-23T00:00:01Z")  # no turn comes by itself
    with serving(site.public) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        page.keyboard.press("ArrowRight")  # for its whole time
        turned = page.locator(".which").inner_text()
        page.clock.set_system_time("2026-11-22T00:00:00Z")
        page.clock.run_for(25_000)
        assert page.locator(".which").inner_text() != turned
        page.close()


def test_a_new_alarm_is_shown_at_once(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # no turn comes by itself
    with serving(site.public) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        page.keyboard.press("ArrowLeft")
        assert shown(page) == "page nodes/SDU"
        page.locator(".screen:visible h1", has_text="SDU").wait_for()
        site.publish(worst("The same one."))
        pass_by_until(page, page.locator(".why", has_text="The same one.").count)
        assert shown(page) == "page nodes/SDU"
        site.publish(worst("Quite new.", "problems/new~1"))
        pass_by_until(page, page.locator(".why", has_text="Quite new.").count)
        assert shown(page) == "alarms"
        page.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1280, 960), (1920, 1080), (3840, 2160), (1080, 1920)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fills_displays_of_any_size_in_large_letters(
    site: Site, browser: Browser, width: int, height: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.set_fixed_time("2026-11-30T00:00:00Z")
    with serving(site.public) as port:
        settled(page, f"http://127.0.0.1:{port}/kiosk.html")
        page.locator(".kiosk .banner:visible", has_text="These pages are old").wait_for()
        assert page.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [width, width]
        letters = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.alarms .what')).fontSize)")
        assert letters >= 0.049 * min(width, height)
        assert page.locator(".kiosk").evaluate("one => getComputedStyle(one).cursor") == "none"
        assert page.locator(".clock").inner_text().endswith(" CST")
        if width > height:
            assert (
                page.locator(".status").bounding_box()["height"]
                < 2 * page.locator(".status .state").bounding_box()["height"]
            )  # type: ignore[index]
        for _ in range(12):
            high, bottom = page.evaluate(MEASURE)
            assert high > height / 2
            assert bottom <= height
            page.keyboard.press("ArrowRight")
    context.close()


def test_who_wants_no_motion_sees_none(site: Site, browser: Browser) -> None:
    with serving(site.public) as port:
        for motion, moves in (("no-preference", True), ("reduce", False)):
            context = browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/kiosk.html")
            style = page.evaluate(TURN)
            assert (style != "none") is moves
            context.close()


def test_without_scripts_it_is_a_page_to_read(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(site.public) as port:
        page.goto(f"http://127.0.0.1:{port}/kiosk.html")
        assert page.locator(".screen:visible").count() == page.locator(".screen").count() >= 5
        assert page.locator("h1:visible").inner_text().startswith("Wall display")
        assert not page.locator(".clock").is_visible()
        page.get_by_role("link", name="nodes/SDU").first.click()
        assert page.url.endswith("nodes/SDU.html")
    context.close()

"""A real browser opens each kind of page: wide, narrow, dark, without scripts, and with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.sphinxext.hostile import HOSTILE
from tests.sphinxext.sample_nodes import page_of
from tests.system.browsing import MORNING, opened

pytestmark = pytest.mark.system

KINDS = [
    "index", "problems", "hubs/index", "hubs/ZZ", "hubs/C2", "hubs/empty", "environments/index",
    "environments/production", "nodes/index", "nodes/SDU", "nodes/H1", "nodes/web-2", "nodes/new-box", "nodes/Z9_3A229",
    page_of(HOSTILE), "guide/index", "guide/configuration", "guide/pages", "guide/moving", "genindex", "almanac-nodes",
]  # fmt: skip


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light"), (320, "light"), (320, "dark")]
)
def test_each_kind_of_page_fits_and_nothing_is_refused(
    address: str, browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = opened(context, faults)
    for kind in KINDS:
        page.goto(f"{address}/{kind}.html")
        page.screenshot(path=tmp_path / f"{kind.replace('/', '-')[:60]}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        assert page.locator("h1:visible").count() == 1, kind
    assert faults == []
    assert len(list(tmp_path.iterdir())) == len(KINDS)
    context.close()


@pytest.mark.parametrize(("scheme", "wanted"), [("light", "light.png"), ("dark", "dark.png")])
def test_charts_follow_the_scheme(address: str, browser: Browser, scheme: str, wanted: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = opened(context, [])
    page.goto(f"{address}/nodes/SDU.html")
    chart = page.locator("figure img").first
    chart.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth === 720", arg=chart.element_handle())
    assert chart.evaluate("image => image.currentSrc").endswith(wanted)
    context.close()


@pytest.mark.parametrize(
    ("now", "overdue", "said"),
    [
        (MORNING, False, "6 h ago"),
        ("2026-11-23T20:20:00Z", False, "26 h ago"),
        ("2026-11-23T20:40:00Z", True, "27 h ago"),
        ("2026-11-30T00:00:00Z", True, "7 d ago"),
    ],
)
def test_the_reader_s_clock_tells_whether_the_next_pass_is_overdue(
    address: str, browser: Browser, now: str, overdue: bool, said: str
) -> None:
    page = browser.new_page()
    page.clock.set_fixed_time(now)
    page.goto(f"{address}/index.html")
    assert page.locator(".banner").is_visible() == overdue
    assert said in page.locator(".when").inner_text()
    page.close()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-23T00:10:00Z", "7 d"),
        ("2026-11-23T18:30:00Z", "8 d"),
        ("2026-11-30T00:00:00Z", "7 d"),  # overdue: nobody knows whether it still lasts
    ],
)
def test_how_long_a_problem_lasts_is_told_by_the_reader_s_clock(
    address: str, browser: Browser, now: str, said: str
) -> None:
    page = browser.new_page()
    page.clock.set_fixed_time(now)
    page.goto(f"{address}/index.html")
    lasting = page.locator(".problems li", has_text="SDU / svn/dybsvn").locator(".since b")
    assert lasting.inner_text() == said
    assert page.locator(".problems .since b", has_text="new tonight").count() == 4
    page.close()


def test_without_scripts_the_page_says_when_it_was_made(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    assert page.locator(".when").inner_text() == "Night of 23 Nov 02:10 CST · next 24 Nov 02:10 CST"
    assert not page.locator(".banner").is_visible()
    context.close()


def test_the_keyboard_reaches_the_content_at_once_and_shows_where_it_is(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{address}/index.html")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().left >= 0")
    assert skip.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null && !document.activeElement.closest('header')")
    page.close()


def test_on_a_phone_the_first_screen_says_what_is_wrong_since_when_and_how_bad(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 667})
    page = opened(context, [])
    page.goto(f"{address}/index.html")
    assert page.locator(".headline").inner_text() == "3 critical, 4 warnings, 1 unknown; 4 are new tonight"
    for part in (".headline", ".problems li:first-child", ".problems li:nth-child(2) .what"):
        place = page.locator(part).bounding_box()
        assert place is not None
        assert place["y"] + place["height"] <= 667, part
    assert page.locator(".problems li").first.inner_text().startswith("Critical")
    assert "7 d since 16 Nov 10:05 CST" in page.locator(".problems .since").first.inner_text()
    context.close()


def test_on_a_phone_a_chart_keeps_its_letters_and_begins_at_its_end(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 667}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/nodes/SDU.html")
    chart = page.locator("figure img").first
    chart.scroll_into_view_if_needed()
    box, place = chart.bounding_box(), page.locator("figure picture").first.bounding_box()
    assert box is not None
    assert place is not None
    assert box["width"] == 576  # of 720, so that letters of 13 are more than 10 high
    assert box["x"] + box["width"] == pytest.approx(place["x"] + place["width"])
    context.close()


def test_on_a_phone_a_sign_tells_that_a_chart_goes_on_to_the_left(address: str, browser: Browser) -> None:
    page = opened(browser.new_context(viewport={"width": 390, "height": 844}), [])
    page.goto(f"{address}/nodes/SDU.html")
    chart = page.locator("picture[tabindex]").first
    shown = "one => getComputedStyle(one, '::before').opacity"
    assert (chart.evaluate("one => getComputedStyle(one, '::before').content")).startswith('"←"')
    assert chart.evaluate("one => getComputedStyle(one, '::before').backgroundColor") == "rgb(251, 250, 247)"
    assert chart.evaluate(shown) == "1"
    chart.evaluate("one => { one.scrollLeft = -one.scrollWidth; }")
    page.wait_for_function(f"one => ({shown})(one) === '0'", arg=chart.element_handle())
    page.context.close()


def test_where_colours_are_forced_the_page_one_is_on_is_marked_alone(address: str, browser: Browser) -> None:
    page = opened(browser.new_context(forced_colors="active"), [])
    page.goto(f"{address}/nodes/SDU.html")
    edges = "all => all.map((one) => getComputedStyle(one).borderBottomColor === getComputedStyle(document.body).backgroundColor)"
    assert page.locator("header nav a:not([aria-current])").evaluate_all(f"all => ({edges})(all).every(Boolean)")
    assert page.locator("header nav a[aria-current]").evaluate_all(edges) == [False]
    page.context.close()


def test_small_charts_stand_beside_the_ends_of_their_scale(address: str, browser: Browser) -> None:
    page = opened(browser.new_context(viewport={"width": 390, "height": 844}), [])
    page.goto(f"{address}/items/ZZ~svn_2Fdybsvn.html")
    figure = page.locator("figure.axed").first
    said = [figure.evaluate(f"one => getComputedStyle(one, '::{end}').content") for end in ("before", "after")]
    assert [words.partition(" /")[0] for words in said] == ['"2.1 GB"', '"1.9 GB"']
    left = "one => one.querySelector('svg').getBoundingClientRect().left - one.getBoundingClientRect().left"
    assert figure.evaluate(left) > 30
    page.context.close()


def test_hostile_names_never_run(address: str, browser: Browser) -> None:
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address}/{page_of(HOSTILE)}.html")
    assert page.locator("h1").inner_text().startswith(HOSTILE)
    page.locator("main").hover()
    assert dialogs == []
    page.close()

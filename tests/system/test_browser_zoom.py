"""Charts can be looked into where there is script and a server; elsewhere the pictures stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.status_site import build, status_site
from tests.system import browsing
from tests.system.browsing import opened
from tests.system.test_browser_axe import findings

pytestmark = pytest.mark.system

START = int(datetime(2025, 11, 1, 18, tzinfo=UTC).timestamp())
NIGHTS = [night for night in range(380) if not 100 <= night < 130]
"""A month is missing."""
PAGE = "subjects/SDU~host_3Asystem"
MINE = """
.. almanac:chart:: SDU host:system
   :metric: load15

.. stockchart:: /data/scm_backup_monitor_SDU.json container_SDU
"""
"""A page by hand."""


def with_series(folder: Path) -> Path:
    """The sample, with a load of each night of a year for SDU's machine: 1.00, 1.01, 1.02 ..."""
    write_sample(folder)
    file = folder / "nodes/SDU.json"
    document = json.loads(file.read_text())
    host = next(subject for subject in document["subjects"] if subject["kind"] == "host")
    host["series"] = {years: f"series/SDU/{host['anchor']}.{years}.json" for years in ("2021-2025", "2026")}
    load = next(metric for metric in host["metrics"] if metric["name"] == "load15")
    load["thresholds"] = [
        {"value": 2.0, "level": "critical", "side": "below"},
        {"value": 3.0, "level": "warning", "side": "above"},
    ]
    item = next(subject for subject in document["subjects"] if subject["label"] == "svn/dybsvn")
    item["series"] = {"2026": f"series/SDU/{item['anchor']}.2026.json"}
    booted = {"subject": host["name"], "time": "2026-11-12T18:00:00Z", "level": "info", "text": "<b>booted"}
    document["events"] += [booted, booted | {"subject": "host:other"}, booted | {"time": "2024-11-12T18:00:00Z"}]
    file.write_text(json.dumps(document))
    (folder / "series/SDU").mkdir(parents=True)
    for years, name in host["series"].items():
        nights = [n for n in NIGHTS if str(datetime.fromtimestamp(START + n * 86400, UTC).year) == years[-4:]]
        told = {"unit": "load", "times": [START + n * 86400 for n in nights], "values": [1 + n / 100 for n in nights]}
        (folder / name).write_text(json.dumps({"subject": host["name"], "metrics": {"load15": told}}))
    sizes = {"unit": "bytes", "times": [START, START + 86400], "values": [1e9, 2e9]}
    (folder / item["series"]["2026"]).write_text(json.dumps({"subject": item["name"], "metrics": {"size": sizes}}))
    return folder


@pytest.fixture(scope="module")
def zoomable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = status_site(tmp_path_factory.mktemp("zoom"), with_series)
    made.write("mine", f":orphan:\n\nMine\n====\n\n{MINE}")
    assert build(made) == ""
    return made.out()


@pytest.fixture(scope="module")
def served(zoomable: Path) -> Iterator[str]:
    with browsing.served(zoomable) as address:
        yield address


def looked_into(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Zoom in: Load, 15 min").click()
    page.wait_for_selector("svg.zoom .line")


def words(page: Page) -> str:
    return page.locator(".reading span").inner_text()


def seen(page: Page) -> int:
    """How many values the chart shows."""
    path = page.locator("svg.zoom .line").get_attribute("d") or ""
    return path.count("M") + path.count("L")


def test_all_values_are_drawn_with_gaps_and_thresholds_and_the_last_is_told(served: str, page: Page) -> None:
    looked_into(page, f"{served}/{PAGE}.html")
    assert seen(page) == len(NIGHTS)
    assert (page.locator("svg.zoom .line").get_attribute("d") or "").count("M") == 2
    assert page.locator("svg.zoom .level.warning title").text_content() == "warning from 3.00"
    assert page.locator("svg.zoom .level.critical title").text_content() == "critical below 2.00"
    assert words(page) == "16 Nov 2026, 02:00 CST: 4.79"
    assert not page.locator(".stacked picture").first.is_visible()
    assert findings(page) == []


def test_events_and_the_same_period_before_are_drawn_where_they_fit(served: str, page: Page) -> None:
    looked_into(page, f"{served}/{PAGE}.html")
    assert page.locator("svg.zoom .event title").all_text_contents() == ["13 Nov 2026, 02:00 CST: <b>booted"]
    assert page.locator("svg.zoom .before title").text_content() == "the year before"
    page.locator("svg.zoom").press("ArrowLeft")
    for _ in range(20):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    assert page.locator("svg.zoom .before title").text_content() == "the month before"
    line, before = (page.locator(f"svg.zoom .{one}").get_attribute("d") or "" for one in ("line", "before"))
    starts = [float(path.removeprefix("M").split()[0]) for path in (line, before)]
    assert starts[0] == starts[1]
    assert line.count("L") == before.count("L") == 20
    assert page.locator("svg.zoom .event").count() == 1


def test_charts_on_a_page_by_hand_can_be_looked_into(served: str, page: Page) -> None:
    looked_into(page, f"{served}/mine.html")
    assert seen(page) == len(NIGHTS)
    assert page.locator("figure picture").first.is_hidden()
    page.get_by_role("button", name="Back to the pictures: Load, 15 min").click()
    page.get_by_text("Each backup by itself").click()
    page.get_by_role("button", name="Zoom in: svn/dybsvn").click()
    page.wait_for_selector("svg.zoom .line")
    assert seen(page) == 2
    assert findings(page) == []


def test_dragging_selects_and_double_click_shows_the_whole(served: str, page: Page) -> None:
    looked_into(page, f"{served}/{PAGE}.html")
    chart = page.locator("svg.zoom")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 90, steps=4)
    assert "selected from" in words(page)
    page.mouse.up()
    assert 70 < seen(page) < 130
    page.mouse.dblclick(box["x"] + box["width"] * 0.5, box["y"] + 90)
    assert seen(page) == len(NIGHTS)


def test_the_pointer_tells_value_time_and_unit(served: str, page: Page) -> None:
    looked_into(page, f"{served}/{PAGE}.html")
    page.locator("svg.zoom").hover(position={"x": 70, "y": 100})
    assert " Nov 2025, 02:00 CST: 1.0" in words(page)


def test_the_keyboard_moves_selects_and_goes_back(served: str, page: Page) -> None:
    looked_into(page, f"{served}/{PAGE}.html")
    slider = page.get_by_role("slider", name="Load, 15 min")
    assert slider.evaluate("slider => slider === document.activeElement")
    page.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "15 Nov 2026, 02:00 CST: 4.78"
    for _ in range(9):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    assert seen(page) == 10
    page.get_by_role("button", name="Whole").click()
    assert seen(page) == len(NIGHTS)
    page.get_by_role("button", name="Back to the pictures: Load, 15 min").press("Enter")
    assert page.locator(".stacked picture").first.is_visible()


def test_a_finger_selects_too(served: str, browser: Browser) -> None:
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    page = opened(context, faults)
    looked_into(page, f"{served}/{PAGE}.html")
    chart = page.locator("svg.zoom")
    chart.scroll_into_view_if_needed()
    for kind, x in (("pointerdown", 100), ("pointermove", 200), ("pointerup", 200)):
        chart.evaluate(
            """(svg, [kind, x]) => { svg.setPointerCapture = () => {};
            svg.dispatchEvent(new PointerEvent(kind, {clientX: x, pointerType: "touch"})); }""",
            [kind, x],
        )
    assert 60 < seen(page) < 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()
    assert faults == []


def test_from_a_folder_and_where_numbers_are_lost_it_quietly_stays_a_picture(
    zoomable: Path, served: str, browser: Browser, page: Page
) -> None:
    page.goto((zoomable / f"{PAGE}.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("button", name="Zoom in").count() == 0
    context = browser.new_context()
    lost = context.new_page()
    lost.route("**/series/**", lambda route: route.fulfill(status=404))
    lost.goto(f"{served}/{PAGE}.html")
    lost.get_by_role("button", name="Zoom in: Load, 15 min").click()
    lost.get_by_role("button", name="Zoom in: Load, 15 min").wait_for(state="detached")
    assert lost.locator(".stacked picture").first.is_visible()
    context.close()

"""The directive of a wall display: what it says, what is wrong with it, and what becomes of it each night."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinxext.almanac.export import Export
from sphinxext.almanac.kiosk import Line, Screen, asked, screens
from tests.sphinxext.page_reading import read
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sphinx_site import project


def test_a_line_is_what_to_show_for_how_long_and_how_it_appears() -> None:
    text = "alarms 20\n\n  fleet\n/nodes/SDU  7 slide\n my page 2 9\nroom off\nslide cut off"
    lines = asked(text)
    assert lines == [
        Line("alarms", 20),
        Line("fleet", 15),
        Line("nodes/SDU", 7, "slide"),
        Line("my page 2", 9),
        Line("room", off=True),
        Line("slide", transition="cut", off=True),
    ]
    assert asked("\n".join(map(str, lines))) == lines


def test_each_hub_that_is_not_well_has_a_screen_and_likes_are_told_apart(tmp_path: Path) -> None:
    export = Export(write_sample(tmp_path))
    unwell = [name for name, hub in export.manifest.hubs.items() if hub.level != "ok"]
    found = screens(export, "alarms 5\nhubs 6\nalarms 7\nguide 8")
    alarms, hubs, again, guide = asked("alarms 5\nhubs 6\nalarms 7\nguide 8")
    between = [Screen("hub", hubs, name) for name in unwell]
    assert found == [
        Screen("alarms", alarms),
        *between,
        Screen("alarms", again, turn=2),
        Screen("page", guide, "guide"),
    ]
    assert [screen.key for screen in found][-2:] == ["alarms 2", "page guide"]
    assert [screen.title for screen in found][-2:] == ["Alarms (2)", "guide"]


def test_where_all_hubs_are_well_and_nothing_else_is_asked_for_there_are_the_alarms(tmp_path: Path) -> None:
    folder = write_sample(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for hub in manifest["hubs"].values():
        hub["level"] = "ok"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert [screen.show for screen in screens(Export(folder), "hubs")] == ["alarms"]


def test_of_hundreds_of_alarms_the_worst_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:kiosk::")
    file = site.export / "manifest.json"
    manifest = json.loads(file.read_bytes())
    worst, *_ = manifest["problems"]
    manifest["problems"] = [worst | {"page": f"problems/{number}"} for number in range(300)]
    file.write_text(json.dumps(manifest))
    assert site.build(html_theme="almanac") == ""
    first = site.page().partition('data-screen="fleet')[0]
    assert (first.count("data-alarm"), "and 280 more problems" in first) == (20, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("alarms 2", "expected 3 to 3600 seconds but got 2 for alarms"),
        ("fleet 4000", "expected 3 to 3600 seconds but got 4000 for fleet"),
        ("alarm 20", 'there is no page "alarm"; did you mean "alarms"?'),
        ("nodes/SDV", 'there is no page "nodes/SDV"; did you mean "nodes/SDU"?'),
    ],
)
def test_what_can_t_be_shown_is_told_with_its_mend(tmp_path: Path, line: str, said: str) -> None:
    assert said in project(tmp_path, f".. almanac:kiosk::\n\n   {line}\n").build()


def test_only_the_page_of_a_display_loads_what_makes_it_one(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:kiosk::\n\n   alarms\n   pages/b 9\n", a=".. almanac:node:: SDU", b="text")
    assert site.build(html_theme="almanac") == ""
    assert "almanac-kiosk.js" in site.page()
    assert "almanac-kiosk" not in site.page("pages/a")
    page = read(site.page())
    assert page.faults == []
    assert page.all("div", "data-page") == ["pages/b.html"]
    assert "No new backup for 7 nights" in page.text


def test_a_menu_names_its_displays_and_one_that_is_none_is_told(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:menu::\n\n   pages/hall\n", hall=".. almanac:kiosk::")
    assert site.build(html_theme="almanac") == ""
    page = read(site.page())
    assert page.faults == []
    assert page.all("section", "data-display") == ["pages/hall"]
    assert page.all("section", "data-page") == ["pages/hall.html"]
    assert "almanac-menu.js" in site.page()
    assert "almanac-kiosk.js" not in site.page()
    site.write("index", "Status\n======\n\n.. almanac:menu::\n\n   pages/hal\n")
    assert 'there is no page "pages/hal"; did you mean "pages/hall"?' in site.build(html_theme="almanac")


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man"])
def test_other_builders_tell_what_it_shows(tmp_path: Path, builder: str) -> None:
    site = project(tmp_path, ".. almanac:kiosk::")
    assert site.build(builder) == ""
    told = site.page("index", builder)
    assert "8 problems" in told
    assert "No new backup" in told


def test_tables_of_a_pdf_go_on_over_pages_and_leave_short_words_whole(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:overview:: fleet")
    assert site.build("latex") == ""
    told = site.page("index", "latex")
    assert "\\begin{longtable}" in told
    assert "\\X{12}{" in told

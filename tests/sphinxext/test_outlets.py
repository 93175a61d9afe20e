"""Badges, the feed and the pulse: what a site gives besides pages."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sphinxext.almanac.each import Mould
from sphinxext.almanac.fill import PULSE, fill
from sphinxext.almanac.index import Index
from sphinxext.almanac.outlets import width
from sphinxext.almanac.slots import comment
from tests.sphinxext.hostile import HOSTILE
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sample_nodes import page_of
from tests.sphinxext.status_site import build, status_site

ATOM, SVG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/2000/svg}"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Frames of one page and of the problems' pages, the sample's export, an empty site."""
    frames, export = tmp_path / "frames", write_sample(tmp_path / "export")
    frames.mkdir()
    (frames / "index.html").write_text(comment({"slot": "headline"}))
    (frames / "each.html").write_text("")
    moulds = {"problem": Mould("each.html", "problems/NAME.html", "problems/NAME.html")}
    change(export, url=None)
    Index({"index": "index.html"}, {"index": "index.html"}, moulds, outlets=True).write(frames)
    return frames, export, tmp_path / "out"


def change(export: Path, **fields: object) -> None:
    file = export / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def entries(out: Path) -> list[dict[str, str]]:
    """Each entry of the feed: the text of its elements, and its link."""
    feed = ElementTree.parse(out / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    found = []
    for entry in feed.findall(f"{ATOM}entry"):
        told = {one.tag.removeprefix(ATOM): one.text or one.get("href", "") for one in entry}
        found.append(told)
    return found


def test_the_feed_tells_each_problem_newest_first_with_its_page(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    problems = json.loads((folders[1] / "manifest.json").read_text())["problems"]
    told = entries(folders[2])
    assert [one["updated"] for one in told] == sorted((one["since"] for one in problems), reverse=True)
    assert {one["summary"] for one in told} == {one["text"] for one in problems}
    assert all((folders[2] / one["link"]).is_file() for one in told)
    assert len({one["id"] for one in told}) == len(problems)


def test_a_feed_of_a_site_that_knows_its_address_links_to_it(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    before = entries(folders[2])
    change(folders[1], url="https://status.example.org/lab")
    fill(*folders)
    after = entries(folders[2])
    assert [one["link"] for one in after] == [f"https://status.example.org/lab/{one['link']}" for one in before]
    feed = ElementTree.parse(folders[2] / "feed.xml").getroot()
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        None: "https://status.example.org/lab/index.html",
        "self": "https://status.example.org/lab/feed.xml",
    }


@pytest.mark.parametrize(
    ("url", "wanted"), [(None, "index.html"), ("https://a.example/", "https://a.example/index.html")]
)
def test_the_feed_links_to_what_a_rule_says_to_do(
    folders: tuple[Path, Path, Path], url: str | None, wanted: str
) -> None:
    problems = json.loads((folders[1] / "manifest.json").read_text())["problems"]
    runbooks = {"index": 1, "nowhere": 1, "": len(problems) - 2}
    given = [
        {**one, "runbook": book}
        for one, book in zip(problems, [b for b in runbooks for _ in range(runbooks[b])], strict=True)
    ]
    change(folders[1], url=url, problems=given)
    fill(*folders)
    feed = ElementTree.parse(folders[2] / "feed.xml").getroot()
    links = [link for entry in feed.iter(f"{ATOM}entry") for link in entry.findall(f"{ATOM}link[@rel='related']")]
    assert [(link.get("href"), link.get("title")) for link in links] == [(wanted, "What to do")]


def test_a_problem_keeps_its_identity_from_night_to_night(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    before = {one["title"]: one["id"] for one in entries(folders[2])}
    change(folders[1], problems=json.loads((folders[1] / "manifest.json").read_text())["problems"][1:])
    fill(*folders)
    after = {one["title"]: one["id"] for one in entries(folders[2])}
    assert len(after) == len(before) - 1
    assert after.items() <= before.items()


def test_a_problem_that_got_worse_is_a_new_entry(folders: tuple[Path, Path, Path]) -> None:
    problems = json.loads((folders[1] / "manifest.json").read_text())["problems"]
    (warning, *_) = (one for one in problems if one["level"] == "warning")
    change(folders[1], problems=[warning])
    fill(*folders)
    (before,) = entries(folders[2])
    change(folders[1], problems=[warning | {"level": "critical"}])
    fill(*folders)
    (after,) = entries(folders[2])
    assert (after["id"] == before["id"], after["title"]) == (False, before["title"].replace("Warning", "Critical"))


def test_a_badge_says_the_state_by_word_sign_and_colour(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    badge = ElementTree.parse(folders[2] / "badges/nodes/SDU.svg").getroot()
    assert badge.tag == f"{SVG}svg"
    assert badge.get("aria-label") == "SDU: Critical"
    assert [text.text for text in badge.iter(f"{SVG}text")] == ["SDU", "■ Critical"]
    assert "#b3261e" in [one.get("fill") for one in badge.iter(f"{SVG}rect")]
    made = {file.relative_to(folders[2] / "badges").as_posix() for file in (folders[2] / "badges").rglob("*.svg")}
    manifest = json.loads((folders[1] / "manifest.json").read_text())
    tables = (manifest[name].values() for name in ("nodes", "hubs", "environments"))
    assert made == {f"{entry['page']}.svg" for table in tables for entry in table}


def test_a_hostile_name_is_text_in_a_badge_and_in_the_feed(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    badge = ElementTree.parse(folders[2] / f"badges/{page_of(HOSTILE)}.svg").getroot()
    assert next(badge.iter(f"{SVG}text")).text == HOSTILE
    assert {one.tag for one in badge.iter()} == {f"{SVG}{tag}" for tag in ("svg", "title", "rect", "g", "text")}
    assert any(HOSTILE in one["title"] for one in entries(folders[2]))


def test_wide_letters_get_a_wider_badge() -> None:
    assert width("台北") == width("abcd") > width("ab") > width("") > 0


def test_badges_of_what_has_gone_are_taken_away_and_all_where_none_are_wanted(
    folders: tuple[Path, Path, Path],
) -> None:
    fill(*folders)
    change(folders[1], environments={})
    fill(*folders)
    assert not (folders[2] / "badges/environments").exists()
    index = Index.read(folders[0])
    Index(index.pages, index.targets, index.moulds).write(folders[0])
    fill(*folders)
    assert not (folders[2] / "feed.xml").exists()
    assert list(folders[2].rglob("*.svg")) == []


def test_the_pulse_changes_when_a_page_does_and_only_then(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    pulse = folders[2] / PULSE
    first, stamp = pulse.read_text(), pulse.stat().st_mtime_ns
    fill(*folders)
    assert (pulse.read_text(), pulse.stat().st_mtime_ns) == (first, stamp)
    (folders[0] / "index.html").write_text("other words" + comment({"slot": "headline"}))
    fill(*folders)
    assert pulse.read_text() != first
    assert len(pulse.read_bytes()) == 17


def test_the_site_that_comes_with_almanac_names_its_feed_on_every_page(tmp_path: Path) -> None:
    made = status_site(tmp_path)
    assert build(made) == ""
    assert (made.out() / "feed.xml").exists()
    for page, href in (("index", "feed.xml"), ("nodes/SDU", "../feed.xml")):
        text = (made.out() / f"{page}.html").read_text()
        assert f'<link rel="alternate" type="application/atom+xml" title="Problems" href="{href}">' in text

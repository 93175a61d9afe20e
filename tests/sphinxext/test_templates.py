"""The site as it comes, built from the sample: what its pages say, and that they are sound."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from sphinxext.almanac.export import opened
from sphinxext.almanac.fill import Press, environment
from sphinxext.almanac.place import Place
from tests.sphinxext.hostile import HOSTILE, HOSTILE_TEXT
from tests.sphinxext.page_reading import Page, read
from tests.sphinxext.sample_export import write_empty
from tests.sphinxext.sample_nodes import page_of
from tests.sphinxext.sphinx_site import Project
from tests.sphinxext.status_site import build, status_site

LINKS = [("a", "href"), ("img", "src"), ("source", "srcset"), ("script", "src"), ("link", "href")]
STATIC = Path(__file__).parents[2] / "sphinxext/almanac/static"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = status_site(tmp_path_factory.mktemp("site"))
    assert build(made) == ""
    return made


@pytest.fixture(scope="module")
def pages(site: Project) -> dict[str, Page]:
    files = sorted(site.out().rglob("*.html"))
    return {f.relative_to(site.out()).as_posix(): read(f.read_text(encoding="utf-8")) for f in files}


def words(page: Page) -> str:
    return " ".join(page.text.replace("\u202f", " ").split())


# ---- soundness


def test_pages_are_sound_and_hold_nothing_inline(pages: dict[str, Page]) -> None:
    assert {path: page.faults for path, page in pages.items() if page.faults} == {}


def test_each_page_has_one_title_one_main_part_and_a_language(pages: dict[str, Page]) -> None:
    counts = {
        path: (p.count("h1"), p.count("main"), p.count("nav"), p.all("html", "lang")) for path, p in pages.items()
    }
    assert {path: c for path, c in counts.items() if c != (1, 1, 1, ["en"])} == {}


def test_no_page_asks_another_host(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        asked = [*page.all("script", "src"), *page.all("link", "href"), *page.all("img", "src")]
        asked += page.all("source", "srcset")
        assert [url for url in asked if "//" in url] == [], path


def test_each_link_and_picture_leads_somewhere(site: Project, pages: dict[str, Page]) -> None:
    places = {path: {attrs.get("id") for _, attrs in page.tags} for path, page in pages.items()}
    lost = []
    for path, page in pages.items():
        urls = {url for tag, name in LINKS for url in page.all(tag, name) if "//" not in url}
        for url in urls:
            file, _, anchor = url.partition("#")
            file = file.partition("?")[0]
            target = os.path.normpath(Path(path).parent / unquote(file)) if file else path
            if not (site.out() / target).is_file() or (anchor and unquote(anchor) not in places[target]):
                lost.append((path, url))
    assert lost == []


def test_problems_lead_to_their_pages_and_those_to_the_subject_and_the_node(pages: dict[str, Page]) -> None:
    late = "SDU~tarball_3AZZ_2Fsvn_2Fdybsvn"
    assert f"problems/{late}~late.html" in pages["index.html"].all("a", "href")
    assert {f"../subjects/{late}.html", "../nodes/SDU.html"} <= set(
        pages[f"problems/{late}~late.html"].all("a", "href")
    )


def test_hostile_text_stays_text(pages: dict[str, Page]) -> None:
    page = pages[f"{page_of(HOSTILE)}.html"]
    assert HOSTILE_TEXT in page.text
    assert HOSTILE in page.text
    assert {src.rpartition("/")[0] for src in page.all("script", "src")} == {"../_static"}  # none stands in the page


def test_pictures_have_both_schemes_a_size_and_words(pages: dict[str, Page]) -> None:
    page = pages["nodes/SDU.html"]
    pictures = [attrs for tag, attrs in page.tags if tag == "img"]
    assert pictures
    assert all(set(attrs) == {"src", "width", "height", "alt", "loading"} and attrs["alt"] for attrs in pictures)
    assert page.all("source", "media") == ["(prefers-color-scheme: dark)"] * len(pictures)


# ---- what pages say


SAYS = {
    "index.html": [
        "3 critical, 4 warnings, 1 unknown; 4 are new tonight",
        "20 of 23 nodes answered. All else that they told is as it should be.",
        "Pass 1 284: 20 of 23 nodes answered, in 38 s",
        "Night of 23 Nov 02:10 CST · next 24 Nov 02:10 CST",
        "SDU / svn/dybsvn No new backup for 7 nights; before that one every night.",
        "7 d since 16 Nov 10:05 CST",
        "new tonight 23 Nov 02:10 CST",
        "Hottest unknown no sensor told",
        "Units failed 0 of 312",
        "gone-box: no longer configured",
        "Hubs, environments",
    ],
    "hubs/ZZ.html": [
        "Server dayabay, backed up on SDU. Its report.",
        "Query the cms02 hub backup on cms01, as I do not have access to the SDU one <b>&</b>",
        "6 d behind the hub",
    ],
    "hubs/G.html": ["The newest tarball of each item. Ages as of"],
    "nodes/demo-1.html": ["The sources of demo-1, on this machine. Ages as of"],
    "hubs/empty.html": ["with no backup nodes", "No backups have been seen yet.", "No nodes are configured here yet."],
    "nodes/SDU.html": [
        "Shandong, rh02. Backup node of hub ZZ (dayabay), in production. Answered 23 Nov 02:10 CST in 1.8 s.",
        "svn/dybsvn Late 1.9 GB +0.4 % 7 d 16 Nov 10:05 CST same 4",
        "tracs/toysvn Never seen no tarball seen",
        "folders/svnsetup not judged 0 B none",
        "svn/old Gone last seen 13 Oct 12 MB as of 13 Oct (stale)",
        "Memory used 20.5 GB of 33.7 GB",
        "Core 1 unknown was 43 °C on 20 Nov",
        "2 lines of tarballs:ZZ could not be understood",
        "Line 17: the stamp 2026/13/45/999999 is no time",
        "tarballs:ZZ ok this pass 23 Nov 02:10 CST 0.6 s 0",
    ],
    "nodes/H1.html": [
        "Did not answer when asked 23 Nov 02:10 CST: Its host key changed",
        "What stands here is of 21 Nov 02:10 CST, 2 d before the pass.",
        "121 MB as of 21 Nov (stale)",
    ],
    "nodes/new-box.html": ["Never answered when asked 23 Nov 02:10 CST: No connection", "never"],
    "nodes/web-2.html": ["web:gunicorn FATAL 6 h 22 Nov 20:10 CST", "ntpd.service Unknown", "host timed out"],
    "nodes/Z9_3A229.html": ["repos/data Digest", "differs"],
    "nodes/index.html": ["new-box Unknown never No connection", "23 nodes. Ages as of 23 Nov 02:10 CST."],
    "environments/production.html": ["5 nodes, 4 problems."],
    "groups/web.html": ["1 node, 1 problem.", "Process is FATAL"],
    "subjects/SDU~tarball_3AZZ_2Fsvn_2Fdybsvn.html": [
        "svn/dybsvn on SDU",
        "Late A backup item of hub ZZ, kept on SDU: the newest tarball is 1.9 GB, of 16 Nov 10:05 CST, 7 d old at the pass.",
        "All copies of svn/dybsvn side by side",
        "Number kept 4",
        "A month",
        "Size: the last value of each day",
        "Newest dybsvn-18642.tar.gz 12 d 11 Nov 02:10 CST this pass 23 Nov 02:10 CST revision 18642",
        "tarballs:ZZ 1 277 7 d 16 Nov 10:05 CST 0.6 s ok 0",
    ],
    "subjects/SDU~tarball_3AZZ_2Ftracs_2Ftoysvn.html": [
        "Never seen A backup item of hub ZZ, kept on SDU: no tarball has been seen.",
        "never seen: it is declared in almanac.toml, and no answer has had it yet",
    ],
    "subjects/H1~tarball_3AC2_2Ftracs_2Fenv.html": [
        "H1 did not answer in the last pass: Its host key changed",
        "121 MB as of 21 Nov (stale)",
        "The source tarballs:C2 did not tell in the last pass: Its host key changed",
        "Its last good answer is of 21 Nov 02:10 CST.",
    ],
    "subjects/web-2~process_3Aweb_3Agunicorn.html": [
        "FATAL for 6 h, since 22 Nov 20:10 CST.",
        "Process web:gunicorn on web-2",
    ],
    "subjects/web-2~disk_3A_2Fvolume1.html": ["A file system of web-2: 78 % used, 1.8 TB free of 8 TB."],
    "items/ZZ~svn_2Fdybsvn.html": [
        "2 copies of what hub ZZ (dayabay) backs up.",
        "dayabay the hub OK 1.9 GB +0.4 % 16 h 22 Nov 10:19 CST is the hub same 4",
        "SDU Late 1.9 GB +0.4 % 7 d 16 Nov 10:05 CST 6 d same 4",
        "All on one scale, from 1.9 GB to 2.1 GB, over the 60 nights to 23 Nov.",
    ],
    "items/C2~repos_2Fheprez2.html": ["1 copy of what hub C2 (cms02) backs up; never seen on cms02, H1.", "Never seen not there"],
    "problems/cms02~disk_3A_2Fvolume1~full.html": [
        "/volume1 on cms02: full",
        "93 % used; full in 23 to 31 days.",
        "Warning 9 d since 14 Nov 02:10 CST",
        "Found by the rule full.",
        "What else is wrong on cms02",
        "52 MB tonight",
    ],
    "subjects/web-2~host_3Asystem.html": ["The machine web-2", "load 0.42 over 15 minutes", "Load, 15 min"],
    "problems/H1~_~unreachable.html": ["The node H1 as a whole. Found by the rule unreachable.", "Nothing else is known"],
    "problems.html": ["Has never answered: No connection to new-box.example.org port 22 within 10 s."],
}  # fmt: skip


@pytest.mark.parametrize("path", SAYS)
def test_pages_say_what_is_so(pages: dict[str, Page], path: str) -> None:
    said = words(pages[path])
    assert [sentence for sentence in SAYS[path] if sentence not in said] == []


def test_a_node_s_page_with_twenty_backups_is_light(tmp_path: Path) -> None:
    made = status_site(tmp_path)
    file = made.export / "nodes/SDU.json"
    document = json.loads(file.read_text())
    item = document["subjects"][0]
    document["subjects"] += [
        item | {"name": f"tarball:ZZ/s/{i}", "page": f"subjects/SDU~{i}", "anchor": f"s{i}"} for i in range(15)
    ]
    file.write_text(json.dumps(document))
    assert build(made) == ""
    page = read(made.page("nodes/SDU"))
    linked = [
        url
        for url in page.all("link", "href") + page.all("script", "src")
        if url.partition("?")[0].endswith((".css", ".js"))
    ]
    assert {"../_static/almanac-parts.css", "../_static/almanac.js"} <= {url.partition("?")[0] for url in linked}
    weights = [len(made.files()[url.partition("?")[0].removeprefix("../")]) for url in linked]
    assert len(made.page("nodes/SDU").encode()) + sum(weights) < 58_000  # of 60 kB, so that there is room
    assert page.count("img") <= 1
    assert "pygments.css" in made.page("guide/pages")


def test_the_tab_of_the_browser_tells_how_bad_it_is(site: Project) -> None:
    assert "<title>■ 3 ▲ 4 Nodes &#8212; Backups at the lab</title>" in site.page("nodes/index")


def test_the_night_before_the_first_is_told_as_such(tmp_path: Path) -> None:
    made = status_site(tmp_path, write_empty)
    assert build(made) == ""
    index = read(made.page("index"))
    assert index.faults == []
    for sentence in (
        "Nothing has been asked yet",
        "No pass has run yet. Run almanac nightly",
        "No figures yet.",
        "no night before",
    ):
        assert sentence in words(index)
    for table in ("nodes", "hubs", "environments"):
        assert "configured" in words(read(made.page(f"{table}/index")))


def test_without_an_export_the_site_is_built_with_one_warning(tmp_path: Path) -> None:
    made = status_site(tmp_path, write_empty)
    (made.export / "manifest.json").unlink()
    warnings = build(made)
    assert (warnings.count("\n"), "there is no export here; make one with: almanac export" in warnings) == (1, True)


def test_the_site_is_a_book_too(tmp_path: Path) -> None:
    made = status_site(tmp_path, write_empty)
    assert made.build("epub", almanac_export=str(made.export)) == ""


def test_a_site_without_a_page_for_it_shows_the_name_without_a_link(site: Project) -> None:
    export = opened(site.export)
    press = Press(environment(export), Place(export, {}, {}, "index.html"), "index")
    for slot in ("fleet", "changes", "hubs", "environments", "nodes", "problems"):
        fragment = read(press.render({"slot": slot}))
        assert (fragment.faults, fragment.all("a", "href")) == ([], []), slot
        assert "SDU" in fragment.text or slot in ("fleet", "changes", "environments")


def test_all_is_well_is_said_only_when_all_is_known_to_be(site: Project) -> None:
    export = opened(site.export)
    night = export.manifest["last_pass"] | {"reached": 23}
    nodes = {"a": export.manifest["nodes"]["C"]}
    for level, wanted in (("ok", "All is well"), ("unknown", "No problem is known, but not all is known")):
        quiet = export.manifest | {
            "problems": [],
            "level": level,
            "nodes": nodes,
            "last_pass": type(export.manifest)(night),
        }
        assert wanted in _headline(export, quiet)
    assert "All 23 nodes answered." in _headline(export, quiet)
    alone = quiet | {"last_pass": type(export.manifest)(night | {"asked": 1, "reached": 1})}
    assert '<p class="lede">1 node answered.</p>' in _headline(export, alone)


@pytest.mark.parametrize(("asked", "reached", "said"), [
    (23, 23, "All 23 nodes answered. Everything else is as it should be."),
    (23, 22, "22 of 23 nodes answered. All else that they told is as it should be."),
    (23, 0, "None of 23 nodes answered. See first whether the machine that runs almanac nightly has its network and its key."),
    (1, 0, "The only node did not answer."),
])  # fmt: skip
def test_what_was_not_told_is_never_said_to_be_well(site: Project, asked: int, reached: int, said: str) -> None:
    export = opened(site.export)
    night = type(export.manifest)(export.manifest["last_pass"] | {"asked": asked, "reached": reached})
    nodes = {problem["node"]: export.manifest["nodes"][problem["node"]] for problem in export.manifest["problems"]}
    assert words(read(_headline(export, export.manifest | {"last_pass": night, "nodes": nodes}))).endswith(said)


def test_when_all_problems_are_new_the_headline_says_so(site: Project) -> None:
    export = opened(site.export)
    problems = [problem | {"since": export.manifest.last_pass.started} for problem in export.manifest.problems]
    headline = _headline(export, export.manifest | {"problems": [type(export.manifest)(one) for one in problems]})
    assert "1 unknown; all are new tonight" in headline


def test_a_long_list_of_problems_begins_with_the_worst_and_leads_to_all(site: Project) -> None:
    export = opened(site.export)
    targets = {"problems": "problems.html"}
    press = Press(environment(export), Place(export, targets, {}, "index.html"), "index")
    short = read(press.render({"slot": "problems", "most": "2"}))
    assert short.text.count("Critical") == 2
    assert "All 8 problems" in short.text
    assert short.all("a", "href") == ["problems.html"]
    without = Press(environment(export), Place(export, {}, {}, "index.html"), "index")
    assert "new-box" in read(without.render({"slot": "problems", "most": "2"})).text
    assert "All 8" not in read(press.render({"slot": "problems", "most": "8"})).text


def _headline(export: Any, manifest: dict[str, Any]) -> str:
    other = type("Stand-in", (), {"manifest": type(export.manifest)(manifest), "node": export.node})()
    return Press(environment(other), Place(other, {}, {}, "index.html"), "index").render({"slot": "headline"})


# ---- the style sheet


def _tokens(css: str) -> list[dict[str, tuple[float, ...]]]:
    """The colours of both schemes, as numbers from 0 to 255."""
    found = re.findall(r"--([a-z-]+): light-dark\(#([0-9a-f]+), #([0-9a-f]+)\);", css)
    return [{name: _rgb(both[scheme]) for name, *both in found} for scheme in (0, 1)]


def _rgb(value: str) -> tuple[float, ...]:
    whole = value if len(value) == 6 else "".join(c * 2 for c in value)
    return tuple(int(whole[i : i + 2], 16) for i in (0, 2, 4))


def _luminance(colour: tuple[float, ...]) -> float:
    """As WCAG 2.2 defines relative luminance."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_in_both_schemes() -> None:
    schemes = _tokens((STATIC / "almanac-parts.css").read_text(encoding="utf-8"))
    grounds = ("paper", "raise", "ok-bg", "warn-bg", "crit-bg", "unknown-bg")
    pairs = [(ink, ground) for ink in ("ink", "soft") for ground in grounds]
    pairs += [(ink, ground) for ink in ("ok", "warn", "crit", "unknown", "accent") for ground in ("paper", "raise")]
    pairs += [(state, f"{state}-bg") for state in ("ok", "warn", "crit", "unknown")]
    poor = {
        (number, *pair): round(_contrast(scheme[pair[0]], scheme[pair[1]]), 2)
        for number, scheme in enumerate(schemes)
        for pair in pairs
        if _contrast(scheme[pair[0]], scheme[pair[1]]) < 7
    }
    assert poor == {}

"""One page for each object of a kind, from a single frame: in each builder, rebuilt, in parallel, and when objects go."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sphinxext.almanac.each import NAME, TITLE, Mould
from sphinxext.almanac.fill import fill
from tests.sphinxext.page_reading import read
from tests.sphinxext.sphinx_site import Project, project

MOULDS = {
    kind: f":orphan:\n\nOne {kind}\n===========\n\nBefore.\n\n.. almanac:each:: {kind}\n"
    for kind in ("subject", "item", "problem")
}
LATE = "SDU~tarball_3AZZ_2Fsvn_2Fdybsvn"


def moulded(root: Path, index: str = "", **pages: str) -> Project:
    """A project with a mould of each kind."""
    site = project(root, index, **pages)
    for kind, text in MOULDS.items():
        site.write(f"{kind}s/each", text)
    return site


def forget(site: Project, name: str) -> None:
    """Takes a subject out of the export, as if its node had it no more."""
    file = site.export / "nodes/SDU.json"
    document = json.loads(file.read_text())
    document["subjects"] = [one for one in document["subjects"] if one["name"] != name]
    file.write_text(json.dumps(document))


@pytest.mark.parametrize("theme", ["almanac", "alabaster", "furo", "basic"])
@pytest.mark.parametrize(("builder", "path"), [("html", "{}.html"), ("dirhtml", "{}/index.html")])
def test_every_object_has_a_page_with_its_title_in_any_theme(
    tmp_path: Path, theme: str, builder: str, path: str
) -> None:
    site = moulded(tmp_path, ".. almanac:problems::")
    assert site.build(builder, html_theme=theme, html_baseurl="https://status.example.org/") == ""
    built = site.files(builder)
    titles = {
        f"subjects/{LATE}": "svn/dybsvn on SDU",
        "subjects/SDU~disk_3A_2Fvolume1": "Disk /volume1 on SDU",
        "items/ZZ~svn_2Fdybsvn": "svn/dybsvn of hub ZZ",
        f"problems/{LATE}~late": "svn/dybsvn on SDU: late",
        "problems/H1~_~unreachable": "H1: unreachable",
    }
    for page, title in titles.items():
        text = built[path.format(page)].decode()
        assert re.search(rf"<title>[^<]*{title}", text), page
        assert re.search(rf"<h1>{title}<", text), page
        assert "Before." in text
        assert TITLE not in text
        assert "/each" not in " ".join(read(text).all("link", "href"))
    assert [file for file in built if "/each" in file and not file.startswith("_sources")] == []
    assert path.format(f"problems/{LATE}~late").removesuffix("index.html") in site.page("index", builder)


def test_pages_lie_beside_their_mould_wherever_that_is_and_links_follow(tmp_path: Path) -> None:
    site = project(
        tmp_path, "See :almanac:subject:`SDU tarball:ZZ/svn/dybsvn`.\n\n.. almanac:status::\n   :kind: tarball"
    )
    site.write("things/of the fleet", MOULDS["subject"])
    assert site.build() == ""
    assert (site.out() / f"things/{LATE}.html").exists()
    assert site.page().count(f'href="things/{LATE}.html"') == 2


def test_links_within_text_are_made_when_filled_and_say_so_when_the_subject_has_gone(tmp_path: Path) -> None:
    site = moulded(tmp_path, "See :almanac:subject:`the & copy <SDU tarball:ZZ/tracs/dybsvn>`.")
    assert site.build() == ""
    assert '<code class="xref almanac almanac-subject">the &amp; copy</code></a>' in site.page()
    forget(site, "tarball:ZZ/tracs/dybsvn")
    fill(tmp_path / "out-html-trees/almanac-frames/html", site.export, site.out())
    assert "no such subject: tarball:ZZ/tracs/dybsvn" in site.page()


def test_what_has_gone_loses_its_page_and_all_else_keeps_its_own(tmp_path: Path) -> None:
    site = moulded(tmp_path)
    site.write("subjects/by hand", ":orphan:\n\nBy hand\n=======\n")
    assert site.build() == ""
    before = site.files()
    forget(site, "tarball:ZZ/tracs/dybsvn")
    assert site.build() == ""
    gone = {file for file in before if file not in site.files()}
    assert gone == {"subjects/SDU~tarball_3AZZ_2Ftracs_2Fdybsvn.html"}
    assert "subjects/by hand.html" in site.files()


def test_rebuilt_and_in_parallel_the_pages_are_the_same(tmp_path: Path) -> None:
    site = moulded(tmp_path, **{f"p{i}": "text" for i in range(9)})
    assert site.build(out="one") == ""
    first = site.files(out="one")
    assert site.build(out="one") == ""
    assert site.files(out="one") == first
    assert site.build(out="two", jobs=2) == ""
    assert site.files(out="two") == first
    site.write("subjects/each", MOULDS["subject"].replace("Before.", "Anew."))
    site.build(out="one")
    assert b"Anew." in site.files(out="one")[f"subjects/{LATE}.html"]


@pytest.mark.parametrize("builder", ["text", "latex", "epub"])
def test_other_builders_list_them(tmp_path: Path, builder: str) -> None:
    site = project(tmp_path, "\n\n".join(f".. almanac:each:: {kind}" for kind in MOULDS))
    assert site.build(builder) == ""
    page = site.page("index", builder)
    for title in ("svn/dybsvn on SDU", "svn/dybsvn of hub ZZ", "svn/dybsvn on SDU: late"):
        assert title in page


def test_what_is_wrong_with_a_mould_is_said(tmp_path: Path) -> None:
    site = moulded(
        tmp_path, ".. toctree::\n\n   subjects/each", z=".. almanac:each:: item", y=".. almanac:each:: subjet"
    )
    warnings = site.build()
    assert 'there are no pages for each "subjet"; did you mean "subject"?' in warnings
    assert "pages/z.rst:4: WARNING: each item has its pages in items/each already; remove one" in warnings
    assert "the page subjects/each is made for each subject and is none itself; leave it out of the toctree" in warnings


def test_a_mould_knows_its_pages() -> None:
    mould = Mould("[a]/NAME/each.html", f"[a]/NAME/{NAME}.html", f"a/{NAME}.html")
    assert mould.file_of("subjects/SDU~x") == "[a]/NAME/SDU~x.html"
    assert [mould.makes(path) for path in ("[a]/NAME/b~x.html", "[a]/NAME/b.html", "[a]/NAME/c/b~x.html")] == [
        True,
        False,
        False,
    ]
    assert mould.glob == "[[]a]/NAME/*~*.html"

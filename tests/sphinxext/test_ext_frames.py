"""What is kept between builds: frames of pages that Sphinx did not write again, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sphinxext.almanac.fill import fill
from tests.sphinxext.sphinx_site import Project, project

PAGES = {
    "a": ".. almanac:node:: SDU",
    "b": "See :almanac:node:`SDU`: :almanac:value:`SDU tarball:ZZ/svn/dybsvn size`.",
    "c": "Nothing of the export here.",
}


def frames(site: Project, builder: str = "html") -> list[str]:
    """The documents whose frames are kept; the files beside the index are theirs and no others."""
    folder = site.root / f"out-{builder}-trees/almanac-frames/{builder}"
    pages = json.loads((folder / "index.json").read_text())["pages"]
    there = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()}
    assert there == {*pages.values(), "index.json"}
    return sorted(pages)


def rename_title(site: Project, title: str) -> None:
    """Changes data that every page with the node's title or the overview shows."""
    manifest = site.export / "manifest.json"
    told = json.loads(manifest.read_text())
    told["changes"] = [{"node": "SDU", "text": title}]
    manifest.write_text(json.dumps(told))


def test_only_pages_with_slots_have_frames(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:overview::", **PAGES)
    site.build()
    assert frames(site) == ["index", "pages/a", "pages/b"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_after_an_edit_gives_the_same_bytes_as_one_from_scratch(tmp_path: Path, jobs: int) -> None:
    many = {f"p{i}": f".. almanac:node:: demo-{i}" for i in range(1, 9)}
    site = project(tmp_path, ".. almanac:overview::", **PAGES, **many)
    site.build(jobs=jobs)
    site.write("pages/b", "b\n=\n\n.. almanac:chart:: SDU tarball:ZZ/svn/dybsvn\n")
    site.write("pages/new", "new\n===\n\n.. almanac:problems::\n")
    (tmp_path / "site/pages/p3.rst").unlink()
    rename_title(site, "quite new")
    assert site.build(jobs=jobs) == ""
    assert site.build(out="scratch") == ""
    again, scratch = site.files(), site.files(out="scratch")
    gone = {"pages/p3.html", "_sources/pages/p3.rst.txt"}  # Sphinx leaves what it wrote of a removed page
    assert again.keys() - scratch.keys() == gone
    # Sphinx's own search index keeps words that no page has any more
    assert [path for path in scratch if again[path] != scratch[path] and path != "searchindex.js"] == []
    assert "pages/p3" not in frames(site)


def test_changed_data_reach_pages_that_sphinx_does_not_write_again(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:overview:: changes", **PAGES)
    site.build()
    rename_title(site, "moved to rh03")
    assert site.build() == ""
    assert "moved to rh03" in site.page()


def test_a_page_that_loses_its_slots_loses_its_frame(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    site.build()
    site.write("pages/a", "a\n=\n\n.. almanac:node:: SDU\n")
    site.write("pages/b", "b\n=\n\nPlain.\n")
    site.build()
    assert frames(site) == ["pages/a"]
    assert "Plain." in site.page("pages/b")


def test_a_build_that_was_cut_off_is_made_good_by_the_next(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    conf = tmp_path / "site/conf.py"
    whole = conf.read_text()
    site.build()
    site.write("pages/b", "b\n=\n\nPlain.\n")
    dies = "\nimport os\ndef setup(app):\n    app.connect('build-finished', lambda *_: os._exit(9), priority=1)\n"
    conf.write_text(whole + dies)
    command = ["-q", "-d", f"{tmp_path}/out-html-trees", f"{tmp_path}/site", f"{tmp_path}/out-html"]
    assert subprocess.run([sys.executable, "-m", "sphinx", *command], check=False).returncode == 9
    conf.write_text(whole)
    assert site.build() == ""
    assert frames(site) == ["pages/a"]
    assert "Plain." in site.page("pages/b")
    assert "No new backup" in site.page("pages/a")


def test_frames_are_left_to_whoever_fills_them_by_himself(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    assert site.build(almanac_filled=False) == ""
    left = site.page("pages/a")
    assert "<!--almanac" in left
    assert "No new backup" not in left
    assert frames(site) == ["pages/a", "pages/b"]
    assert not (site.out() / "data").exists()
    fill(tmp_path / "out-html-trees/almanac-frames/html", site.export, site.out())
    assert "No new backup" in site.page("pages/a")
    site.build(out="whole")
    whole = site.files(out="whole")
    assert {path: text for path, text in site.files().items() if path in whole} == whole


def test_frames_are_made_without_loading_what_fills_them(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    others = "('sphinxext.almanac.fill', 'sphinxext.almanac.find', 'pydantic_core')"
    script = "import sys; from sphinx.cmd.build import main; failed = main(sys.argv[1:])"
    script += f"; print(failed, [one for one in {others} if one in sys.modules])"
    command = ["-q", "-b", "html", "-D", "almanac_filled=0", str(tmp_path / "site"), str(site.out())]
    ran = subprocess.run([sys.executable, "-c", script, *command], check=False, capture_output=True, text=True)
    assert ran.stdout == "0 []\n", ran.stderr


def test_builders_that_share_doctrees_keep_their_own_frames(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    for builder in ("html", "dirhtml", "text", "html", "dirhtml"):
        trees = ["-d", f"{tmp_path}/trees", "-b", builder, f"{tmp_path}/site", f"{tmp_path}/out-{builder}"]
        assert subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", *trees], check=False).returncode == 0
    assert 'href="../a/#almanac-node-SDU"' in site.page("pages/b", "dirhtml")
    assert "1.9 GB" in site.page("pages/b", "dirhtml")
    assert 'href="a.html#almanac-node-SDU"' in site.page("pages/b")
    assert "1.9 GB" in site.page("pages/b")


def test_pages_of_builders_without_frames_show_new_data(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:overview:: changes")
    site.build("text")
    rename_title(site, "moved to rh03")
    site.build("text")
    assert "moved to rh03" in site.page("index", "text")


@pytest.mark.parametrize("theme", ["almanac", "alabaster", "furo", "basic"])
@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_pages_are_whole_in_any_theme(tmp_path: Path, theme: str, builder: str) -> None:
    site = project(tmp_path, ".. almanac:overview::", **PAGES)
    assert site.build(builder, html_theme=theme) == ""
    assert "No new backup for 7 nights" in site.page("pages/a", builder)
    assert all(b'"slot"' not in content for path, content in site.files(builder).items() if path.endswith(".html"))
    assert ("index" in frames(site, builder)) and (("genindex" in frames(site, builder)) == (theme == "almanac"))


@pytest.mark.parametrize("theme", ["almanac", "furo"])
@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_style_sheets_and_scripts_are_found_from_every_folder(tmp_path: Path, theme: str, builder: str) -> None:
    site = project(tmp_path, ".. almanac:kiosk::", **PAGES)
    site.write("pages/below/index", ":orphan:\n\nBelow\n=====\n")
    assert site.build(builder, html_theme=theme) == ""
    for page in site.out(builder).rglob("*.html"):
        files = re.findall(r'(?:href|src)="([^"]+)\?v=[0-9a-f]{8}"', page.read_text(encoding="utf-8"))
        assert len(files) > 2
        assert [file for file in files if not (page.parent / file).is_file()] == []


def test_a_slot_of_the_layout_is_filled_and_leaves_nothing_in_other_builders(tmp_path: Path) -> None:
    site = project(tmp_path, "text")
    (tmp_path / "site/templates").mkdir()
    layout = '{% extends "!layout.html" %}{% block footer %}<b>{{ almanac_slot("counts") }}</b>{% endblock %}'
    (tmp_path / "site/templates/layout.html").write_text(layout)
    assert site.build(html_theme="basic", templates_path=["templates"]) == ""
    assert "118 fresh" in site.page()
    site.build("json", html_theme="basic", templates_path=["templates"])
    assert b"almanac:" not in site.files("json")["index.fjson"]


def test_a_reading_in_a_title_is_filled_on_its_page_and_left_out_of_the_plain_title(tmp_path: Path) -> None:
    site = project(tmp_path, "text", a="")
    site.write("pages/a", "All :almanac:value:`SDU tarball:ZZ/svn/dybsvn size` of it\n" + "=" * 70 + "\n\ntext\n")
    assert site.build() == ""
    assert "1.9 GB" in site.page("pages/a").partition("<h1>")[2].partition("</h1>")[0]
    assert "<title>All of it" in site.page("pages/a")
    assert site.build("text") == ""


def test_a_list_of_nodes_may_be_empty(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:hubs::\n\n.. toctree::\n   :glob:\n\n   none/*")
    assert site.build() == ""
    site.write("other", ":orphan:\n\nOther\n=====\n\n.. toctree::\n   :glob:\n\n   none/*\n")
    assert "toctree glob pattern 'none/*' didn't match any documents" in site.build()

"""What the search can find: written at fill time, and only when it changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sphinxext.almanac.fill import fill
from tests.sphinxext.sphinx_site import Project, project
from tests.sphinxext.status_site import build, status_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = status_site(tmp_path_factory.mktemp("searched"))
    assert build(made) == ""
    return made


def index_of(made: Project) -> dict[str, Any]:
    text = (made.out() / "search-index.js").read_text(encoding="utf-8")
    assert text.startswith("almanacIndex={")
    assert "<" not in text
    found: dict[str, Any] = json.loads(text.removeprefix("almanacIndex=").removesuffix(";\n"))
    return found


def test_it_knows_every_object_of_the_export(site: Project) -> None:
    manifest = json.loads((site.export / "manifest.json").read_bytes())
    index = index_of(site)
    assert [node[0] for node in index["nodes"]] == list(manifest["nodes"])
    kinds = [kind for kind, _, _ in index["things"]]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "Hub": len(manifest["hubs"]),
        "Environment": len(manifest["environments"]),
        "Group": len(manifest["groups"]),
        "Backup item": len(manifest["items"]),
        "Subject": 1,  # its page has a shorter name than it has itself
        "Problem": len(manifest["problems"]),
    }


def test_what_many_nodes_have_stands_there_once(site: Project) -> None:
    subjects = index_of(site)["subjects"]
    machines = [numbers for words, _, numbers in subjects if words == "The machine"]
    assert len(machines) == 1
    assert len(machines[0]) > 1


def test_pages_by_hand_are_known_by_title_heading_and_word_those_of_objects_by_name(site: Project) -> None:
    pages = {page[1]: page for page in index_of(site)["pages"]}
    title, _, headings, words = pages["guide/values.html"]
    assert title == "What a value means"
    assert ["Levels", "#levels"] in headings
    assert "popovers" in words.split()
    assert not {"nodes/SDU.html", "hubs/ZZ.html", "subjects/each.html"} & pages.keys()


def test_it_is_written_only_when_it_changed(site: Project) -> None:
    file, frames = site.out() / "search-index.js", next(site.root.glob("*/almanac-frames/html"))
    before = file.stat().st_mtime_ns
    fill(frames, site.export, site.out())
    assert file.stat().st_mtime_ns == before


def test_other_themes_keep_their_own_search(tmp_path: Path) -> None:
    made = project(tmp_path)
    assert made.build(html_theme="alabaster") == ""
    assert not (made.out() / "search-index.js").exists()
    assert "finder" not in made.page("search")

"""From an export to the folder of pages: what is generated, and when Sphinx runs."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from collector.pages.errors import PagesError
from collector.pages.site import Built, build
from sphinxext.almanac.fill import TEMPLATES
from tests.pages.lab import LISTS, SITE, configured, edit_manifest, lab, tree
from tests.sphinxext.hostile import HOSTILE
from tests.sphinxext.sample_export import write_empty


def test_a_site_is_built_whole_and_then_left_alone(tmp_path: Path) -> None:
    config = lab(tmp_path)
    assert build(config).sphinx_ran
    before = {path: (config.html / path).stat().st_mtime_ns for path in tree(config.html)}
    assert build(config) == Built(sphinx_ran=False, written=0)
    assert before == {path: (config.html / path).stat().st_mtime_ns for path in tree(config.html)}
    manifest = json.loads((config.export / "manifest.json").read_text())
    for table in ("nodes", "hubs", "environments", "groups"):
        for entry in manifest[table].values():
            assert f"{entry['page']}.html" in before
    pages = {path: text.decode() for path, text in tree(config.html).items() if path.endswith(".html")}
    assert [path for path, text in pages.items() if '"slot"' in text or "<script>alert" in text] == []
    assert "No new backup for 7 nights" in pages["nodes/SDU.html"]
    assert not any(path.startswith((".buildinfo", ".doctrees")) for path in before)


def compiled(kept: Path) -> dict[str, int]:
    """Each compiled template, and when it was made."""
    return {file.name: file.stat().st_mtime_ns for file in kept.glob("*.compiled")}


def test_only_templates_that_pages_use_are_compiled_and_then_kept_for_all_sites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "python"))
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    config = lab(tmp_path / "one")
    build(config)
    (kept,) = (tmp_path / "python").rglob("templates")
    made = compiled(kept)
    assert 0 < len(made) < sum(1 for file in TEMPLATES.rglob("*.html"))
    for again in (config, lab(tmp_path / "other")):
        shutil.rmtree(again.html, ignore_errors=True)
        build(again)
        assert made == compiled(kept)
    assert [left.name for left in config.site.data.glob("doctrees*")] == ["doctrees"]


def test_templates_stay_compiled_beside_the_frames_where_python_keeps_nothing_and_sphinx_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    config = lab(tmp_path)
    build(config)
    kept = config.doctrees / "trees/almanac-frames/html.templates"
    made = compiled(kept)
    assert made
    (config.site.source / "news.rst").write_text(":orphan:\n\nNews\n====\n")
    assert build(config).sphinx_ran
    assert made == compiled(kept)


def test_a_lock_of_what_somebody_writes_in_changes_nothing(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    for locked in (".#conf.py", ".#index.rst", "nodes/.#SDU.rst"):
        (config.site.source / locked).symlink_to("alice@desk.4711:1795722444")  # by Emacs
    assert build(config) == Built(sphinx_ran=False, written=0)


def test_what_extensions_have_to_do_at_the_end_of_sphinx_is_done(tmp_path: Path) -> None:
    config = lab(tmp_path)
    left = tmp_path / "left"
    with (config.site.source / "conf.py").open("a") as conf:
        conf.write(f"\nimport atexit\natexit.register(open, {str(left)!r}, 'w')\n")
    build(config)
    assert left.exists()


def test_pages_are_refused_though_an_extension_closes_what_sphinx_complains_on(tmp_path: Path) -> None:
    config = lab(tmp_path)
    with (config.site.source / "conf.py").open("a") as conf:
        conf.write("\nimport atexit, sys\natexit.register(lambda: sys.stderr.close())\n")
    with (config.site.source / "index.rst").open("a") as index:
        index.write("\n:doc:`nowhere`\n")
    with pytest.raises(PagesError, match="nowhere"):
        build(config)


def test_on_a_night_when_only_data_changed_sphinx_is_not_started(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    file = config.export / "nodes/SDU.json"
    file.write_text(file.read_text().replace("Shandong, rh02", "Shandong, rh03"))
    assert build(config) == Built(sphinx_ran=False, written=1)
    assert "rh03" in (config.html / "nodes/SDU.html").read_text()


def test_objects_come_and_go_without_sphinx_and_their_pages_with_them(tmp_path: Path) -> None:
    config = lab(tmp_path)
    (config.site.source / "subjects").mkdir()
    (config.site.source / "subjects/each.rst").write_text("Subject\n=======\n\n.. almanac:each:: subject\n")
    build(config)
    page = config.html / "subjects/SDU~disk_3A_2Fvolume1.html"
    assert "<title>" in page.read_text()
    assert not (config.html / "subjects/each.html").exists()
    whole = (config.export / "nodes/SDU.json").read_text()
    document = json.loads(whole)
    document["subjects"] = [one for one in document["subjects"] if one["name"] != "disk:/volume1"]
    (config.export / "nodes/SDU.json").write_text(json.dumps(document))
    assert not build(config).sphinx_ran
    assert not page.exists()
    (config.export / "nodes/SDU.json").write_text(whole)
    # Its own page, its node's, and those of the environment and the group, which compare disks.
    assert build(config) == Built(sphinx_ran=False, written=4)
    assert page.exists()


def test_sphinx_runs_again_for_an_edited_page_and_leaves_the_others_untouched(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    page = config.site.source / "nodes/SDU.rst"
    page.write_text(page.read_text() + "\nThe machine in the cellar.\n")
    stamp = (config.html / "nodes/C.html").stat().st_mtime_ns
    assert build(config) == Built(sphinx_ran=True, written=1)
    assert "The machine in the cellar." in (config.html / "nodes/SDU.html").read_text()
    assert (config.html / "nodes/C.html").stat().st_mtime_ns == stamp
    after = tree(config.html)
    shutil.rmtree(config.doctrees)
    shutil.rmtree(config.html)
    build(config)
    assert tree(config.html) == after


def _like(export: Path, entry: dict, name: str, page: str) -> dict:  # type: ignore[type-arg]
    """The entry of another node that fares like one, with a document of its own."""
    named = {"name": name, "page": page}
    (export / f"{page}.json").write_text(json.dumps(json.loads((export / entry["file"]).read_text()) | named))
    return {**entry, **named, "file": f"{page}.json"}


def test_a_new_node_gets_a_page_once_and_an_edited_or_moved_one_is_kept(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    source = config.site.source
    (source / "nodes/C.rst").write_text("C, edited\n=========\n\n.. almanac:node:: C\n")
    (source / "nodes/H1.rst").rename(source / "nodes/attic.rst")

    def add(manifest: dict) -> None:  # type: ignore[type-arg]
        manifest["nodes"]["web-3"] = _like(config.export, manifest["nodes"]["web-2"], "web-3", "nodes/web-3")

    edit_manifest(config, add)
    assert build(config).sphinx_ran
    assert (source / "nodes/C.rst").read_text().startswith("C, edited")
    assert not (source / "nodes/H1.rst").exists()
    assert not (config.html / "nodes/H1.html").exists()
    assert (source / "nodes/web-3.rst").read_text() == "web\\-3\n============\n\n.. almanac:node:: web-3\n"
    assert 'href="nodes/attic.html"' in (config.html / "index.html").read_text()


SETUP = "def setup(app):\n"
LISTENS = f'{SETUP}    app.connect("html-page-context", lambda *_: None)\n'
"""Who could put names of nodes into any page."""


@pytest.mark.parametrize(("conf", "goes_on"), [(SETUP, True), (LISTENS, False)])
def test_where_a_node_comes_and_one_goes_few_pages_are_written_and_all_are_as_from_scratch(
    tmp_path: Path, conf: str, goes_on: bool
) -> None:
    config = lab(tmp_path)
    own = config.site.source / "conf.py"
    own.write_text(own.read_text().replace(SETUP, conf))
    (config.site.source / "nodes/demo-3.rst~").touch()  # as editors leave them: no page
    build(config)
    last = {path: (config.doctrees / "html" / path).stat().st_mtime_ns for path in tree(config.doctrees / "html")}

    def change(manifest: dict) -> None:  # type: ignore[type-arg]
        manifest["nodes"]["web-3"] = _like(config.export, manifest["nodes"]["web-2"], "web-3", "nodes/web-3")

    edit_manifest(config, change)
    (config.site.source / "nodes/demo-3.rst").rename(config.site.source / "nodes/moved.rst")
    assert build(config).sphinx_ran
    written, site = tree(config.doctrees / "html"), tree(config.html)
    stays = {
        path for path in last if path in written and (config.doctrees / "html" / path).stat().st_mtime_ns == last[path]
    }
    assert ({"nodes/SDU.html", "hubs/ZZ.html"} <= stays) == goes_on
    assert stays.isdisjoint({"nodes/index.html", "nodes/web-3.html", "almanac-nodes.html"})
    assert "nodes/demo-3.html" not in site
    shutil.rmtree(config.doctrees)
    shutil.rmtree(config.html)
    build(config)
    assert (tree(config.doctrees / "html"), tree(config.html)) == (written, site)


def test_links_to_the_page_of_a_node_that_went_are_told_as_from_scratch(tmp_path: Path) -> None:
    config = lab(tmp_path)
    (config.site.source / "guide").mkdir()
    links = (":doc:`/nodes/web-2`", ":any:`web-2`", ":almanac:subject:`web-2 disk:/`")
    for number, link in enumerate(links):
        (config.site.source / f"guide/{number}.rst").write_text(f":orphan:\n\nLink\n====\n\n{link}\n")
    build(config)

    def remove(manifest: dict) -> None:  # type: ignore[type-arg]
        del manifest["nodes"]["web-2"]
        for entry in manifest["environments"].values():
            entry["nodes"] = [name for name in entry["nodes"] if name != "web-2"]

    edit_manifest(config, remove)
    (config.site.source / "nodes/web-2.rst").unlink()
    later = build(config).refusal
    shutil.rmtree(config.doctrees)
    with pytest.raises(PagesError) as refused:
        build(config)
    _, *warnings = str(refused.value).splitlines()
    assert str(later).splitlines()[1:] == warnings
    assert len(warnings) == len(links)


def test_a_hostile_name_has_a_page_of_its_own(tmp_path: Path) -> None:
    config = lab(tmp_path)
    odd = [
        ":x: y",
        "*",
        "a ",
        "..",
        "\u2028x",
        "`x`_",
        "|x|",
        "1. x",
        ".. note::",
        "\\",
        '"q"',
        "C H1",
        "#.",
        "caf\u00e9 x",
        "db_ main",
        "web_",
        "_x_",
    ]

    def add(manifest: dict) -> None:  # type: ignore[type-arg]
        for i, name in enumerate(odd):
            manifest["nodes"][name] = _like(config.export, manifest["nodes"]["demo-1"], name, f"nodes/odd{i}")

    edit_manifest(config, add)
    build(config)
    for i, name in enumerate([*odd, HOSTILE]):
        page = (
            f"nodes/odd{i}"
            if i < len(odd)
            else json.loads((config.export / "manifest.json").read_text())["nodes"][name]["page"]
        )
        text = (config.html / f"{page}.html").read_text()
        assert "<h1>" in text
        assert "Gone" not in text


def test_a_page_of_a_node_that_left_says_so(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)

    def leave(manifest: dict) -> None:  # type: ignore[type-arg]
        del manifest["nodes"]["demo-14"]
        manifest["environments"]["demos"]["nodes"].remove("demo-14")
        manifest["gone"] = {"nodes": {"demo-14": "2026-11-20T18:10:00Z"}}

    edit_manifest(config, leave)
    assert build(config).sphinx_ran
    text = (config.html / "nodes/demo-14.html").read_text()
    assert "Gone" in text
    assert "21 Nov" in text


def test_this_repositorys_own_site_is_built_for_a_fresh_configuration_too(tmp_path: Path) -> None:
    unmade = shutil.ignore_patterns("_build", "__pycache__", "[!i]*.rst")
    shutil.copytree(
        SITE,
        tmp_path / "site",
        ignore=lambda folder, names: unmade(folder, names) if Path(folder).name in LISTS else [],
    )
    config = configured(tmp_path, write_empty)
    assert build(config).sphinx_ran
    assert "<!--almanac" not in (config.html / "index.html").read_text()


def test_a_node_declared_within_a_container_gets_no_second_page(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    page = config.site.source / "index.rst"
    page.write_text(f"{page.read_text()}\n.. container:: wide\n\n   .. almanac:node:: SDU\n")
    (config.site.source / "nodes/SDU.rst").unlink()
    assert build(config).sphinx_ran
    assert not (config.site.source / "nodes/SDU.rst").exists()

"""Objects, links, the index, the inventory; reading in parallel and again."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.util.inventory import InventoryFile

from tests.sphinxext.hostile import HOSTILE
from tests.sphinxext.sphinx_site import Project, project

PAGES = {
    "a": ".. almanac:node:: SDU\n\n.. almanac:hub:: ZZ",
    "b": ".. almanac:environment:: lab & attic\n\n.. almanac:node:: Z9:229",
    "c": ".. almanac:subject:: cms02 tarball:C2/tracs/env",
    "d": (
        "See :almanac:node:`SDU`, :almanac:hub:`the hub <ZZ>`, :almanac:environment:`lab & attic`,"
        " :almanac:subject:`cms02 tarball:C2/tracs/env`, :almanac:subject:`SDU tarball:ZZ/svn/dybsvn`"
        " and :ref:`almanac-nodes`."
    ),
}


def links(site: Project, page: str) -> list[str]:
    """The targets of a page's own references."""
    body = site.page(page).partition('role="main"')[2].partition("</section>")[0]
    return re.findall(r'class="reference internal" href="([^"]+)"', body)


def test_roles_link_to_where_an_object_is_declared(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    assert site.build() == ""
    assert links(site, "pages/d") == [
        "a.html#almanac-node-SDU",
        "a.html#almanac-hub-ZZ",
        "b.html#almanac-environment-lab-attic",
        "c.html#almanac-subject-cms02-tarball-C2-tracs-env",
        "a.html#tarball_3AZZ_2Fsvn_2Fdybsvn",
        "../almanac-nodes.html",
    ]
    assert '<span id="almanac-node-SDU"></span>' in site.page("pages/a")
    assert 'id="tarball_3AZZ_2Fsvn_2Fdybsvn"' in site.page("pages/a")


def test_links_of_other_builders_have_their_targets(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    assert site.build("epub") == ""
    assert 'href="a.xhtml#almanac-node-SDU"' in site.page("pages/d", "epub")
    assert 'id="almanac-node-SDU"' in site.page("pages/a", "epub")


def test_a_page_made_elsewhere_than_the_export_says_is_linked_there(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:nodes::", a=PAGES["a"])
    site.build()
    assert '<a href="pages/a.html">SDU</a>' in site.page()
    assert "nodes/SDU" not in site.page()


def test_objects_are_in_index_and_inventory(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    site.build()
    for page in ("almanac-nodes", "genindex"):
        assert all(name in site.page(page) for name in ("SDU", "Z9:229", "lab &amp; attic", "tarball:C2/tracs/env"))
    inventory = InventoryFile.loads((site.out() / "objects.inv").read_bytes(), uri="")
    found = {kind: list(names) for kind, names in inventory.data.items() if kind.startswith("almanac:")}
    subjects = found.pop("almanac:subject")
    assert {"cms02 tarball:C2/tracs/env", "SDU disk:/volume1", "Z9:229 tarball:G/repos/data"} <= set(subjects)
    assert "cms02 tarball:C2/repos/env" not in subjects  # no page declares that node
    assert found == {
        "almanac:environment": ["lab & attic"],
        "almanac:hub": ["ZZ"],
        "almanac:node": ["SDU", "Z9:229"],
    }


def test_another_project_links_there_by_intersphinx_without_an_export(tmp_path: Path) -> None:
    status = project(tmp_path / "status", **PAGES)
    status.build()
    other = project(
        tmp_path / "other",
        "See :almanac:node:`SDU`, :almanac:subject:`cms02 tarball:C2/tracs/env` and :almanac:subject:`SDU disk:/`.",
    )
    conf = tmp_path / "other/site/conf.py"
    inventory = {"status": ("https://status.example.org/", str(status.out() / "objects.inv"))}
    conf.write_text(
        f'extensions = ["sphinxext.almanac", "sphinx.ext.intersphinx"]\nintersphinx_mapping = {inventory!r}\n'
    )
    assert other.build() == ""
    assert 'href="https://status.example.org/pages/a.html#almanac-node-SDU"' in other.page()
    assert 'href="https://status.example.org/pages/a.html#disk_3A_2F"' in other.page()


def test_a_second_declaration_warns_in_parallel_too(tmp_path: Path) -> None:
    pages = {f"p{i}": "text" for i in range(8)} | {"a": ".. almanac:node:: SDU", "z": ".. almanac:node:: SDU"}
    message = 'the node "SDU" is declared in pages/a already; remove one of the two directives'
    for jobs in (1, 2):
        warnings = project(tmp_path / str(jobs), **pages).build(jobs=jobs)
        assert warnings.count("WARNING") == 1
        assert message in warnings
        assert "pages/z" in warnings


def test_parallel_builds_give_the_same_bytes(tmp_path: Path) -> None:
    pages = PAGES | {f"p{i}": f".. almanac:node:: demo-{i}\n\n.. almanac:nodes::" for i in range(1, 15)}
    site = project(tmp_path, ".. almanac:overview::", **pages)
    assert site.build(out="one", jobs=1) == ""
    assert site.build(out="two", jobs=2) == ""
    one, two = site.files(out="one"), site.files(out="two")
    assert one.keys() == two.keys()
    assert [path for path in one if one[path] != two[path]] == []


def test_a_target_that_moves_takes_the_links_on_untouched_pages_along(tmp_path: Path) -> None:
    site = project(tmp_path, **PAGES)
    site.build()
    site.write("pages/a", "a\n=\n\n.. almanac:hub:: ZZ\n")
    site.write("pages/c", f"c\n=\n\n{PAGES['c']}\n\n.. almanac:node:: SDU\n")
    assert site.build() == ""
    assert links(site, "pages/d")[0] == "c.html#almanac-node-SDU"


def test_a_name_that_leaves_the_export_warns_on_untouched_pages(tmp_path: Path) -> None:
    site = project(tmp_path, a=".. almanac:problems::\n   :node: H1", b=".. almanac:problems::\n   :node: C")
    assert site.build() == ""
    manifest = site.export / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"H1": {', '"H2": {'))
    warnings = site.build()
    assert 'a.rst:4: WARNING: there is no node "H1" in the export' in warnings
    assert "b.rst" not in warnings


def test_a_hostile_name_is_declared_and_linked_as_text(tmp_path: Path) -> None:
    quoted = HOSTILE.replace('"', '\\"')
    site = project(tmp_path, f'.. almanac:node:: "{quoted}"\n\n.. almanac:nodes::\n')
    assert site.build() == ""
    for page in ("index", "genindex", "almanac-nodes"):
        assert "<script>alert(" not in site.page(page)
    assert "&lt;script&gt;alert(&#39;node&#39;)" in site.page()

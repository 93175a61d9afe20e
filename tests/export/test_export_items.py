"""Backup items across the fleet, and the names of pages."""

from __future__ import annotations

from dataclasses import replace

from collector.export.items import items
from collector.export.slug import page_slug
from tests.sphinxext.sample_export import CONFIG
from tests.sphinxext.sample_nodes import sample_nodes


def test_an_item_has_its_copies_with_the_hubs_own_first_and_knows_where_it_is_missing():
    found = items(CONFIG, sample_nodes())
    env = found["items/C2~tracs_2Fenv"]
    assert [(copy.node, copy.level) for copy in env.copies] == [("cms02", "critical"), ("C", "ok"), ("H1", "unknown")]
    assert (env.label, env.hub, env.level, env.missing) == ("tracs/env", "C2", "critical", ())
    assert found["items/C2~repos_2Fheprez2"].missing == ("cms02", "H1")
    assert [page.partition("~")[0] for page in found] == ["items/ZZ"] * 5 + ["items/C2"] * 3 + ["items/G"]


def test_an_item_of_no_hub_is_its_nodes():
    node = sample_nodes()[1]
    alone = replace(node.subjects[0], hub=None, name="tarball:svn/dybsvn")
    assert list(items(CONFIG, [replace(node, subjects=(alone,))])) == ["items/dayabay~tarball_3Asvn_2Fdybsvn"]


def test_different_names_never_give_the_same_page():
    names = [
        ("a.b", "c"),
        ("a", "b.c"),
        ("a~b", "c"),
        ("a", "b~c"),
        ("", ""),
        ("a", ""),
        ("x" * 300, "y"),
        ("x" * 300, "z"),
    ]
    pages = [page_slug(*name) for name in names]
    assert len(set(pages)) == len(names)
    assert all(len(page) <= 200 and "~" in page for page in pages)

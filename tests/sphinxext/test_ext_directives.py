"""Each directive and role, in each builder; options and names that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sphinxext.sphinx_site import PAGE, project

SHOWS = {
    ".. almanac:node:: SDU": "No new backup for 7 nights",
    ".. almanac:hub:: ZZ": "dayabay",
    ".. almanac:environment:: lab & attic": "H1",
    ".. almanac:subject:: SDU tarball:ZZ/svn/dybsvn": "1.9 GB",
    ".. almanac:overview:: headline": "20 of 23",
    ".. almanac:overview:: fleet": "demo-14",
    ".. almanac:overview:: counts": "118 fresh",
    ".. almanac:overview:: changes": "repos/heprez2",
    ".. almanac:problems::": "Process is FATAL",
    ".. almanac:problems::\n   :level: warning\n   :hub: C2": "host key changed",
    ".. almanac:status::\n   :hub: ZZ\n   :kind: tarball": "tracs/dybsvn",
    ".. almanac:status::\n   :hub: ZZ": "SDU",
    ".. almanac:nodes::\n   :group: web": "web-2",
    ".. almanac:group:: web": "web-2",
    ".. almanac:groups::": "nas",
    ".. almanac:compare:: used_ratio\n   :group: web": "/volume1",
    ".. almanac:hubs::": "g4pb",
    ".. almanac:environments::": "production",
    ".. almanac:chart:: SDU tarball:ZZ/svn/dybsvn\n   :range: month": "svn/dybsvn: 1901 MB, last month",
    ".. stockchart:: /data/scm_backup_monitor_SDU.json container_SDU\n   :linenos:\n\n   ignored": "sizes in MB, last 30 nights",
    "It weighs :almanac:value:`SDU tarball:ZZ/svn/dybsvn size` now.": "1.9 GB",
    "It is :almanac:state:`web-2 process:web:gunicorn` now.": "FATAL",
}


@pytest.mark.parametrize("builder", PAGE)
def test_each_directive_shows_its_data_in_each_builder(tmp_path: Path, builder: str) -> None:
    site = project(tmp_path, **{f"page{i}": text for i, text in enumerate(SHOWS)})
    assert site.build(builder) == ""
    for i, (source, shown) in enumerate(SHOWS.items()):
        text = site.page(f"pages/page{i}", builder)
        plain = text.replace("\\sphinxhyphen{}", "-").replace("\\-", "-").replace("\u202f", " ").replace("\\_", "_")
        assert shown in " ".join(plain.split()) or builder == "text", source
        assert '"slot"' not in text


def test_text_tables_hold_the_words_that_pages_show(tmp_path: Path) -> None:
    site = project(
        tmp_path, ".. almanac:problems::\n   :node: web-2\n\nIs :almanac:state:`web-2 process:web:gunicorn`."
    )
    assert site.build("text") == ""
    assert [line for line in site.page("index", "text").splitlines() if line.startswith(("| ", "Is"))] == [
        "| State        | Node         | What         | Why                                      | Since                 |",
        "| Critical     | web-2        | web:gunicorn | Process is FATAL: exited too quickly     | 22 Nov 2026 20:10 CST |",
        "|              |              |              | (exit status 3). Others of its group     |                       |",
        "|              |              |              | run.                                     |                       |",
        "Is FATAL.",
    ]


@pytest.mark.parametrize(("source", "warning"), [
    (".. almanac:node:: SUD", 'there is no node "SUD" in the export; did you mean "SDU"?'),
    (".. almanac:hub:: zz", 'there is no hub "zz" in the export; did you mean "ZZ"?'),
    (".. almanac:environment:: prod", 'there is no environment "prod" in the export; did you mean "production"?'),
    (".. almanac:subject:: SDU tarball:ZZ/svn/dybsv", 'there is no subject "tarball:ZZ/svn/dybsv" on the node "SDU"; did you mean "tarball:ZZ/svn/dybsvn"?'),
    (".. almanac:chart:: SUD tarball:ZZ/svn/dybsvn", 'there is no node "SUD" in the export; did you mean "SDU"?'),
    (".. almanac:status::\n   :environment: lab", 'there is no environment "lab" in the export; did you mean "lab & attic"?'),
    (".. almanac:nodes::\n   :group: wbe", 'there is no group "wbe" in the export; did you mean "web"?'),
    (".. almanac:problems::\n   :node: completely else", 'there is no node "completely else" in the export'),
    (".. stockchart:: /data/scm_backup_monitor_SUD.json x", 'there is no file "scm_backup_monitor_SUD.json" in the export; did you mean "scm_backup_monitor_SDU.json"?'),
    (":almanac:value:`SDU tarball:ZZ/svn/dybsvn sise`", 'there is no metric "sise" of "tarball:ZZ/svn/dybsvn" on the node "SDU"; did you mean "size"?'),
    (":almanac:state:`SDU tarball:ZZ/svn/dybsvn digst`", 'there is no state "digst" of "tarball:ZZ/svn/dybsvn" on the node "SDU"; did you mean "digest"?'),
    (".. almanac:chart:: SDU tarball:ZZ/svn/dybsvn\n   :metric: count", 'there is no chart "count" of "tarball:ZZ/svn/dybsvn" on the node "SDU"; it has size'),
    (".. almanac:status::\n   :kind: procces", 'there is no kind "procces"; did you mean "process"?'),
    (":almanac:node:`sdu`", 'there is no node "sdu" in the export; did you mean "SDU"?'),
    (":almanac:node:`SDU`", 'no page declares the node "SDU"; write .. almanac:node:: SDU on one'),
    (":almanac:subject:`SDU tarball:ZZ/svn/dybsv`", 'did you mean "tarball:ZZ/svn/dybsvn"?'),
    (".. almanac:overview:: headlines", 'there is no piece "headlines" of the overview; write one of headline, fleet, counts, changes'),
    (".. almanac:problems::\n   :level: bad", 'invalid option value: (option: "level"; value: \'bad\')'),
    (".. almanac:chart:: SDU", "expected a node and a subject; write .. almanac:chart:: NODE SUBJECT"),
    (".. almanac:subject:: SDU", "expected a node and a subject"),
    (":almanac:value:`SDU`", 'expected node, subject and value but got "SDU"'),
    (".. stockchart:: /data/scm_backup_monitor_SDU.json", "2 argument(s) required, 1 supplied"),
])  # fmt: skip
def test_what_is_wrong_warns_with_its_mend(tmp_path: Path, source: str, warning: str) -> None:
    warnings = project(tmp_path, f"\n{source}\n").build()
    assert warning in warnings
    assert "index.rst:" in warnings
    assert warnings.count("WARNING") + warnings.count("ERROR") == 1


def test_all_wrong_names_of_a_directive_are_told_at_once_but_none_that_another_explains(tmp_path: Path) -> None:
    wrong = ".. almanac:status::\n   :hub: zz\n   :environment: prod\n   :kind: procces"
    warnings = project(tmp_path, f"{wrong}\n\n.. almanac:chart:: SDU tarball:ZZ/svn/dybsv\n   :metric: sise\n").build()
    assert [line.partition("did you mean ")[2].partition("?")[0] for line in warnings.splitlines()] == [
        '"ZZ"', '"production"', '"process"', '"tarball:ZZ/svn/dybsvn"'
    ]  # fmt: skip


def test_text_tells_of_a_chart_once(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:chart:: SDU tarball:ZZ/svn/dybsvn\n   :range: year")
    assert site.build("text") == ""
    assert site.page("index", "text").endswith("\n\nsvn/dybsvn: 1901 MB, last year\n")


def test_a_node_that_was_once_exported_does_not_warn(tmp_path: Path) -> None:
    site = project(
        tmp_path, ".. almanac:node:: OLD\n\n.. almanac:problems::\n   :node: OLD\n\nSee :almanac:node:`OLD`."
    )
    manifest = site.export / "manifest.json"
    manifest.write_text(manifest.read_text()[:-1] + ', "gone": {"nodes": {"OLD": "2026-11-20T18:10:00Z"}}}')
    assert site.build() == ""
    assert "OLD" in site.page()
    assert "21 Nov" in site.page()


def test_without_an_export_one_warning_says_how_to_make_one_and_later_it_heals(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:node:: SDU")
    manifest = (site.export / "manifest.json").rename(tmp_path / "aside")
    assert site.build() == (
        f"WARNING: almanac_export: {site.export}/manifest.json: there is no export here; make one with: almanac export"
        " [almanac.export]\n"
    )
    assert "<!--almanac" not in site.page()
    manifest.rename(site.export / "manifest.json")
    assert site.build() == ""
    assert "No new backup for 7 nights" in site.page()


def test_a_project_without_almanac_export_is_told_where_it_uses_it(tmp_path: Path) -> None:
    warnings = project(tmp_path, ".. almanac:hubs::").build(almanac_export=None)
    assert 'index.rst:4: WARNING: there is no export to show; set almanac_export = "path" in conf.py' in warnings


@pytest.mark.parametrize("builder", ["html", "text"])
def test_a_chart_that_is_not_drawn_is_not_said_to_be_gone(tmp_path: Path, builder: str) -> None:
    site = project(tmp_path, ".. almanac:chart:: SDU tarball:ZZ/tracs/toysvn\n   :range: month")
    assert site.build(builder) == ""
    page = " ".join(site.page("index", builder).replace("<b>", "").replace("</b>", "").split())
    assert "There is no chart of tarball:ZZ/tracs/toysvn month of node SDU: it is not drawn, or has no" in page
    assert "configuration" not in page


def test_a_wrong_name_within_a_sentence_does_not_break_it(tmp_path: Path) -> None:
    said = "Now :almanac:value:`SDU tarball:ZZ/svn/dybsvn sise`, they say.\n\n.. almanac:node:: old-nas"
    site = project(tmp_path, said)
    warning, _ = site.build("text").split("\n", 1)
    assert warning.endswith(
        'no metric "sise" of "tarball:ZZ/svn/dybsvn" on the node "SDU"; did you mean "size"? [almanac.name]'
    )
    page = " ".join(site.page("index", "text").split())
    assert "Now no such metric: tarball:ZZ/svn/dybsvn sise, they say." in page
    assert "old-nas is not known: it has left the configuration, or has never been seen under this name." in page


def test_a_kind_that_no_node_has_yet_is_no_mistake_and_an_empty_table_says_what_was_asked(tmp_path: Path) -> None:
    table = ".. almanac:status::\n   :kind: {}\n   :state: FATL\n\n"
    site = project(tmp_path, table.format("lock") + table.format("weather"))
    assert site.build() == ""
    assert site.page().count("Nothing of this kind is known in the state FATL.") == 2


def test_text_tells_what_pages_tell(tmp_path: Path) -> None:
    declared = [".. almanac:hub:: ZZ", ".. almanac:environment:: lab & attic", ".. almanac:node:: SDU"]
    site = project(tmp_path, "\n\n".join(declared))
    assert site.build("text") == ""
    page = " ".join(site.page("index", "text").replace("|", " ").split())
    for said in (
        "No new backup for 7 nights",
        "host key changed",
        "disk /volume1",
        "tracs/dybsvn All well: 3.3 GB, 22",
    ):
        assert said in page, said
    assert "fingerprint" not in page

"""Small multiples on one scale, in each builder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinxext.almanac.compare import compared, scale_of
from sphinxext.almanac.elements import axis
from sphinxext.almanac.export import Export
from sphinxext.almanac.format import spread
from sphinxext.almanac.titles import reading_words
from tests.sphinxext.page_reading import read
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sphinx_site import project

ITEM = ".. almanac:compare:: size\n   :hub: C2\n   :kind: tarball\n   :subject: tracs/env"


def test_what_is_compared_shares_a_scale_and_a_unit(tmp_path: Path) -> None:
    export = Export(write_sample(tmp_path))
    nodes = [node for name in ("cms02", "C", "H1") if (node := export.node(name))]
    (found,) = compared(nodes, "size", "C2", "tarball", "tracs/env")
    assert [node["name"] for node, *_ in found.readings] == ["cms02", "C", "H1"]
    assert found.scale == (52e6, max(found.readings[2][2]["spark"]))
    assert {some.unit for some in compared(nodes, "size")} == {"bytes"}
    assert {subject["name"] for some in compared(nodes, "size") for _, subject, _ in some.readings} >= {
        "disk:/",
        "tarball:C2/repos/env",
    }
    assert compared(nodes, "weight") == []
    assert scale_of([]) is None


def test_pages_show_each_with_its_last_value_and_its_range_in_words(tmp_path: Path) -> None:
    site = project(tmp_path, ITEM)
    assert site.build(html_theme="almanac") == ""
    page = read(site.page())
    assert page.faults == []
    charts = page.all("svg", "aria-label")
    assert [label.partition(",")[0] for label in charts] == ["cms02", "C", "H1"]
    assert all("last 60 nights: " in label and " MB to " in label for label in charts)
    assert "All on one scale, from 52 MB to 135 MB, over the 60 nights to 23 Nov." in page.text
    assert site.page().count('<figure class="axed" data-low="52 MB" data-high="135 MB">') == len(charts)


@pytest.mark.parametrize("builder", ["text", "latex", "epub"])
def test_other_builders_show_last_value_and_range(tmp_path: Path, builder: str) -> None:
    site = project(tmp_path, ITEM)
    assert site.build(builder) == ""
    page = " ".join(site.page("index", builder).split())
    for word in ("cms02", "H1", "121 MB", "Lowest in", "135 MB"):
        assert word in page


def test_a_single_night_is_no_chart_and_no_scale(tmp_path: Path) -> None:
    site = project(tmp_path, ".. almanac:compare:: load15\n\n.. almanac:node:: SDU")
    for file in (site.export / "nodes").glob("*.json"):
        document = json.loads(file.read_bytes())
        for metric in (metric for subject in document["subjects"] for metric in subject["metrics"]):
            metric["spark"] = []
        document["problems"] = []
        file.write_text(json.dumps(document))
    assert site.build(html_theme="almanac") == ""
    page = read(site.page())
    assert page.all("svg", "aria-label") == []
    assert "one night is no chart yet" in page.text
    assert page.text.count("no history yet") > 1  # its backups, and its disk
    assert "scale" not in page.text


@pytest.mark.parametrize(("count", "words"), [("backups", "Items"), ("tarball", "Number kept"), ("shell", "Count")])
def test_what_is_counted_is_told_by_its_kind(count: str, words: str) -> None:
    assert reading_words("count", count) == words


@pytest.mark.parametrize(("source", "warning"), [
    (".. almanac:compare:: sise", 'there is no metric "sise"; did you mean "size"?'),
    (".. almanac:compare:: size\n   :kind: tarbal", 'there is no kind "tarbal"; did you mean "tarball"?'),
    (".. almanac:compare:: size\n   :subject: tracs/emv", 'there is no subject "tracs/emv"; did you mean "tracs/env"?'),
    (".. almanac:compare:: size\n   :hub: c2", 'there is no hub "c2" in the export; did you mean "C2"?'),
])  # fmt: skip
def test_names_that_do_not_exist_warn_with_the_nearest(tmp_path: Path, source: str, warning: str) -> None:
    warnings = project(tmp_path, source).build()
    assert warning in warnings
    assert warnings.count("WARNING") == 1


@pytest.mark.parametrize(("scale", "words"), [
    ((1e9, 3e9), "from 1 GB to 3 GB"),
    ((5.07e9, 5.11e9), "40 MB around 5.1 GB"),
    ((5e9, 5e9), "always 5 GB"),
])  # fmt: skip
def test_a_scale_is_told_also_where_its_ends_read_the_same(scale: tuple[float, float], words: str) -> None:
    assert spread(scale, "bytes") == words


def test_an_axis_has_ends_that_read_differently_or_one() -> None:
    assert axis((1e9, 3e9), "bytes") == ' data-low="1 GB" data-high="3 GB"'
    assert axis((5.07e9, 5.11e9), "bytes") == ' data-low="5.070 GB" data-high="5.110 GB"'
    assert axis((0.2, 0.2), "ratio") == ' data-high="20 %"'
    assert axis((1, 2), '"><b>') == ' data-low="1 &#34;&gt;&lt;b&gt;" data-high="2 &#34;&gt;&lt;b&gt;"'

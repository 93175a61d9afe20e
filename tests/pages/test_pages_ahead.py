"""Sphinx, begun before there is an export: what comes of that run, and when another is needed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from collector import nightly
from collector.config import Config, load
from collector.model import NodeAnswer
from collector.pages.ahead import begun
from collector.pages.errors import PagesError
from collector.pages.site import build
from collector.sweep import sweep
from tests.pages.lab import lab, tree

FLEET = """
[site]
title = "Ours, \\u00e9 & all"
[hubs.ZZ]
server = "dayabay"
node = "SDU"
[environments.live]
nodes = ["SDU"]
[groups.nas]
nodes = ["SDU"]
[nodes.SDU]
reach = "local"
[[nodes.SDU.sources]]
kind = "host"
"""
NOTE_RUNS = """
def note(app):
    with Path(app.confdir, "../runs").open("a") as runs:
        runs.write(app.config.almanac_export + "\\n")

def setup(app):
    app.connect("config-inited", take_title, priority=600)
    app.connect("builder-inited", note)
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A fleet that was never asked, with a site that was never built and notes each run of Sphinx."""
    return fleet(tmp_path, "", "")


def fleet(folder: Path, more: str, conf: str) -> Config:
    """The same with more of a configuration, and of conf.py."""
    lab(folder)
    shutil.rmtree(folder / "data")
    own = folder / "site/conf.py"
    own.write_text(own.read_text() + NOTE_RUNS + conf)
    (folder / "almanac.toml").write_text(FLEET + more)
    return load(folder / "almanac.toml")


def runs(config: Config) -> list[bool]:
    """The runs of Sphinx in turn, and whether each read the export."""
    return [Path(one) == config.export for one in (config.file.parent / "runs").read_text().splitlines()]


def add(config: Config, words: str) -> None:
    page = config.site.source / "index.rst"
    page.write_text(page.read_text() + f"\n{words}\n")


def edit(config: Config) -> None:
    """Changes a page when Sphinx has begun."""
    while not (config.file.parent / "runs").exists():
        sleep(0.02)
    add(config, "Meanwhile.")


@pytest.mark.parametrize(("before", "meanwhile", "read_export"), [
    (lambda c: add(c, "Of :almanac:node:`SDU`."), lambda c: None, [False]),
    (lambda c: add(c, ".. almanac:subject:: SDU host:system"), lambda c: None, [False, True]),
    (lambda c: None, edit, [False, True]),
])  # fmt: skip
def test_a_run_that_was_begun_ahead_is_kept_if_it_read_what_is_so(
    config: Config, before: Callable[[Config], None], meanwhile: Callable[[Config], None], read_export: list[bool]
) -> None:
    before(config)
    night = nightly.run(config, lambda stage: meanwhile(config) if stage == "exporting" else None)
    assert (night.built.sphinx_ran, night.built.refusal, runs(config)) == (True, None, read_export)
    site = tree(config.html)
    assert b"Ours, \xc3\xa9 &amp; all</title>" in site["nodes/SDU.html"]
    assert [left.name for left in config.site.data.glob("doctrees*")] == ["doctrees"]
    with begun(config) as ahead:
        assert ahead is None
    assert not build(config).sphinx_ran
    shutil.rmtree(config.doctrees)
    shutil.rmtree(config.html)
    assert build(config).sphinx_ran
    assert tree(config.html) == site


def test_sphinx_is_begun_before_nodes_are_asked_only_where_there_is_no_site(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_by_then = []

    def noting(*said: Any) -> Iterator[NodeAnswer]:
        begun_by_then.append(any(config.site.data.glob("doctrees.*")))
        return sweep(*said)

    monkeypatch.setattr(nightly, "sweep", noting)
    for words in ("The first build.", "The second."):
        add(config, words)
        nightly.run(config, lambda _: None)
    assert (begun_by_then, runs(config)) == ([True, False], [False, False])


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda source: (source / "conf.py").unlink(), "there is no conf.py"),
    (lambda source: (shutil.rmtree(source / "nodes"), (source / "nodes").symlink_to("nodes")), "levels of symbolic links"),
])  # fmt: skip
def test_nodes_are_recorded_where_sphinx_has_nothing_to_begin_with(
    config: Config, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(config.site.source)
    told: list[str] = []
    with pytest.raises(PagesError, match=said):
        nightly.run(config, told.append)
    assert told[0] == "SDU: ok"


NO_CA = """
[instances]
ca_file = "/nowhere"
[[instances.endpoints]]
url = "/stats"
"""


def test_instances_that_could_not_be_asked_yet_have_no_pages(tmp_path: Path) -> None:
    config = fleet(tmp_path, NO_CA, "")
    told: list[str] = []
    night = nightly.run(config, told.append)
    assert (len(night.undelivered), night.built.refusal, runs(config)) == (1, None, [False])
    assert len(told) == nightly.steps(config)
    assert not [*config.site.source.glob("instances/*"), *config.site.source.glob("nodes/*instances*")]
    (config.file.parent / "almanac.toml").write_text(FLEET + NO_CA.replace('ca_file = "/nowhere"', ""))
    config, first = load(config.file), tree(config.site.publish / "generations/000001")
    assert [nightly.run(config, lambda _: None).undelivered, runs(config)] == [(), [False, True]]
    assert tree(config.site.publish / "generations/000001") == first
    (config.site.source / "instances/index.rst").write_text("Instances\n=========\n\n.. almanac:instances::\n")
    assert [nightly.run(config, lambda _: None).built.refusal, runs(config)] == [None, [False, True, False]]


def test_a_name_that_is_yet_to_be_found_is_linked_where_warnings_of_names_are_not_wanted(tmp_path: Path) -> None:
    config = fleet(tmp_path, "", '\nsuppress_warnings = ["almanac.name"]\n')
    add(config, "Of :almanac:subject:`SDU host:system`, not :almanac:subject:`SDU host:none`.")
    assert (nightly.run(config, lambda _: None).built.refusal, runs(config)) == (None, [False, True])
    page = (config.html / "index.html").read_text()
    assert re.search('Of <a [^>]*href="nodes/SDU.html#[^"]+"[^>]*>.*SDU.*host:system.*</a>, not <code', page)

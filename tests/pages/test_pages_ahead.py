"""Sphinx, begun while nodes are still asked: what comes of that run, and when another is needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest

from collector import nightly
from collector.config import Config, load
from collector.pages import begun, build
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
    lab(tmp_path)
    shutil.rmtree(tmp_path / "data")
    conf = tmp_path / "site/conf.py"
    conf.write_text(conf.read_text() + NOTE_RUNS)
    (tmp_path / "almanac.toml").write_text(FLEET)
    return load(tmp_path / "almanac.toml")


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

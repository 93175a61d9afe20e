"""Builds that go wrong: a mistake in a page, a kill, a full disk, damage; and what each leaves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from collector.config import Config, load
from collector.export.read import NoExport
from collector.pages import site
from collector.pages.errors import PagesError
from collector.pages.site import Built, build, whole
from collector.spread import SpreadError, spread
from sphinxext.almanac import fill, maker
from tests.pages.lab import BUILD, edit_manifest, lab, tree
from tests.servers.waiting import until


def test_pages_with_a_mistake_take_new_data_in_their_old_words(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    before = tree(config.html), tree(config.doctrees)
    page = config.site.source / "index.rst"
    right = page.read_text()
    page.write_text(f"{right}\nSee :almanac:node:`SUD`.\n")
    for _ in range(2):  # the second time Sphinx must not take the page for read
        built = build(config)
        assert (built.sphinx_ran, built.written) == (True, 0)
        first, *lines = str(built.refusal).splitlines()
        assert first == (
            f"{config.site.source}: Sphinx refuses these pages, they show new data in the words of the last good build;"
            " mend them and run: almanac build"
        )
        assert "index.rst:" in lines[0]
        assert 'there is no node "SUD" in the export; did you mean "SDU"?' in lines[0]
    assert (tree(config.html), tree(config.doctrees)) == before
    file = config.export / "nodes/SDU.json"
    file.write_text(file.read_text().replace("Shandong, rh02", "Shandong, rh03"))
    assert build(config).written == 1
    assert "rh03" in (config.html / "nodes/SDU.html").read_text()
    page.write_text(right)
    assert build(config) == Built(sphinx_ran=False, written=0)


def test_pages_with_a_mistake_stay_where_no_frames_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = lab(tmp_path)
    page = config.site.source / "index.rst"
    right = page.read_text()
    wrong = f"{right}\nSee :almanac:node:`SUD`.\n"
    page.write_text(wrong)
    with pytest.raises(PagesError, match="Sphinx refuses these pages, the old ones stay; mend them"):
        build(config)
    page.write_text(right)
    build(config)
    page.write_text(wrong)
    assert build(config).refusal is not None
    monkeypatch.setattr(maker, "digest", lambda: "of another extension")
    with pytest.raises(PagesError, match="the old ones stay"):
        build(config)


def test_a_build_killed_at_any_moment_is_healed_by_the_next(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    for i, delay in enumerate((0.2, 0.7, 1.2, 1.6)):
        (config.site.source / "nodes/C.rst").write_text(f"C\n=\n\n.. almanac:node:: C\n\nEdition {i}.\n")
        running = subprocess.Popen(
            [sys.executable, "-c", BUILD, str(config.file)], start_new_session=True, stderr=subprocess.DEVNULL
        )
        time.sleep(delay)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    build(config)
    healed = tree(config.html)
    assert b"Edition 3." in healed["nodes/C.html"]
    shutil.rmtree(config.doctrees)
    shutil.rmtree(config.html)
    build(config)
    assert tree(config.html) == healed


TWO_AT_A_TIME = """
import time
from pathlib import Path
here = Path(__file__).parent.parent

def wait_for(name):
    end = time.monotonic() + 300
    while not (here / name).exists() and time.monotonic() < end:
        time.sleep(0.02)

def hold(app, page, text):
    if page == "nodes/C":
        (here / "read").touch()
        wait_for("go")

def setup(app):
    if (here / "outlived").exists():
        app.connect("source-read", hold)
        app.connect("build-finished", lambda *_: (here / "written").touch(), priority=900)
    else:
        app.connect("env-updated", lambda *_: (here / "go").touch() or wait_for("written"))
"""


def test_a_sphinx_that_outlives_its_pass_writes_nothing_into_the_next(tmp_path: Path) -> None:
    config = lab(tmp_path)
    page, conf = config.site.source / "nodes/C.rst", config.site.source / "conf.py"
    conf.write_text(conf.read_text() + TWO_AT_A_TIME)
    page.write_text("C\n=\n\n.. almanac:node:: C\n\nOf the pass before.\n")
    (tmp_path / "outlived").touch()
    running = subprocess.Popen([sys.executable, "-c", BUILD, str(config.file)])
    until(lambda: running.poll() is not None or (tmp_path / "read").exists())
    assert running.poll() is None
    running.kill()
    running.wait()
    (tmp_path / "outlived").unlink()
    page.write_text("C\n=\n\n.. almanac:node:: C\n\nOf this pass.\n")
    build(config)
    assert "Of this pass." in (config.html / "nodes/C.html").read_text()
    build(config)
    assert sorted(left.name for left in config.site.data.glob("doctrees*")) == ["doctrees"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Config]:
    """A site that has been built, whose pages lie on a disk of a few megabytes."""
    (tmp_path / "data").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", tmp_path / "data"], check=True)
    try:
        config = lab(tmp_path)
        build(config)
        yield config
    finally:
        subprocess.run(["umount", tmp_path / "data"], check=True)


@pytest.mark.parametrize("left", [0, 200_000, 700_000, 1_200_000])
def test_a_disk_that_is_full_for_sphinx_is_one_sentence_and_leaves_nothing(small_disk: Config, left: int) -> None:
    config = small_disk
    page = config.site.source / "index.rst"
    page.write_text(page.read_text() + "\nNew words.\n" + "word " * 100_000)
    room = shutil.disk_usage(config.site.data).free
    (config.site.data / "ballast").write_bytes(bytes(room - left))
    before = shutil.disk_usage(config.site.data).free
    for _ in range(2):
        try:
            said = str(build(config).refusal)
        except PagesError as error:
            said = str(error)
        assert "No space left" in said
        assert len(said.splitlines()) == 1
        assert len(said) < 400
        assert shutil.disk_usage(config.site.data).free == before
    (config.site.data / "ballast").unlink()
    assert build(config).refusal is None
    assert "New words." in (config.html / "index.html").read_text()


def test_pages_of_a_build_that_was_broken_off_are_not_published_until_one_ends_well(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    assert whole(config) == config.html
    file, in_the_way = config.export / "nodes/SDU.json", config.html / "nodes/.SDU.html.aside"
    file.write_text(file.read_text().replace("Shandong, rh02", "Shandong, rh03"))
    in_the_way.mkdir()
    with pytest.raises(PagesError, match=f"^{in_the_way}: Is a directory; mend that and run: almanac build$"):
        build(config)
    with pytest.raises(PagesError, match="html: is not whole, for a build was broken off; run: almanac build"):
        whole(config)
    in_the_way.rmdir()
    build(config)
    assert whole(config) == config.html


def test_damaged_pages_and_leftovers_are_mended_without_sphinx(tmp_path: Path) -> None:
    config = lab(tmp_path)
    build(config)
    whole = tree(config.html)
    (config.html / "index.html").write_text("damaged")
    (config.html / "_static/almanac.css").unlink()
    (config.html / "left.html").write_text("of an older version")
    assert build(config) == Built(sphinx_ran=False, written=2)
    assert tree(config.html) == whole


@pytest.mark.parametrize(("harm", "said"), [
    (lambda c: (c.site.source / "conf.py").unlink(), "there is no conf.py, so no site; make one with: almanac init"),
    (lambda c: edit_manifest(c, lambda m: m["hubs"]["ZZ"].update(page="../outside")), "make the export anew with: almanac export"),
    (lambda c: (c.export / "nodes/SDU.json").write_text('{"name": "SDU"}'), "SDU.json: does not tell of the node SDU; make it anew with: almanac export"),
    (lambda c: shutil.copy(c.export / "nodes/C.json", c.export / "nodes/SDU.json"), "SDU.json: does not tell of the node SDU; make it anew"),
    (lambda c: (c.export / "nodes/SDU.json").unlink(), "SDU.json: there is no export here; make one with: almanac export"),
])  # fmt: skip
def test_what_stands_in_the_way_is_said_in_one_sentence(
    tmp_path: Path, harm: Callable[[Config], object], said: str
) -> None:
    config = lab(tmp_path)
    harm(config)
    with pytest.raises(PagesError, match=said) as raised:
        build(config)
    assert "Sphinx refuses" not in str(raised.value)


def test_without_an_export_nothing_is_built(tmp_path: Path) -> None:
    config = lab(tmp_path)
    (config.export / "manifest.json").unlink()
    with pytest.raises(NoExport, match="run: almanac nightly"):
        build(config)
    assert not config.html.exists()


def test_a_runbook_that_is_no_page_ends_the_build_with_a_sentence(tmp_path: Path) -> None:
    config = lab(tmp_path)
    rules = '[[rules]]\nname = "used_ratio"\nrunbook = "{}"\n'
    (tmp_path / "almanac.toml").write_text(rules.format("guide/disks"))
    with pytest.raises(PagesError) as raised:
        build(load(tmp_path / "almanac.toml"))
    assert str(raised.value) == (
        f'{tmp_path}/almanac.toml: rules: used_ratio: runbook: there is no page "guide/disks",'
        f" {config.site.source}/guide/disks.rst; write that page, or name another"
    )
    (tmp_path / "almanac.toml").write_text(rules.format("indexx"))
    with pytest.raises(PagesError, match='did you mean "index"'):
        build(load(tmp_path / "almanac.toml"))


def test_a_build_of_which_one_process_is_killed_is_told_and_healed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = lab(tmp_path)
    build(config)
    before = tree(config.html)
    put, me = fill._put, os.getpid()

    def killed(*of: Any) -> Any:
        if os.getpid() != me:
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        until((tmp_path / "killed").exists)
        return put(*of)

    spread_over(monkeypatch, 2)
    monkeypatch.setattr(fill, "_put", killed)
    with pytest.raises(SpreadError, match="was ended by SIGKILL"):
        build(config)
    with pytest.raises(PagesError, match="a build was broken off"):
        whole(config)
    monkeypatch.undo()
    build(config)
    assert tree(config.html) == before


def test_a_site_is_the_same_by_any_number_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, put, seen = lab(tmp_path), fill._put, tmp_path / "seen"
    spread_over(monkeypatch, 1)
    build(config)
    before = tree(config.html)
    shutil.rmtree(config.html)
    seen.mkdir()

    def shared(*of: Any) -> Any:
        (seen / f"{os.getpid()}").touch()
        until(lambda: len(list(seen.iterdir())) == 3)
        return put(*of)

    spread_over(monkeypatch, 3)
    monkeypatch.setattr(fill, "_put", shared)
    build(config)
    assert tree(config.html) == before


def spread_over(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    """Has pages filled by so many processes, however few they are."""
    monkeypatch.setattr("collector.spread._WORTH", 1)
    monkeypatch.setattr(site, "spread", partial(spread, cores=cores))

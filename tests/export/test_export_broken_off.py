"""An export that breaks: what it leaves behind, and that nobody takes a half-changed one for whole."""

import shutil
import subprocess
import sys

import pytest

from collector import edition, files
from collector.chart import workshop
from collector.config import parse
from collector.export.read import read_manifest, read_node
from collector.export.write import ExportError, begun, export
from collector.life import stage
from collector.model import Observation, Reading
from collector.pages import site
from collector.pages.errors import PagesError
from collector.store.store import Store
from tests.store.answers import ITEM, night, record


def nights(number):
    """So many nights of one backup."""
    return Reading(tuple(Observation(ITEM, "size", night(n), 1e6 + n * n, "bytes") for n in range(-40, number + 1)))


@pytest.fixture
def fleet(tmp_path):
    """A fleet whose first night is exported, and whose second is on record."""
    config = parse(
        '[hubs.ZZ]\nserver = "dayabay"\nnodes = ["SDU"]\n[nodes.SDU]\naddress = "x"\n'
        '[[nodes.SDU.sources]]\nkind = "tarballs"\nfolder = "/x"\n',
        tmp_path / "almanac.toml",
        {},
    )
    with Store.open(config.database) as store:
        record(store, 0, nights(0))
        export(config, store)
        record(store, 1, nights(1))
        yield config, store


def records(config, store):
    return stage.Records(config, store, stage.last_pass(store))


def content(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_an_export_that_breaks_at_its_end_leaves_the_one_before_as_it_was(fleet):
    config, store = fleet
    before = content(config.export)
    in_the_way = config.export / ".manifest.json.aside"
    in_the_way.mkdir()
    with pytest.raises(ExportError, match="the export before stays"):
        export(config, store)
    in_the_way.rmdir()
    assert content(config.export) == before
    export(config, store)
    assert content(config.export) != before


def test_a_night_is_judged_where_nobody_can_draw(fleet, tmp_path, monkeypatch):
    config, store = fleet
    before, stages = content(config.export), []
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    monkeypatch.setattr(workshop, "BATCH", 1)  # as in a fleet with many charts: some are sent before judging
    with pytest.raises(ExportError, match="gone: No such file or directory; the export before stays"):
        edition.rest(config, store, stages.append)
    assert stages[:2] == ["judging", "exporting"]
    assert content(config.export) == before
    monkeypatch.undo()
    export(config, store)
    assert content(config.export) != before


def test_a_disk_too_full_for_charts_is_left_as_full_as_it_was(fleet, tmp_path):
    config, store = fleet
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", config.export], check=True)
    try:
        for _ in range(2):
            with pytest.raises(ExportError, match="No space left on device; the export before stays"):
                export(config, store)
            assert content(config.export) == {}
    finally:
        subprocess.run(["umount", config.export], check=True)


def test_an_export_that_breaks_while_files_change_leaves_the_one_before_whole(fleet):
    config, store = fleet
    document = config.export / "nodes/SDU.json"
    document.unlink()
    document.mkdir()
    before = content(config.export)
    with pytest.raises(ExportError):
        export(config, store)
    assert (content(config.export), files.is_whole(config.export)) == (before, True)
    document.rmdir()
    export(config, store)
    assert files.is_whole(config.export)


def test_an_export_killed_while_files_change_is_not_built_from(fleet):
    config, store = fleet
    with pytest.raises(SystemExit), begun(config, store, records(config, store)):
        shutil.copytree(config.site.data, config.site.data.with_name("killed"))
        sys.exit()
    shutil.rmtree(config.site.data)
    config.site.data.with_name("killed").rename(config.site.data)
    with pytest.raises(PagesError) as raised:
        site.build(config)
    assert str(raised.value) == (
        f"{config.export}: is not whole, for an export was broken off; make it anew with: almanac export"
    )
    export(config, store)
    assert files.is_whole(config.export)
    assert not list(config.export.rglob(".*"))


def test_pages_see_the_new_documents_before_the_charts_and_the_old_ones_again_where_those_fail(fleet):
    config, store = fleet
    before = content(config.export)
    with (
        pytest.raises(ExportError, match="the export before stays"),
        begun(config, store, records(config, store)) as new,
    ):
        assert read_manifest(config.export) == new.manifest
        assert content(config.export) != before
        charts = config.export / "charts/SDU"
        charts.rename(charts.with_name("aside"))
        charts.write_text("in the way")
        try:
            new.finish()
        finally:
            charts.unlink()
            charts.with_name("aside").rename(charts)
    assert (content(config.export), files.is_whole(config.export)) == (before, True)


def test_an_export_is_finished_also_where_the_pages_are_refused(fleet):
    config, store = fleet
    with pytest.raises(PagesError, match="refused"), begun(config, store, records(config, store)) as new:
        raise PagesError("refused")
    assert read_manifest(config.export) == new.manifest
    document = read_node(config.export, new.manifest, "SDU")
    charts = [
        file
        for one in document.subjects
        for metric in one.metrics
        for chart in metric.charts
        for file in (chart.light, chart.dark)
    ]
    assert charts
    assert all((config.export / file).exists() for file in charts)
    assert files.is_whole(config.export)

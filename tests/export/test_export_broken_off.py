"""An export that breaks: what it leaves behind, and that nobody takes a half-changed one for whole."""

import subprocess

import pytest

from collector import files, pages
from collector.config import parse
from collector.export.write import ExportError, export
from collector.model import Observation, Reading
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


def test_an_export_broken_off_while_files_change_is_not_built_from(fleet):
    config, store = fleet
    document = config.export / "nodes/SDU.json"
    document.unlink()
    document.mkdir()
    with pytest.raises(ExportError):
        export(config, store)
    with pytest.raises(pages.PagesError) as raised:
        pages.build(config)
    assert str(raised.value) == (
        f"{config.export}: is not whole, for an export was broken off; make it anew with: almanac export"
    )
    document.rmdir()
    export(config, store)
    assert files.is_whole(config.export)

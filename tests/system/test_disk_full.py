"""A disk that fills up in each stage: one sentence, exit status 4, the old site stays, the next pass heals."""

import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.system import fleet

STAGES = ("collect", "export", "build", "publish")
FULL = "No space left"
WORDS = ":orphan:\n\nMore\n====\n\n" + "word " * 100_000


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A fleet with one pass behind it, and something new for the next in every stage."""
    folder = tmp_path_factory.mktemp("full")
    fleet.make(folder, nights=20)
    assert fleet.almanac(folder, "nightly").returncode == 0
    (folder / "data").rename(folder / "saved")
    for node in fleet.NODES:
        fleet.tarball(folder / "fleet" / node / "backup/dayabay", "svn/dybsvn", -1, 11_000_000)
    return folder


@pytest.fixture
def small_disk(night):
    """The fleet, its data on a disk of a few megabytes, and what is published on another."""
    for disk in ("data", "data/public"):
        (night / disk).mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", night / disk], check=True)
    shutil.copytree(night / "saved", night / "data", symlinks=True, dirs_exist_ok=True)
    yield night
    for disk in ("data/public", "data"):
        subprocess.run(["umount", night / disk], check=True)
    (night / "site/more.rst").unlink(missing_ok=True)


def room(folder, disk="data"):
    return shutil.disk_usage(folder / disk).free


def fill(folder, left, disk="data"):
    """Takes all room of a disk but so many bytes."""
    (folder / disk / "ballast").write_bytes(bytes(room(folder, disk) - left))


def taken(folder):
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


def tell(done):
    """The one sentence of a stage that met a full disk."""
    assert done.returncode == 4, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("almanac: ")
    assert FULL in line
    assert len(line) < 500
    return line


def heal(folder, before, broken=""):
    """There is room again; `broken`: what the next pass tells of a whole pass that broke before it."""
    fleet.record(folder)
    for ballast in (folder / "data").rglob("ballast"):
        ballast.unlink()
    done = fleet.almanac(folder, "nightly")
    assert (done.returncode, broken in done.stderr) == (1 if broken else 0, True)
    assert fleet.site(folder)["nodes/SDU.html"] != before["nodes/SDU.html"]
    assert not [file for file in (folder / "data").rglob("*") if file.suffix in (".aside", ".unfinished")]


@pytest.mark.parametrize(
    ("stage", "left", "where"),
    [
        ("collect", 0, "almanac.db: "),
        ("export", 0, "/data/export: "),
        ("export", 30_000, "/data/export: "),
        ("export", 120_000, "/data/export: "),
        ("build", 4096, "/data/html: "),
        ("publish", 0, "can't publish there: "),
        ("publish", 100_000, "can't publish there: "),
    ],
)
def test_a_full_disk_is_told_and_healed(small_disk, stage, left, where):
    before = fleet.site(small_disk)
    for earlier in STAGES[: STAGES.index(stage)]:
        assert fleet.almanac(small_disk, earlier).returncode == 0
    fill(small_disk, left, "data/public" if stage == "publish" else "data")
    for _ in range(2):
        assert where in tell(fleet.almanac(small_disk, stage))
        assert fleet.site(small_disk) == before
    heal(small_disk, before)


@pytest.mark.parametrize(("left", "where"), [(0, "/doctrees."), (200_000, "while Sphinx ran")])
def test_a_disk_that_is_full_for_sphinx_is_told_and_healed(small_disk, left, where):
    before = fleet.site(small_disk)
    (small_disk / "site/more.rst").write_text(WORDS)
    fill(small_disk, left + (taken(small_disk / "data/doctrees/trees") if left else 0))
    for _ in range(2):
        full = room(small_disk)
        assert where in tell(fleet.almanac(small_disk, "build"))
        assert room(small_disk) == full
    assert fleet.site(small_disk) == before
    heal(small_disk, before)
    assert "more.html" in fleet.site(small_disk)


def test_nights_are_recorded_while_the_disk_is_too_full_for_their_pages(small_disk):
    before = fleet.site(small_disk)
    fill(small_disk, 160_000)
    for passes in (2, 3, 4):
        assert "/data/export: " in tell(fleet.almanac(small_disk, "nightly"))
        with closing(sqlite3.connect(small_disk / "data/almanac.db")) as database:
            assert database.execute("SELECT count(*) FROM pass WHERE finished IS NOT NULL").fetchone() == (passes,)
    assert fleet.site(small_disk) == before
    # In which stage: that hangs on how much is drawn when.
    heal(small_disk, before, f"/data/export: {FULL}")

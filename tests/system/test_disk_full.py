"""A disk that fills up in each stage: one sentence, exit status 4, the old site stays, the next pass heals."""

import subprocess

import pytest

from tests.system import fleet

STAGES = ("collect", "export", "build", "publish")


@pytest.fixture
def small_disk(tmp_path):
    """A fleet whose data lie on a disk of a few megabytes."""
    fleet.make(tmp_path, nights=20)
    disk = tmp_path / "data"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=True)
    yield tmp_path
    subprocess.run(["umount", disk], check=True)


def fill(disk):
    """Takes all that is left."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


@pytest.mark.parametrize("stage", STAGES)
def test_a_full_disk_is_told_and_healed(small_disk, stage):
    assert fleet.almanac(small_disk, "nightly").returncode == 0
    before = fleet.site(small_disk)
    for node in fleet.NODES:  # something new in every stage
        fleet.tarball(small_disk / "fleet" / node / "backup/dayabay", "svn/dybsvn", -1, 11_000_000)
    (small_disk / "site/more.rst").write_text(":orphan:\n\nMore\n====\n" + "word " * 10_000)
    for earlier in STAGES[: STAGES.index(stage)]:
        assert fleet.almanac(small_disk, earlier).returncode == 0
    fill(small_disk / "data")
    done = fleet.almanac(small_disk, stage)
    assert done.returncode == 4, done.stderr
    assert done.stderr.startswith("almanac: ")
    assert "No space left" in done.stderr or "full" in done.stderr
    assert "Traceback" not in done.stderr
    assert fleet.site(small_disk) == before
    fleet.record(small_disk)
    (small_disk / "data/ballast").unlink()
    assert fleet.almanac(small_disk, "nightly").returncode == 0
    after = fleet.site(small_disk)
    assert after["nodes/SDU.html"] != before["nodes/SDU.html"]
    assert "more.html" in after

"""Files that are never half-written, and what a writer leaves that did not come to its end."""

import ctypes
import errno
import mmap
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from collector import files

KILLED = """
import os, signal, sys
from pathlib import Path
from collector import files
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
files.replace(Path(sys.argv[1]), b"half")
"""


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def waiting(file):
    """How much of a file is not on disk yet, in kB: what the kernel calls dirty of it (proc(5), smaps)."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as content:
        assert content[:]
        told = Path("/proc/self/smaps").read_text().partition(f" {file}\n")[2].partition("VmFlags")[0]
    return sum(map(int, re.findall(r"_Dirty: +(\d+) kB", told)))


@pytest.fixture
def on_disk():
    """A folder on a disk: on a tmpfs, as /tmp may be, nothing ever gets there."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("tells_faults", [True, False])
@pytest.mark.parametrize("count", [files.AT_ONCE, files.AT_ONCE + 1])
def test_files_are_on_disk_once_that_was_waited_for(on_disk, count, tells_faults, monkeypatch):
    monkeypatch.setattr(files, "_TELLS_FAULTS", tells_faults)
    wanted = [on_disk / f"{number % 2}/{number}" for number in range(count)]
    hidden = [file.with_name(f".{file.name}.aside") for file in wanted]

    def is_to_be_written():
        files.forsake(wanted)  # what is written over another is sent to the disk at once
        for file in wanted:
            files.aside(file, b"page")
        return all(map(waiting, hidden))

    assert any(is_to_be_written() for _ in range(9))  # others on this machine may have all of the disk synced
    files.sync_aside(wanted)
    assert not any(map(waiting, hidden))
    files.place(wanted)
    assert [file.read_bytes() for file in wanted] == [b"page"] * count


class Disks:
    """A stand-in for the system's syncfs: it notes which file systems are to be on disk, of which one fails."""

    def __init__(self, broken=None):
        self.synced, self.broken = [], broken

    def syncfs(self, handle):
        self.synced.append(os.fstat(handle).st_dev)
        if self.synced[-1] != self.broken:
            return 0
        ctypes.set_errno(errno.EIO)
        return -1


def test_each_file_system_is_awaited_once_and_a_fault_of_any_told(on_disk, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        places = [on_disk / "a", on_disk / "b", Path(elsewhere)]
        many = [place / str(number) for place in places for number in range(files.AT_ONCE)]
        for file in many:
            file.parent.mkdir(exist_ok=True)
            file.touch()
        monkeypatch.setattr(files, "_LIBC", disks := Disks())
        files.sync_all(many)
        assert sorted(disks.synced) == sorted({place.stat().st_dev for place in places})
        for folder in (on_disk, Path(elsewhere)):
            monkeypatch.setattr(files, "_LIBC", Disks(broken=folder.stat().st_dev))
            with pytest.raises(OSError, match=re.escape(str(folder))) as told:
                files.sync_all(many)
            assert told.value.errno == errno.EIO
            with monkeypatch.context() as before_linux_5_8:
                before_linux_5_8.setattr(files, "_TELLS_FAULTS", False)
                files.sync_all(many)


def test_who_can_not_wait_for_a_folder_is_told_which(tmp_path):
    lost = [tmp_path / f"lost/{number}" for number in range(files.AT_ONCE + 1)]
    with pytest.raises(FileNotFoundError, match=re.escape(f"{tmp_path}/lost")):
        files.sync_all(lost)


def test_what_a_killed_writer_left_goes_when_the_file_is_written_again(tmp_path):
    file = tmp_path / ("n\u00f6t " * 40 + ".rst")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", KILLED, file], check=False)
        assert done.returncode == -signal.SIGKILL
        assert len(names(tmp_path)) == 1
        assert not file.exists()
    assert files.replace(file, b"whole")
    assert (names(tmp_path), file.read_bytes()) == ([file.name], b"whole")
    assert not files.replace(file, b"whole")


def test_a_file_of_the_folder_that_we_are_in_is_written_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files.aside(Path("page.rst"), b"page")
    assert names(tmp_path) == [".page.rst.aside"]
    files.settle([Path("page.rst")])
    assert names(tmp_path) == ["page.rst"]


def test_a_link_laid_in_the_way_of_a_writer_is_not_followed(tmp_path):
    (tmp_path / "other").write_bytes(b"another's")
    (tmp_path / ".page.rst.aside").symlink_to(tmp_path / "other")
    files.replace(tmp_path / "page.rst", b"page")
    assert names(tmp_path) == ["other", "page.rst"]
    assert (tmp_path / "other").read_bytes() == b"another's"


def test_files_that_change_together_all_change_or_none(tmp_path):
    folder = tmp_path / "export"
    one, two = folder / "one", folder / "new/two"
    folder.mkdir()
    one.write_bytes(b"old")
    for is_settled in (False, True):
        with pytest.raises(KeyboardInterrupt), files.Together(folder) as changes:
            changes.add(one, b"new")
            changes.add(two, b"new")
            if is_settled:
                assert (changes.settle(), one.read_bytes(), two.read_bytes()) == (2, b"new", b"new")
                assert not files.is_whole(folder)
            raise KeyboardInterrupt
        assert (one.read_bytes(), names(folder / "new"), names(tmp_path)) == (b"old", [], ["export"])
    for changed in (2, 0):
        with files.Together(folder) as changes:
            changes.add(one, b"new")
            changes.add(two, b"new")
            assert (changes.settle(), one.read_bytes(), two.read_bytes()) == (changed, b"new", b"new")
            changes.keep()
    assert (names(folder), names(folder / "new"), names(tmp_path)) == (["new", "one"], ["two"], ["export"])


def test_what_a_killed_writer_of_many_has_left_goes_with_the_next(tmp_path):
    one, two = tmp_path / "export/one", tmp_path / "export/two"
    script = (
        "import os, sys; from pathlib import Path; from collector import files\n"
        f"with files.Together(Path({str(one.parent)!r})) as changes:\n"
        f"    for file in ({str(one)!r}, {str(two)!r}):\n"
        "        changes.add(Path(file), sys.argv[1].encode())\n"
        "    changes.settle()\n"
        "    changes.keep() if sys.argv[2:] else os._exit(9)\n"
    )
    for content, *kept in (("old", "kept"), ("new",)):
        subprocess.run([sys.executable, "-c", script, content, *kept], check=False)
    assert (names(one.parent), files.is_whole(one.parent)) == ([".one.before", ".two.before", "one", "two"], False)
    with files.Together(one.parent) as changes:
        changes.add(one, b"new")
        changes.add(two, b"newer")
        changes.settle()
        changes.keep()
    assert (names(one.parent), files.is_whole(one.parent)) == (["one", "two"], True)


def test_a_folder_whose_change_was_broken_off_is_not_whole_until_one_ends_well(tmp_path):
    folder = tmp_path / "html"
    assert files.is_whole(folder)
    with pytest.raises(KeyboardInterrupt), files.changing(folder):
        raise KeyboardInterrupt
    assert not files.is_whole(folder)
    with files.changing(folder):
        assert not files.is_whole(folder)
    assert files.is_whole(folder)
    assert names(tmp_path) == []


def test_a_tree_is_taken_away_whole_and_nothing_that_it_links_to(tmp_path):
    tree, others = tmp_path / "tree", tmp_path / "others"
    (tree / "of/many").mkdir(parents=True)
    (tree / "empty").mkdir()
    others.mkdir()
    (others / "page").write_bytes(b"page")
    for number in range(2 * files.AT_ONCE + 1):
        (tree / f"of/many/.{number}").write_bytes(b"")
    (tree / "of/page").hardlink_to(others / "page")
    (tree / "of/link").symlink_to(others / "page")
    (tree / "others").symlink_to(others)
    files.remove_tree(tree)
    tree.symlink_to(others)
    with pytest.raises(OSError, match="symbolic link"):
        files.remove_tree(tree)
    assert (names(tmp_path), names(others)) == (["others", "tree"], ["page"])

"""Readers during a switch, a publisher killed at any instant, a disk that is full, folders that may not be written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.publish import PublishError, generations, publish

NAMES = [f"nodes/{number}.html" for number in range(20)]
SIZE = 5_000

PUBLISHER = """
import sys
from itertools import cycle
from pathlib import Path
from collector.publish import publish
for tree in cycle(sys.argv[2:]):
    publish(Path(tree), Path(sys.argv[1]), 3)
    print("published", flush=True)
"""


def night(tree: Path, word: str) -> Path:
    """A tree all of whose pages tell the same night."""
    (tree / "nodes").mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (tree / name).unlink(missing_ok=True)
        (tree / name).write_text(word * SIZE)
    return tree


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def whole(text: str) -> bool:
    return len(text) == SIZE and len(set(text)) == 1


def read_in_one_folder(target: Path, seen: Counter[str]) -> None:
    """Follows the link once and reads all there is: every page must be of the same night."""
    folder = os.open(target / "current", os.O_RDONLY)
    try:
        texts = {_read(name, folder) for name in NAMES}
    finally:
        os.close(folder)
    seen["whole" if len(texts) == 1 and whole(texts.pop()) else "mixed"] += 1


def read_request_by_request(target: Path, seen: Counter[str]) -> None:
    """Follows the link for each page, as a web server does: each page must be there and whole."""
    for name in NAMES:
        seen["whole" if whole((target / "current" / name).read_text()) else "torn"] += 1


def _read(name: str, folder: int) -> str:
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder)) as page:
        return page.read()


@pytest.mark.parametrize("read", [read_in_one_folder, read_request_by_request])
def test_a_reader_never_meets_a_mixed_or_missing_page(
    tmp_path: Path, read: Callable[[Path, Counter[str]], None]
) -> None:
    tree, target = night(tmp_path / "html", "a"), tmp_path / "public"
    publish(tree, target, 20)
    seen: Counter[str] = Counter()
    done = threading.Event()

    def reader() -> None:
        while not done.is_set() and set(seen) <= {"whole"}:
            try:
                read(target, seen)
            except OSError as error:
                seen[str(error)] += 1

    thread = threading.Thread(target=reader)
    thread.start()
    number = 0
    while thread.is_alive() and (number < 50 or seen["whole"] <= 50):
        publish(night(tree, chr(ord("A") + number % 26)), target, 20)
        number += 1
    done.set()
    thread.join()
    assert set(seen) == {"whole"}
    assert seen["whole"] > 50


def test_a_publisher_killed_at_any_instant_leaves_a_whole_site_and_the_next_one_heals(tmp_path: Path) -> None:
    trees, target = [night(tmp_path / word, word) for word in "ab"], tmp_path / "public"
    for tree in trees:
        publish(tree, target, 3)  # on a slow disk none of those below may come to its end
    instant = random.Random(3)
    for tree in trees:
        publish(tree, target, 3)
    for _ in range(15):
        kill_after(instant.uniform(0, 0.02), [sys.executable, "-c", PUBLISHER, str(target), *map(str, trees)])
        folders = [target / "current", *(target / f"generations/{kept.number:06}" for kept in generations(target))]
        assert all(is_one_night(folder) for folder in folders)
    publish(night(tmp_path / "z", "z"), target, 3)
    assert (target / "current" / NAMES[0]).read_text()[0] == "z"
    assert [kept.current for kept in generations(target)] == [False, False, True]
    assert names(target) == ["current", "generations"]
    assert len(names(target / "generations")) == 3


def kill_after(seconds: float, command: list[str]) -> None:
    """Kills a publisher that publishes without end, so long after it first published."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as publisher:
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"published\n"
        time.sleep(seconds)
        publisher.kill()
    assert publisher.returncode == -signal.SIGKILL


def is_one_night(folder: Path) -> bool:
    texts = {(folder / name).read_text() for name in NAMES}
    return len(texts) == 1 and whole(texts.pop())


LEFTOVERS = {
    "a generation half made": "generations/.new/nodes/0.html",
    "a generation half removed": "generations/.old-000001/nodes/0.html",
}


@pytest.mark.parametrize("leftover", LEFTOVERS.values(), ids=LEFTOVERS.keys())
def test_what_a_killed_publisher_left_goes(tmp_path: Path, leftover: str) -> None:
    tree, target = night(tmp_path / "html", "a"), tmp_path / "public"
    publish(tree, target, 3)
    (target / leftover).parent.mkdir(parents=True)
    (target / leftover).write_text("half")
    (target / ".current").symlink_to("generations/000009")
    publish(night(tree, "b"), target, 3)
    assert names(target) == ["current", "generations"]
    assert names(target / "generations") == ["000001", "000002"]


def test_a_generation_finished_but_not_switched_to_is_taken_up(tmp_path: Path) -> None:
    tree, target = night(tmp_path / "html", "a"), tmp_path / "public"
    publish(tree, target, 3)
    publish(night(tree, "b"), target, 3)
    (target / "current").unlink()
    (target / "current").symlink_to("generations/000001")  # as if killed between the rename and the switch
    healed = publish(tree, target, 3)
    assert (healed.number, healed.new) == (2, False)
    assert (target / "current").readlink() == Path("generations/000002")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_keeps_the_old_site_and_is_healed_by_the_next_pass(tmp_path: Path, small_disk: Path) -> None:
    tree, target = night(tmp_path / "html", "a"), small_disk / "public"
    publish(tree, target, 3)
    (small_disk / "hog").write_bytes(b"x" * 840_000)
    with pytest.raises(PublishError) as error:
        publish(night(tree, "b"), target, 3)
    said = str(error.value)
    assert said.startswith(f"{target}: can't publish there: No space left on device ({target}/generations/.new/nodes/")
    assert said.endswith("; the old site stays; free some space there, or lower site.keep")
    assert {(target / "current" / name).read_text() for name in NAMES} == {"a" * SIZE}
    assert names(target / "generations") == ["000001"]
    (small_disk / "hog").unlink()
    assert publish(tree, target, 3).number == 2


def test_a_full_disk_at_the_first_publish_leaves_nothing(tmp_path: Path, small_disk: Path) -> None:
    (small_disk / "hog").write_bytes(b"x" * 1_000_000)
    with pytest.raises(PublishError, match="No space left on device"):
        publish(night(tmp_path / "html", "a"), small_disk / "public", 3)
    assert list((small_disk / "public").rglob("*.html")) == []


def test_to_keep_fewer_generations_makes_room_on_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    tree, target = tmp_path / "html", small_disk / "public"
    for word in "abcd":
        publish(night(tree, word), target, 4)
    room = shutil.disk_usage(small_disk).free
    (small_disk / "hog").write_bytes(b"x" * room)
    with pytest.raises(PublishError, match="No space left on device"):
        publish(night(tree, "e"), target, 4)
    assert publish(tree, target, 2).number == 5
    assert [(kept.number, kept.current) for kept in generations(target)] == [(4, False), (5, True)]


@pytest.fixture
def for_nobody() -> Iterator[Path]:
    """A folder below folders that any user may enter: those of pytest are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-publish-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_told(for_nobody: Path) -> None:
    tree, target = night(for_nobody / "html", "a"), for_nobody / "public"
    publish(tree, target, 3)
    night(tree, "b")
    reader = os.fork()
    if reader == 0:
        os.setuid(65534)  # nobody; the exit status tells, as this process must not return into pytest
        try:
            publish(tree, target, 3)
        except PublishError as error:
            wanted = (
                f"{target}: can't publish there: Permission denied ({target}/generations/.new); the old site stays; "
            )
            os._exit(0 if str(error).startswith(wanted + "let this user write there") else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(reader, 0)[1]) == 0
    assert {(target / "current" / name).read_text()[0] for name in NAMES} == {"a"}

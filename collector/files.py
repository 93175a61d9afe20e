"""Files that are never half-written: written aside, synced, renamed. Readers and hard links keep the old one whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

AT_ONCE = 32
"""So many files are synced side by side: one commit of the file system's journal then serves many."""


def replace(path: Path, content: bytes) -> bool:
    """Puts `content` at `path`, making its folder. False, and nothing touched, if just that is there already.

    Raises OSError (disk full, no permission); then `path` is as it was and nothing is left beside it.
    """
    if holds(path, content):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name[-60:]}.aside")  # the same each time: what a killed writer left goes
    try:
        hidden.unlink(missing_ok=True)
        with hidden.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)
        hidden.rename(path)
    except BaseException:
        with suppress(OSError):
            hidden.unlink()
        raise
    return True


def aside(path: Path, content: bytes) -> None:
    """Writes a file beside `path`, making its folder. `settle` puts it in its place; until then it may be lost."""
    hidden = _beside(path)
    try:
        hidden.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        hidden.write_bytes(content)
    hidden.chmod(0o644)


def settle(paths: Collection[Path]) -> None:
    """Puts files written `aside` in their places once all of them are on disk. Many cost little more than one."""
    sync_aside(paths)
    place(paths)


def sync_aside(paths: Collection[Path]) -> None:
    """Waits until what was written `aside` is on disk. Raises OSError."""
    sync_all([_beside(path) for path in paths])


def place(paths: Collection[Path]) -> None:
    """Puts files written `aside` in their places; the content of all of them must be on disk. Raises OSError."""
    for path in paths:
        _beside(path).rename(path)


def forsake(paths: Collection[Path]) -> None:
    """Takes away what was written `aside` and not settled, as far as the disk lets it: another error is to be told."""
    for path in paths:
        with suppress(OSError):
            _beside(path).unlink()


class Together:
    """Files that change together: each is written aside as it comes, then all are put in their places, in this order.
    Where it does not come to that, it is as if none had been written. Use it in a `with` statement."""

    def __init__(self) -> None:
        self._changed: dict[Path, None] = {}

    def __enter__(self) -> Together:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        forsake(self._changed)

    def add(self, path: Path, content: bytes) -> None:
        """Writes a file aside, unless just that is there already. Raises OSError."""
        if not holds(path, content):
            self._changed[path] = None
            aside(path, content)

    def settle(self) -> int:
        """Puts them in their places; how many have changed. Raises OSError."""
        settle(self._changed)
        return len(self._changed)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """While the files of a folder change one by one it is not whole, nor ever after if that is broken off."""
    mark = _unfinished(folder)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    yield
    mark.unlink()


def is_whole(folder: Path) -> bool:
    """Whether no change of a folder was broken off; the next one that ends well makes it whole."""
    return not _unfinished(folder).exists()


def _unfinished(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.unfinished")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[-200:]}.aside")


def sync_all(paths: Collection[Path]) -> None:
    """Waits until the content of all these files is on disk."""
    every = list(paths)
    shares = [every[first::AT_ONCE] for first in range(min(AT_ONCE, len(every)))]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in threads.map(_sync_share, shares):
            pass


def _sync_share(paths: Sequence[Path]) -> None:
    """One thread's share: to hand over each file by itself would cost more than syncing it."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def holds(path: Path, content: bytes) -> bool:
    """Whether the file is there with exactly this content."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def sync(folder: Path) -> None:
    """Makes the names in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

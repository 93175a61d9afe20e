"""Files that are never half-written: written aside, synced, renamed. Readers and hard links keep the old one whole.

Those of which a pass has thousands go by their names, not by Path, which would cost as much as the system does.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

AT_ONCE = 32
"""So many files are synced side by side: one commit of the file system's journal then serves many."""
_LIBC = ctypes.CDLL(None, use_errno=True)
_TELLS_FAULTS = [int(number) for number in re.findall(r"\d+", os.uname().release)[:2]] >= [5, 8]
"""Whether syncfs tells of what could not be written: since Linux 5.8."""
_Named = TypeVar("_Named", str, Path)


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


def aside(path: Path | str, content: bytes) -> None:
    """Writes a file beside `path`, making its folder. `settle` puts it in its place; until then it may be lost."""
    hidden = _beside(path)
    try:
        file = open(hidden, "wb")  # noqa: PTH123, SIM115
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        file = open(hidden, "wb")  # noqa: PTH123, SIM115
    with file:
        file.write(content)
        os.fchmod(file.fileno(), 0o644)


def settle(paths: Collection[_Named]) -> None:
    """Puts files written `aside` in their places once all of them are on disk. Many cost little more than one."""
    sync_aside(paths)
    place(paths)


def sync_aside(paths: Collection[_Named]) -> None:
    """Waits until what was written `aside` is on disk. Raises OSError."""
    sync_all([_beside(path) for path in paths])


def place(paths: Collection[_Named]) -> None:
    """Puts files written `aside` in their places; the content of all of them must be on disk. Raises OSError."""
    for path in paths:
        os.rename(_beside(path), path)  # noqa: PTH104


def forsake(paths: Collection[_Named]) -> None:
    """Takes away what was written `aside` and not settled, as far as the disk lets it: another error is to be told."""
    for path in paths:
        with suppress(OSError):
            os.unlink(_beside(path))  # noqa: PTH108


class Together:
    """Files of a folder that change together: each is written aside as it comes, then all are put in their places, in
    this order, and stay there once they are kept. Where it does not come to that, all is as if none had been written;
    a folder in which that was broken off is not whole. Use it in a `with` statement."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._added: list[Path] = []
        self._changed: dict[Path, None] = {}
        self._settled: list[Path] | None = None
        self._was_whole = False

    def __enter__(self) -> Together:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        forsake(self._changed)
        if self._settled is not None:
            self._undo(self._settled)

    def add(self, path: Path, content: bytes) -> None:
        """Writes a file aside, unless just that is there already. Raises OSError."""
        self._added.append(path)
        if not holds(path, content):
            self._changed[path] = None
            aside(path, content)

    def content(self, path: Path) -> bytes:
        """What the file holds, or will. Raises OSError."""
        return Path(_beside(path) if self._settled is None and path in self._changed else path).read_bytes()

    def settle(self) -> int:
        """Puts them in their places, for the time being; how many have changed. Raises OSError."""
        sync_all([_beside(path) for path in self._changed])
        mark, self._was_whole = _unfinished(self._folder), is_whole(self._folder)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        self._settled = []
        for path in self._changed:
            _set_aside(path)
            self._settled.append(path)
            os.rename(_beside(path), path)  # noqa: PTH104
        return len(self._changed)

    def keep(self) -> None:
        """Leaves them there for good: the folder is whole with them. Raises OSError."""
        for path in self._changed if self._was_whole else self._added:  # a killed writer may have left more
            _before(path).unlink(missing_ok=True)
        self._settled = None
        _unfinished(self._folder).unlink(missing_ok=True)

    def _undo(self, settled: list[Path]) -> None:
        """As far as the disk lets it: another error is to be told."""
        with suppress(OSError):
            for path in settled:
                if _before(path).exists():
                    _before(path).rename(path)
                    _before(path).unlink(missing_ok=True)  # two names of one file are not renamed
                else:
                    path.unlink(missing_ok=True)
            if self._was_whole:
                _unfinished(self._folder).unlink()


def paths(folder: Path) -> list[str]:
    """All files, relative to the folder; by os.walk, for pathlib would take as long as filling the pages."""
    top = len(str(folder)) + 1
    return [f"{place}/{name}"[top:] for place, _, names in os.walk(folder) for name in names]


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """While the files of a folder change one by one it is not whole, nor ever after if that is broken off."""
    mark = _unfinished(folder)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    yield
    mark.unlink(missing_ok=True)


def is_whole(folder: Path) -> bool:
    """Whether no change of a folder was broken off; the next one that ends well makes it whole."""
    return not _unfinished(folder).exists()


def _unfinished(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.unfinished")


def _set_aside(path: Path) -> None:
    """Keeps what stands at `path`, if something does."""
    before = _before(path)
    before.unlink(missing_ok=True)
    try:
        before.hardlink_to(path)
    except FileNotFoundError:
        pass
    except OSError:
        shutil.copyfile(path, before)  # on disks without hard links


def _before(path: Path) -> Path:
    return path.with_name(f".{path.name[-200:]}.before")


def _beside(path: Path | str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name[-200:]}.aside")  # noqa: PTH118


def sync_all(paths: Collection[_Named]) -> None:
    """Waits until the content of all these files is on disk, and of folders the names in them. They must be there, and
    on the disk of the folder that they lie in. Raises OSError.

    More than AT_ONCE are awaited by one syncfs(2) for each file system, which writes also what others have left
    unwritten there: fsync for each took three times the processor time of writing them. Of faults it tells once, to
    whoever asks first; FUSE and overlayfs keep them to themselves.
    """
    if len(paths) <= AT_ONCE or not _TELLS_FAULTS:
        _side_by_side(_sync, paths)
        return
    folders = {os.path.dirname(path) or "." for path in paths}  # noqa: PTH120
    for folder in {os.stat(folder).st_dev: folder for folder in folders}.values():  # noqa: PTH116
        with _opened(folder, os.O_DIRECTORY) as handle:
            if _LIBC.syncfs(handle) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code), folder)


def remove_tree(folder: Path) -> None:
    """Takes away a folder with all that is in it. Raises OSError, also of a link to one.

    What goes, file or folder, waits for the disk where that is told at once of room that is free (mounted with
    `discard`): side by side they wait together.
    """
    if not folder.is_symlink():
        tree = list(os.walk(folder))
        _side_by_side(os.unlink, [f"{place}/{name}" for place, _, names in tree for name in names])
        _side_by_side(os.rmdir, [place for place, within, _ in tree[1:] if not within])
    shutil.rmtree(folder)


def _side_by_side(act: Callable[[_Named], None], paths: Collection[_Named]) -> None:
    """Does the same to all files, a share of them in each thread: to hand over each by itself would cost more."""
    every = list(paths)
    shares = [every[first::AT_ONCE] for first in range(min(AT_ONCE, len(every)))]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in threads.map(partial(_each, act), shares):
            pass


def _each(act: Callable[[_Named], None], paths: Sequence[_Named]) -> None:
    for path in paths:
        act(path)


def _sync(path: str | Path) -> None:
    with _opened(path) as handle:
        os.fsync(handle)


@contextmanager
def _opened(path: str | Path, flags: int = 0) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | flags)
    try:
        yield handle
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
    with _opened(folder, os.O_DIRECTORY) as handle:
        os.fsync(handle)

"""A finished folder becomes what the web server serves: a new generation, then one atomic switch of a link.

    TARGET/generations/000041/      whole sites; files that did not change are hard links to the generation before
    TARGET/generations/000042/
    TARGET/current -> generations/000042

Nothing under `generations/` is ever written in place. A generation gets its number by a rename, once all of it is on
disk, so a folder with a number is whole whatever happened; what a killed pass left has a hidden name, and the next
`publish` removes it. One publisher at a time: the caller holds the lock of the pass.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.files import remove_tree, sync, sync_all
from collector.model import AlmanacError, printable
from collector.people.audiences import CLOSED

_LINK = "current"
_SHELF = "generations"
_NEW, _OLD, _NEXT = ".new", ".old-", ".current"
"""Hidden names: a generation in the making, one being removed (in the shelf), the next link (in the target)."""

_MODE = 0o644
"""Any web server may read what is published."""

_CLOCK_TICK_NS = 100_000_000
"""Files written twice within one tick of the kernel's clock may have the same time and size; ten times its coarsest."""

_MENDS = {
    errno.ENOSPC: "free some space there, or lower site.keep",
    errno.EDQUOT: "raise the quota, or lower site.keep",
    errno.EACCES: "let this user write there, or name another folder in site.publish",
    errno.EPERM: "let this user write and hard-link there, or name another folder in site.publish",
    errno.EROFS: "mount it writable, or name another folder in site.publish",
}

Files = Mapping[str, "os.DirEntry[str]"]
"""Relative path -> what is there, for all of a folder that is not a folder; looked at where that is asked."""


class PublishError(AlmanacError):
    """The site could not be published or switched. One sentence: what, where, how to mend."""

    exit_status = 4


class NoGenerationError(PublishError):
    """There is no such generation to switch to."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class Generation:
    """What `publish` left as current: how many files it has; `linked` are those of the one before, and `written`
    are new.

    `new` is False if the tree was already there, byte for byte, and no generation was made.
    """

    number: int
    path: Path
    files: int
    linked: int
    written: int
    new: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation that can be switched to. `time` is when it was made, in UTC seconds."""

    number: int
    time: int
    current: bool


def publish(tree: Path, target: Path, keep: int) -> Generation:
    """Serves the files of `tree` from `target/current` and keeps the newest `keep` generations.

    Files are linked from `tree`, in which a file may be replaced by another but is never written in; on another disk
    they are copied. Raises PublishError, with the site as it was unless the sentence says that the new one is up.
    """
    with _told(target, "the old site stays"):
        pages = _pages(tree, target)
        _open(target)
        serving = _serving(target)
        _prune(target, keep)  # before anything is written: a lower site.keep is to make room on a full disk
        served = _files(_path(target, serving)) if serving else {}
        generation = _as_it_is(tree, pages, target, serving, served) or _made(tree, pages, target, serving, served)
        if generation.number != serving:
            _point(target, generation.number)
    with _told(target, "the new site is up, but older ones remain"):
        _prune(target, keep)
    return generation


def generations(target: Path) -> tuple[Kept, ...]:
    """All whole generations, oldest first; empty if nothing was published there yet. Raises PublishError."""
    with _told(target, "nothing was changed"):
        serving = _serving(target)
        return tuple(
            Kept(number, int(_path(target, number).stat().st_mtime), number == serving) for number in _numbers(target)
        )


def switch(target: Path, number: int) -> None:
    """Serves an older (or newer) generation that is still there. Raises NoGenerationError that lists what is."""
    with _told(target, "nothing was changed"):
        there = _numbers(target)
        if number not in there:
            choice = f"choose one of {', '.join(map(str, there))}" if there else "publish something first"
            raise NoGenerationError(f"{target}: there is no generation {number}; {choice}")
        if number != _serving(target):
            _point(target, number)


@contextmanager
def _told(target: Path, outcome: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        mend = _MENDS.get(error.errno or 0, "mend that and publish again")
        place = error.filename2 or error.filename
        at = f" ({printable(os.fsencode(place))})" if place and not isinstance(place, int) else ""
        raise PublishError(f"{target}: can't publish there: {error.strerror}{at}; {outcome}; {mend}") from error


def _path(target: Path, number: int) -> Path:
    return target / _SHELF / f"{number:06}"


def _numbers(target: Path) -> list[int]:
    shelf = target / _SHELF
    names = [path.name for path in shelf.iterdir()] if shelf.is_dir() else []
    return sorted(int(name) for name in names if re.fullmatch("[0-9]{6,}", name))


def _serving(target: Path) -> int | None:
    """The generation that `current` points to, None if there is none. Raises PublishError if `current` is not ours."""
    link = target / _LINK
    if not os.path.lexists(link):
        return None
    goal = re.fullmatch(rf"{_SHELF}/(\d+)", str(link.readlink())) if link.is_symlink() else None
    if goal is None:
        raise PublishError(f"{link}: is no link of almanac's; move it away, or name another folder in site.publish")
    return int(goal[1]) if link.is_dir() else None


def _files(folder: Path) -> dict[str, os.DirEntry[str]]:
    found: dict[str, os.DirEntry[str]] = {}
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            for entry in entries:
                name = f"{below}/{entry.name}" if below else entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(name)
                else:
                    found[name] = entry
    return found


def _pages(tree: Path, target: Path) -> Files:
    """The files to publish. Links and devices are refused: a link could lead out of the tree."""
    inner, outer = tree.resolve(), target.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise PublishError(f"{target}: lies within {tree} or around it; name another folder in site.publish")
    files = _files(tree) if tree.is_dir() else {}
    if not files:
        raise PublishError(f"{tree}: holds no page to publish, so the old site stays; run: almanac build")
    if odd := [name for name, file in files.items() if not file.is_file(follow_symlinks=False)]:
        shown = printable(os.fsencode(tree / min(odd)))
        raise PublishError(f"{shown}: is no plain file, so the old site stays; put the file itself there")
    return files


def _open(target: Path) -> None:
    """Makes the target ready: ours, its shelf there, and free of what a killed publisher left."""
    shelf = target / _SHELF
    if not shelf.is_dir():
        if target.is_symlink() and not target.exists():
            raise PublishError(f"{target}: is a link to nothing; make the folder {target.readlink()}, or mend the link")
        if target.exists() and any(path.name != CLOSED for path in target.iterdir()):
            raise PublishError(f"{target}: holds other files; empty it, or name another folder in site.publish")
        if not target.exists():
            _folder(target)
        _folder(shelf)
    (target / _NEXT).unlink(missing_ok=True)
    for path in shelf.iterdir():
        if path.name == _NEW or path.name.startswith(_OLD):
            remove_tree(path)


def _folder(path: Path) -> None:
    path.mkdir(parents=True)
    path.chmod(0o755)  # mkdir's own mode passes through the umask, and the web server is another user


def _as_it_is(tree: Path, pages: Files, target: Path, serving: int | None, served: Files) -> Generation | None:
    """The generation that is already what `tree` is: the current one, or the newest, made before a pass was killed."""
    for number in dict.fromkeys((serving, *_numbers(target)[-1:])):
        if number is not None:
            path = _path(target, number)
            old = served if number == serving else _files(path)
            if old.keys() == pages.keys() and not _changed(tree, pages, path, old):
                return Generation(number, path, len(pages), len(pages), 0, new=False)
    return None


def _changed(tree: Path, pages: Files, base: Path, old: Files) -> set[str]:
    """The names whose bytes are not those of the generation `base`."""
    surely_before, disk = base.stat().st_mtime_ns - _CLOCK_TICK_NS, tree.stat().st_dev
    changed = set()
    for name, page in pages.items():
        was = old.get(name)
        if was is None or not was.is_file(follow_symlinks=False):
            changed.add(name)
            continue
        before = was.stat(follow_symlinks=False)
        # Most are one file, and that is told by what its folder says of the page.
        is_one = (disk, page.inode()) == (before.st_dev, before.st_ino)
        now = before if is_one else page.stat(follow_symlinks=False)
        if before.st_size != now.st_size or stat.S_IMODE(before.st_mode) != _MODE:
            changed.add(name)
        elif is_one or before.st_mtime_ns == now.st_mtime_ns < surely_before:
            continue
        elif (tree / name).read_bytes() != (base / name).read_bytes():
            changed.add(name)
    return changed


def _made(tree: Path, pages: Files, target: Path, serving: int | None, served: Files) -> Generation:
    number = max(_numbers(target), default=0) + 1
    base = _path(target, serving) if serving else None
    changed = _changed(tree, pages, base, served) if base else set(pages)
    aside = target / _SHELF / _NEW
    try:
        _fill(aside, base, {name: page if name in changed else None for name, page in pages.items()})
        aside.rename(_path(target, number))
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync(target / _SHELF)
    return Generation(number, _path(target, number), len(pages), len(pages) - len(changed), len(changed), new=True)


def _fill(aside: Path, base: Path | None, changes: Mapping[str, os.DirEntry[str] | None]) -> None:
    """Links or copies every file into the new folder, then waits until all of it is on disk, as what had another name
    is already. `changes`: those to be taken from the tree, None for those that are in `base`."""
    folders = _folders(changes)
    for folder in folders:
        _folder(aside / folder)
    made = [f"{aside}/{folder}" for folder in folders]
    for name, page in changes.items():
        to = f"{aside}/{name}"
        if page is None:
            os.link(f"{base}/{name}", to)
            continue
        if not (linked := _linked(page, to)):
            _copied(page, to)
        if not linked or page.stat(follow_symlinks=False).st_nlink == 1:
            made.append(to)
    sync_all(made)


def _folders(names: Collection[str]) -> list[str]:
    """All folders that the names need, outer ones first; `""` is the top."""
    found = {""}
    for folder in {name.rpartition("/")[0] for name in names}:
        inner = folder
        while inner not in found:
            found.add(inner)
            inner = inner.rpartition("/")[0]
    return sorted(found)


def _linked(page: os.DirEntry[str], to: str) -> bool:
    """Whether a file could be linked: not to another disk, nor where a web server could not read it."""
    if stat.S_IMODE(page.stat(follow_symlinks=False).st_mode) != _MODE:
        return False
    try:
        os.link(page.path, to)
    except OSError:
        return False
    return True


def _copied(page: os.DirEntry[str], to: str) -> None:
    """A copy that any web server may read, with the time of its source: servers make ETags of it. By handles, for to
    name the files to each call would take twice as long."""
    with open(os.open(page.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source, open(to, "xb") as copy:  # noqa: PTH123
        try:
            shutil.copyfileobj(source, copy)
            copy.flush()
        except OSError as error:
            error.filename = to  # a full disk tells no name
            raise
        times = os.fstat(source.fileno())
        os.utime(copy.fileno(), ns=(times.st_atime_ns, times.st_mtime_ns))
        os.fchmod(copy.fileno(), _MODE)


def _point(target: Path, number: int) -> None:
    aside = target / _NEXT
    aside.unlink(missing_ok=True)
    aside.symlink_to(f"{_SHELF}/{number:06}")
    aside.rename(target / _LINK)
    sync(target)


def _prune(target: Path, keep: int) -> None:
    """Removes all but the newest `keep` and the current one, each renamed first so that no number is half there."""
    serving = _serving(target)
    for number in _numbers(target)[:-keep]:
        if number != serving:
            aside = target / _SHELF / f"{_OLD}{number:06}"
            _path(target, number).rename(aside)
            remove_tree(aside)

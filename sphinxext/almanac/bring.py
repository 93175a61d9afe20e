"""Files of a site: written, linked from an export, taken away.

By their names, not by Path, which would cost more than the system does: a site has thousands of them.
"""
# ruff: noqa: PTH103, PTH104, PTH105, PTH106, PTH108, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

Which = tuple[int, int]
"""A file, whatever its name: its device and its number there."""


def replace(file: Path | str, content: bytes, unseen: bool = False) -> bool:
    """Writes aside and renames, for hard links share what stands there. False if just that is there already.

    unseen: what stands there goes first, for ext4 waits for the disk when a file is renamed over another
    (auto_da_alloc), which took as long as the filling of all pages.
    """
    name, there = os.fspath(file), True
    try:
        if os.stat(name).st_size == len(content) and _read(name) == content:
            return False
    except FileNotFoundError:
        there = False
        os.makedirs(os.path.dirname(name), exist_ok=True)
    aside = _aside(name)
    with open(aside, "wb") as new:
        new.write(content)
        os.fchmod(new.fileno(), 0o644)  # what is published is this file, which a web server has to read
    if unseen and there:
        os.unlink(name)
    os.rename(aside, name)
    return True


def _read(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()


def _aside(name: str) -> str:
    folder, last = os.path.split(name)
    return os.path.join(folder, f".{last[:200]}.aside")


def remove(file: Path) -> None:
    """Takes away a file, and its folder if nothing else is in it."""
    file.unlink()
    with suppress(OSError):
        file.parent.rmdir()


def bring_along(export_dir: Path, out_dir: Path, is_brought: Callable[[str], bool]) -> None:
    """Links what pages refer to into the site, and takes away what an earlier export left there."""
    there = {f"{top}/{path}" for top in ("charts", "data") for path, _ in _files(out_dir / top)}
    wanted = {path: (source, which) for path, source, which in _sources(export_dir)}
    for path, (source, which) in wanted.items():
        if path not in there:
            _bring(f"{export_dir}/{source}", f"{out_dir}/{path}")
        elif _which(f"{out_dir}/{path}") != which:
            _renew(f"{export_dir}/{source}", f"{out_dir}/{path}")
    _remove_all(out_dir, [path for path in there if path not in wanted and is_brought(path)])


def _remove_all(top: Path, paths: Sequence[str]) -> None:
    """Takes away many files, and the folders that are empty then."""
    for path in paths:
        os.unlink(f"{top}/{path}")
    for folder in {path.rpartition("/")[0] for path in paths}:
        with suppress(OSError):
            os.rmdir(f"{top}/{folder}")


def _sources(export_dir: Path) -> Iterator[tuple[str, str, Which]]:
    """Each file to bring: its path in the site, where it is in the export, and which it is."""
    for folder, depth, end, place in (
        ("charts", None, ".png", "charts"),
        ("compat", 0, ".json", "data"),
        ("nodes", 0, ".json", "data/nodes"),
        ("series", 1, ".json", "data/series"),
    ):
        for path, which in _files(export_dir / folder):
            if path.endswith(end) and depth in (None, path.count("/")):
                yield f"{place}/{path}", f"{folder}/{path}", which
    yield "data/manifest.json", "manifest.json", _which(f"{export_dir}/manifest.json")


def _which(file: str) -> Which:
    found = os.lstat(file)
    return found.st_dev, found.st_ino


def _files(folder: Path) -> Iterator[tuple[str, Which]]:
    """All files, relative to the folder, and which they are by what their folder says: most are links of long ago, and
    every year leaves more of them. Some file systems know no numbers there, and say the same of all (FUSE)."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            device = os.stat(f"{folder}/{below}").st_dev
            entries = os.scandir(f"{folder}/{below}")
        except OSError:  # what is not there brings nothing
            continue
        with entries:
            for entry in entries:
                if not entry.is_dir():
                    yield f"{below}{entry.name}", (device, entry.inode())
                elif not entry.is_symlink():
                    waiting.append(f"{below}{entry.name}/")


def _bring(source: str, target: str) -> None:
    """The same file by a hard link, which is whole at once where none was."""
    try:
        os.link(source, target)
    except OSError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _renew(source, target)


def _renew(source: str, target: str) -> None:
    """A link, or a copy on another disk, renamed into the place of another file, or of none."""
    with suppress(FileNotFoundError):
        new, old = os.stat(source), os.stat(target)
        if os.path.samestat(new, old) or (new.st_size == old.st_size and _read(source) == _read(target)):
            return
    aside = _aside(target)
    with suppress(FileNotFoundError):
        os.unlink(aside)
    try:
        os.link(source, aside)
    except OSError:
        shutil.copyfile(source, aside)
    os.replace(aside, target)

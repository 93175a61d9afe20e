"""Makes the sample fleet in a folder, with its configuration."""

from __future__ import annotations

import os
import shutil
from importlib.resources import files as resources
from pathlib import Path

import tomlkit

from collector import files
from collector.demo.fleet import FLEET, Copy, Hub
from collector.demo.writing import nights, write
from collector.model import AlmanacError

_LONGEST_SOCKET = 90  # the system takes 107 bytes, supervisord appends a number to it
_MADE = ("almanac.toml", "fleet", "site", "data", "htdocs", "supervisor")
"""What is written below the folder; as names they are common, so a folder like /etc may hold another of each."""


class DemoRefused(AlmanacError):
    """The sample fleet can't be made there; the sentence says why and how to mend it."""


def make_fleet(folder: Path, now: int) -> Path:
    """Makes the sample fleet as of `now` (UTC seconds) below `folder` and returns its almanac.toml.

    A fleet made there before is made anew, its recorded history stays. Nothing outside of `folder` is touched. Raises
    DemoRefused if anything else is in the way, or the disk is.
    """
    try:
        return _make(folder, now)
    except OSError as error:
        said = f"{error.filename or folder}: can't be written: {error.strerror}; make the sample fleet elsewhere"
        raise DemoRefused(said) from error


def _make(folder: Path, now: int) -> Path:
    folder = folder.absolute()
    if len(str(folder).encode()) > _LONGEST_SOCKET:
        raise DemoRefused(f"{folder}: too long a path for supervisord's socket in it; make the sample fleet elsewhere")
    file, fleet = folder / "almanac.toml", folder / "fleet"
    text = _filled("almanac.toml", tomlkit.item(str(folder).replace("$", "$$")).as_string()[1:-1])
    taken = [folder / name for name in _MADE if os.path.lexists(folder / name)]
    if taken and not _is_ours(file, text):
        raise DemoRefused(f"{taken[0]}: is there already, and of no sample fleet; name a new folder")
    files.replace(file, text.encode())
    if fleet.exists():
        shutil.rmtree(fleet)
    for hub in FLEET:
        for copy in hub.copies:
            _spoil(hub, copy, write(hub, copy, fleet, now), now)
    (folder / "htdocs/data").mkdir(parents=True, exist_ok=True)
    _prepare_supervisor(folder)
    return file


def _filled(name: str, folder: str) -> str:
    return resources("collector.demo").joinpath(name).read_text(encoding="utf-8").replace("{folder}", folder)


def _is_ours(file: Path, text: str) -> bool:
    """Whether the file begins with the line by which each sample fleet's configuration says what it is."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").partition("\n")[0] == text.partition("\n")[0]
    except OSError:
        return False


def _prepare_supervisor(folder: Path) -> None:
    (folder / "supervisor").mkdir(exist_ok=True)
    text = _filled("supervisord.conf", str(folder).replace("%", "%%"))
    files.replace(folder / "supervisor/supervisord.conf", text.encode())


def _spoil(hub: Hub, copy: Copy, folder: Path, now: int) -> None:
    """The faults that are not of a missing or a small tarball."""
    last = next(nights(hub, now))
    match copy.node:
        case "Z9:229":
            _disagree(folder / "repos/data" / last.path / hub.items[0].file_on(last.local.toordinal()))
        case "D8R":
            partial = folder / "tracs/notes" / last.path / ".notes.tar.gz.a8Xk2P"
            partial.parent.mkdir(parents=True)
            partial.write_bytes(b"\x1f\x8b" + bytes(70_000))
            os.utime(partial, (now - 120, now - 120))
        case "CUT":
            link = folder / "tracs/notes/last"
            link.unlink()
            link.symlink_to("2012/08/02/171121")
        case "CUD":
            held = list(zip(range(3), nights(hub, now), strict=False))[-1][1]
            lock = folder / "LOCKED"
            lock.mkdir()
            (lock / f"scm-backup-rsync-starting-to-CUD-started-{held.local:%Y-%m-%d@%H:%M:%S}").touch()


def _disagree(tarball: Path) -> None:
    """Another time in the archive's head: it unpacks as before, its size is the same, its digest is not."""
    done = tarball.stat().st_mtime
    with tarball.open("r+b") as file:
        file.seek(4)
        file.write(b"\xde\xad\xbe\xef")
    os.utime(tarball, (done, done))

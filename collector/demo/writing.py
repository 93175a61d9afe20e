"""Writes a copy of the sample fleet to disk as env's nightly backup leaves it.

    FOLD/backup/SERVER/KIND/NAME/YYYY/MM/DD/HHMMSS/FILE and FILE.dna, KIND/NAME/last -> YYYY/MM/DD/HHMMSS

The stamp is the hub's local time when the night's run began, one for all items. Tarballs are sparse files of their
size, their digests invented; those of a `real` hub's last night are archives with true ones.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zlib import crc32
from zoneinfo import ZoneInfo

from collector.demo.fleet import Copy, Hub, Item

_BYTES_PER_SECOND = 40_000_000  # of an old server that packs, dumps and lists a repository


@dataclass(frozen=True, slots=True)
class Night:
    """One nightly run of a hub: `ago` nights before the last, at a local time."""

    ago: int
    local: datetime

    @property
    def path(self) -> str:
        """The dated folders of its tarballs."""
        return self.local.strftime("%Y/%m/%d/%H%M%S")


def nights(hub: Hub, now: int) -> Iterator[Night]:
    """The runs of a hub, newest first and without end. One in a hundred did not take place, none of the last ten."""
    last = datetime.fromtimestamp(now - hub.minutes * 60, ZoneInfo(hub.zone))
    ago = 0
    while True:
        day = last - timedelta(days=ago)
        lot = crc32(f"{hub.name}/{day.toordinal()}".encode())
        if ago < 10 or lot % 100:
            yield Night(ago, day - timedelta(seconds=lot % 40))
        ago += 1


def write(hub: Hub, copy: Copy, fleet: Path, now: int) -> Path:
    """Writes all that a node keeps of a hub's backups below `fleet`; returns the backup folder."""
    folder = fleet / copy.node / copy.fold / "backup" / hub.server
    for night in nights(hub, now):
        if night.ago >= copy.keep:
            break
        done = night.local.timestamp()
        for item in hub.items:
            day = night.local.toordinal()
            done += 20 + item.size_on(day) / _BYTES_PER_SECOND
            if _missing(copy, item) <= night.ago < item.age:
                _write_tarball(folder / item.kind / item.name / night.path, hub, item, night, int(done))
    for item in hub.items:
        newest = next(night for night in nights(hub, now) if night.ago >= _missing(copy, item))
        (folder / item.kind / item.name / "last").symlink_to(newest.path)
    return folder


def _missing(copy: Copy, item: Item) -> int:
    return copy.late.get(f"{item.kind}/{item.name}", copy.late.get("*", 0))


def _write_tarball(folder: Path, hub: Hub, item: Item, night: Night, done: int) -> None:
    """A tarball and its sidecar, both last changed when the hub was `done` with it."""
    folder.mkdir(parents=True)
    day = night.local.toordinal()
    tarball = folder / item.file_on(day)
    size = item.size_on(day)
    if hub.real and night.ago == 0:
        content = _archive(item, size)
        tarball.write_bytes(content)
        size, digest = len(content), hashlib.md5(content, usedforsecurity=False).hexdigest()
    else:
        if night.ago == 0 and hub.halved == f"{item.kind}/{item.name}":
            size //= 2
        digest = hashlib.md5(f"{hub.name}/{tarball.name}/{size}".encode(), usedforsecurity=False).hexdigest()
        with tarball.open("wb") as file:
            file.truncate(size)
    sidecar = folder / f"{tarball.name}.dna"
    sidecar.write_text(f"{{'dig': '{digest}', 'size': {size}}}\n")
    for path in (tarball, sidecar):
        os.utime(path, (done, done))


def _archive(item: Item, size: int) -> bytes:
    """A gzipped tar of about that size, the same bytes each time."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as tar:
        member = tarfile.TarInfo(f"{item.name}/db/{'trac.db' if item.kind == 'tracs' else 'fs'}")
        member.size = size
        tar.addfile(member, io.BytesIO(Random(f"{item.kind}/{item.name}").randbytes(size)))  # noqa: S311  # no secret
    return gzip.compress(inner.getvalue(), compresslevel=1, mtime=0)

"""What a listing says of each item's backups: tarballs in order of time, sidecars, locks. Pure; times are UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.layout import Layout, Place
from collector.model import Fault
from collector.sources._listing import Entry

DAY = 86400
_PARTIAL = re.compile(r"(.*/)?\.([^/]+)\.[0-9A-Za-z]{6}")  # rsync's name for a file that it is still writing
_DIGEST = rb"['\"]dig(?:est)?['\"]\s*:\s*['\"]([0-9a-fA-F]{32})['\"]"
_SIZE = rb"['\"]size['\"]\s*:\s*([0-9]{1,18})L?"
_SIDECAR = re.compile(
    rb"\s*\{\s*(?:" + _DIGEST + rb"\s*,\s*" + _SIZE + rb"|" + _SIZE + rb"\s*,\s*" + _DIGEST + rb")\s*,?\s*\}\s*"
)
_LOCK = re.compile(r"(.+)-(started|completed)-(\d{4})-(\d\d)-(\d\d)@(\d\d):(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tarball:
    """One tarball. `time`: its stamp, or its time of modification where the layout has no stamps.

    took: seconds from the stamp, the start of the whole night's run, until it was written.
    copied: seconds from then until it lay here. Both None where times do not tell it.
    """

    path: str
    place: Place
    time: int
    size: int
    took: int | None = None
    copied: int | None = None
    rank: tuple[int, ...] = ()

    @property
    def file(self) -> str:
        """Its name without folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A file that rsync is, or was, still writing: `since` is when its content last changed, None if not told."""

    item: str
    file: str
    size: int | None
    since: int | None


@dataclass(slots=True)
class Store:
    """All items by name, each with its tarballs, the newest last, and the transfers that are not finished."""

    items: dict[str, list[Tarball]] = field(default_factory=dict)
    unfinished: dict[str, Unfinished] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clock:
    """The zone of stamps, and when the node was asked."""

    zone: ZoneInfo
    asked: int

    def utc(self, local: datetime) -> int:
        """UTC seconds of a local time; of an hour that comes twice, the first. Raises ValueError if none can be."""
        try:
            time = int(local.replace(tzinfo=self.zone).timestamp())
        except OverflowError:
            raise ValueError("its stamp lies outside of what can be counted") from None
        return self.sane(time)

    def sane(self, time: int) -> int:
        """The same time. Raises ValueError for one that no backup can have: before 1970, or after tomorrow."""
        if time < 0:
            raise ValueError("its time lies before 1970")
        if time > self.asked + DAY:
            raise ValueError(f"its time lies {(time - self.asked) / DAY:.0f} days in the future")
        return time


def store(entries: Iterable[Entry], layout: Layout, clock: Clock, folders: bool) -> Store:
    """Every item below the folder. `folders`: a folder KIND/NAME is an item even if it holds no tarball."""
    found = Store()
    for entry in entries:
        name = entry.path.rpartition("/")[2]
        if entry.is_folder:
            if folders and entry.path.count("/") == 1 and not {"last", "LOCKED"}.intersection(entry.path.split("/")):
                found.items.setdefault(entry.path, [])
        elif name != "last":
            try:
                _put(found, entry, layout, clock)
            except ValueError as error:
                found.faults.append(Fault(0, entry.path, str(error)))
    for tarballs in found.items.values():
        tarballs.sort(key=lambda tarball: tarball.rank)
    return found


def _put(found: Store, entry: Entry, layout: Layout, clock: Clock) -> None:
    if not entry.is_file:
        raise ValueError("it is no regular file or folder; links are not followed")
    if partial := _PARTIAL.fullmatch(entry.path):
        item = layout.read((partial[1] or "") + partial[2]).item
        found.unfinished[item] = Unfinished(item, partial[2], entry.size, entry.modified)
        found.items.setdefault(item, [])
        return
    place = layout.read(entry.path)
    found.items.setdefault(place.item, []).append(_tarball(entry, place, layout, clock))


def _tarball(entry: Entry, place: Place, layout: Layout, clock: Clock) -> Tarball:
    if entry.size is None:
        raise ValueError("the node does not tell its size")
    if place.stamp is None and entry.modified is None:
        raise ValueError("the node does not tell when it was modified, and its path has no stamp")
    modified = entry.modified if entry.modified is not None else -1
    time = clock.utc(place.stamp) if place.stamp else clock.sane(modified)
    took = _plausible(time, entry.modified) if place.precise else None
    copied = _plausible(entry.modified, entry.changed) or None  # 0: it was written here, not copied
    rank = (-place.number, time) if layout.rotated else (time, modified, place.number)
    return Tarball(entry.path, place, time, entry.size, took, copied, rank)


def _plausible(start: int | None, end: int | None) -> int | None:
    """Seconds between two times of one night's work, None if they can't be that."""
    if start is None or end is None or not 0 <= end - start <= DAY:
        return None
    return end - start


def sidecar(line: bytes) -> tuple[str, int] | None:
    """MD5 and size from `{'dig': 'f3e4...', 'size': 4226393}`, as env's scm-backup writes it; None if it is not that.

    A Python 2 dict literal: keys in either order, an `L` after the size from some Pythons. Matched, never evaluated.
    """
    match = _SIDECAR.fullmatch(line)
    if match is None:
        return None
    return (match[1] or match[4]).decode().lower(), int(match[2] or match[3])


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held. `since` is None if neither a name nor the folder tells it.

    holders: callers that have started, with the time written in their names.   done: (caller, start, end) of those
    that have completed.
    """

    since: int | None
    holders: tuple[tuple[str, str], ...]
    done: tuple[tuple[str, int, int], ...]


def lock(entries: Sequence[Entry], clock: Clock) -> Lock:
    """A lock folder's meaning: the folder is the lock; files such as `CALLER-started-2013-04-01@21:19:28` tell whose.

    The first entry is the folder itself; none at all if it can't be read. Files whose names tell no time are holders.
    """
    folder, *files = entries or [Entry("", None, None, None, 0)]
    started: dict[str, tuple[int | None, str]] = {}
    completed: dict[str, int] = {}
    for entry in files:
        name = entry.path.rpartition("/")[2]
        caller, what, time, words = _signature(name, clock)
        if what == "completed" and time is not None:
            completed[caller] = max(time, completed.get(caller, time))
        else:
            started[caller] = (time, words)
    done = tuple(
        (caller, begun, completed[caller])
        for caller, (begun, _) in sorted(started.items())
        if begun is not None and completed.get(caller, -1) >= begun
    )
    finished = {caller for caller, _, _ in done}
    times = [time for time, _ in started.values() if time is not None]
    holders = tuple((caller, words) for caller, (_, words) in sorted(started.items()) if caller not in finished)
    return Lock(min(times, default=folder.modified), holders, done)


def _signature(name: str, clock: Clock) -> tuple[str, str, int | None, str]:
    """A lock file's caller, `started` or `completed`, UTC time and the time in words."""
    match = _LOCK.fullmatch(name)
    if match is None:
        return name, "started", None, ""
    words = f"{match[3]}-{match[4]}-{match[5]} {match[6]}:{match[7]}:{match[8]}"
    try:
        return match[1], match[2], clock.utc(datetime.fromisoformat(words)), words
    except ValueError:
        return name, "started", None, ""

"""Any night again: which pass is meant by a day or a time, and the site as it was then, in a folder of its own."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from collector import files
from collector.config import Config
from collector.days import midnight
from collector.export import write, years
from collector.export.subjects import exact
from collector.model import AlmanacError
from collector.pages import site
from collector.pages.site import Built
from collector.store import query
from collector.store.errors import NothingRecorded
from collector.store.records import PassRecord
from collector.store.store import Store

_MARK = "night"
"""The file by which a folder is known to hold a night of ours; it says which."""


class NoNight(AlmanacError):
    """No pass is meant by what was asked for, or there is no place for it."""


def expect_record(config: Config) -> None:
    """Raises NothingRecorded where there is no database; to open it would make one."""
    if not config.database.exists():
        raise NothingRecorded(f"{config.database}: no pass has recorded anything yet; run: almanac nightly")


def find(config: Config, store: Store, words: str) -> PassRecord:
    """The pass meant by a day (the last one begun on it, in the site's zone) or by an ISO time (the last one begun by
    then). Raises NoNight that names the nearest."""
    zone = config.site.time_zone
    first, end = _span(words, zone)
    found = query.pass_before(store.db, end)
    if found is None or (first is not None and found.started < first):
        near = [found, query.pass_from(store.db, end)]
        named = [_moment(one.started, zone) for one in near if one]
        raise NoNight(f"{config.database}: no pass began {_by(words, first)}; {_nearest(named)}")
    return found


def passes(config: Config, store: Store, since: str, until: str | None) -> list[PassRecord]:
    """The passes from a day or an ISO time on, to another's end if one is given. Raises NoNight if there are none."""
    zone = config.site.time_zone
    first, end = _span(since, zone)
    last = _span(until, zone)[1] if until else sys.maxsize
    found: list[PassRecord] = []
    start = end - 1 if first is None else first
    while (one := query.pass_from(store.db, start)) and one.started < last:
        found.append(one)
        start = one.started + 1
    if not found:
        raise NoNight(f"{config.database}: no pass began from {since} on{f' to {until}' if until else ''}")
    return found


def _span(words: str, zone: ZoneInfo) -> tuple[int | None, int]:
    """From when and before when a pass must have begun; a time says only before when."""
    try:
        if day := _day(words):
            return midnight(day, zone), midnight(day + timedelta(days=1), zone)
        told = datetime.fromisoformat(words)
        return None, int((told if told.tzinfo else told.replace(tzinfo=zone)).timestamp()) + 1
    except (ValueError, OverflowError):
        raise NoNight(f'"{words}" is no day and no time; write 2026-11-24 or 2026-11-24T02:10:00+08:00') from None


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _moment(started: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(started, zone).strftime("%Y-%m-%d (%H:%M:%S %Z)")


def _by(words: str, first: int | None) -> str:
    return f"by {words}" if first is None else f"on {words}"


def _nearest(named: list[str]) -> str:
    if not named:
        return "none is on record; run: almanac nightly"
    return f"the nearest are of {' and '.join(named)}" if len(named) > 1 else f"the nearest is of {named[0]}"


@dataclass(frozen=True, slots=True)
class Again:
    """A night built again: the page to open, and what was written."""

    page: Path
    night: PassRecord
    built: Built


def build(config: Config, store: Store, words: str, folder: Path | None) -> Again:
    """The site as of the night meant by `words`, in `folder` (export/ and html/), by default below `site.data`.

    What is exported, built and published of the last pass stays as it is. Raises NoNight, ExportError, PagesError.
    """
    night = find(config, store, words)
    place = folder or config.site.data / "nights" / _name(words, night, config.site.time_zone)
    _open(config, place, night)
    years.forget(place / "export")  # of what was imported since, its pass knows nothing
    write.export_night(config, store, night, place / "export")
    built = site.build_from(config, place / "export", place / "html")
    return Again(place / "html" / "index.html", night, built)


def _name(words: str, night: PassRecord, zone: ZoneInfo) -> str:
    """The day, or where a time was asked for, the time of its pass."""
    started = datetime.fromtimestamp(night.started, zone)
    return f"{started:%Y-%m-%d}" if _span(words, zone)[0] is not None else f"{started:%Y-%m-%dT%H%M%S}"


def _open(config: Config, folder: Path, night: PassRecord) -> None:
    """Makes the folder ready. One that holds anything else is refused, for what is no page of the night goes."""
    taken = (config.export, config.html, config.doctrees, config.site.publish, config.site.source)
    where = folder.resolve()
    if any(where.is_relative_to(other.resolve()) for other in taken):
        raise NoNight(f"{folder}: belongs to the site of the last pass; name a folder outside of it")
    try:
        if folder.exists() and not (folder / _MARK).is_file() and any(folder.iterdir()):
            raise NoNight(f"{folder}: holds other files; name an empty folder, or one that does not exist")
        if files.replace(folder / _MARK, f"{exact(night.started)}\n".encode()):
            shutil.rmtree(folder / "export", ignore_errors=True)
    except OSError as error:
        raise NoNight(f"{folder}: can't be written: {error.strerror}; name another folder") from error

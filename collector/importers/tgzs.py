"""The database of env's scm-backup-monitor as history: one row for each tarball it ever saw.

    CREATE TABLE tgzs (date text,node text,size real,dir text,nodepath text primary key)

`date` is the hub's local time without a zone, `size` is MiB on disk rounded up, `dir` is .../backup/SERVER/KIND/NAME,
`nodepath` is node + ":" + path (a node's name may hold ":" itself, so it is never split). Source: scm/tgz.py of
simoncblyth/env at 0fbcc2d91.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.config import Config, SourceSettings
from collector.importers.foreign import ImportRefused
from collector.model import Fault, Observation, printable

_MAGIC = b"SQLite format 3\x00"
_QUERY = "SELECT rowid, date, node, size, dir FROM tgzs ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class History:
    """What an old database tells.

    observations: by node and the label of its source, ascending in time: metric `size` in bytes, up to 1 MiB too large
        as it was rounded up, so that a value already on record is the truer one and stays.
    elsewhere: (hub, its time zone) -> rows of hubs whose clocks are in another zone than the one said; left out.
    strangers: (node, server) -> rows of nodes and servers that no configured hub has; left out.
    faults: rows that can't be understood; `line` is the rowid.
    """

    observations: Mapping[tuple[str, str], tuple[Observation, ...]]
    elsewhere: Mapping[tuple[str, str], int]
    strangers: Mapping[tuple[str, str], int]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Tarball:
    node: str
    server: str
    item: str
    time: int
    size: float


def is_database(path: Path) -> bool:
    """Whether a file is a SQLite database. A file that can't be read is none."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def read(path: Path, config: Config, zone: ZoneInfo, now: int) -> History:
    """The history in an old database up to `now`, for the hubs whose `server` and nodes it names. `zone`: where `date`
    was local; several hubs share one database, so rows of hubs with another `time_zone` are left for another reading.

    Two hubs with one server and one node each get the rows. Raises ImportRefused if it is no such database.
    """
    kept: defaultdict[tuple[str, str], dict[tuple[int, str], Observation]] = defaultdict(dict)
    elsewhere: Counter[tuple[str, str]] = Counter()
    strangers: Counter[tuple[str, str]] = Counter()
    faults: list[Fault] = []
    sources_of = cache(partial(_sources_of, config))
    for row in _rows(path):
        tarball = _tarball(row, zone, now)
        if isinstance(tarball, Fault):
            faults.append(tarball)
            continue
        sources = sources_of(tarball.node, tarball.server)
        if not sources:
            strangers[tarball.node, tarball.server] += 1
        for source in sources:
            if str(source.time_zone) != str(zone):
                elsewhere[str(source.hub), str(source.time_zone)] += 1
            else:
                _keep(kept[tarball.node, source.label], _observed(tarball, str(source.hub)))
    ordered = {key: tuple(of[place] for place in sorted(of)) for key, of in kept.items()}
    return History(ordered, dict(elsewhere), dict(strangers), tuple(faults))


def _sources_of(config: Config, node: str, server: str) -> list[SourceSettings]:
    """The sources of a node that are asked for the backups of a server."""
    sources = config.sources_of(node) if node in config.nodes else []
    return [one for one in sources if one.kind == "tarballs" and one.hub and config.hubs[one.hub].server == server]


def _keep(found: dict[tuple[int, str], Observation], one: Observation) -> None:
    """Of a backup made again at the same stamp the larger is the whole one."""
    before = found.setdefault((one.time, one.subject), one)
    if one.value > before.value:
        found[one.time, one.subject] = one


def _rows(path: Path) -> list[tuple[object, ...]]:
    """All rows, texts as bytes. Opened read-only: nothing is made, locked for long or recovered."""
    name = printable(str(path))
    if not path.is_file():
        raise ImportRefused([f"{name}: there is no such file"])
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.text_factory = bytes
            return database.execute(_QUERY).fetchall()
    except sqlite3.Error as error:
        said = f"{name}: can't be read as scm-backup-monitor's database: {printable(str(error))}"
        raise ImportRefused([said]) from error


def _tarball(row: tuple[object, ...], zone: ZoneInfo, now: int) -> _Tarball | Fault:
    rowid, date, node, size, folder = row
    line = rowid if isinstance(rowid, int) else 0
    shown = "|".join(_text(value) for value in row[1:])[:200]
    time = _seconds(_text(date), zone)
    parts = _text(folder).rstrip("/").split("/")
    if not isinstance(node, bytes) or not node:
        return Fault(line, shown, "node is no text")
    if time is None:
        return Fault(line, shown, "date is no time such as 2012-11-13T16:10:23")
    if time > now:
        return Fault(line, shown, "date lies in the future")
    if not isinstance(size, int | float) or not isfinite(size) or size < 0:
        return Fault(line, shown, "size is no number of MiB")
    if len(parts) < 4 or parts[-4] != "backup" or not all(parts[-3:]):
        return Fault(line, shown, "dir does not end in backup/SERVER/KIND/NAME")
    return _Tarball(printable(node), parts[-3], f"{parts[-2]}/{parts[-1]}", time, float(size) * 2**20)


def _text(value: object) -> str:
    return printable(value) if isinstance(value, bytes) else printable(str(value))


def _seconds(date: str, zone: ZoneInfo) -> int | None:
    """UTC seconds of a local time. Of an hour that comes twice the first is meant."""
    try:
        return int(datetime.strptime(date, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None


def _observed(tarball: _Tarball, hub: str) -> Observation:
    return Observation(f"tarball:{hub}/{tarball.item}", "size", tarball.time, tarball.size, "bytes")

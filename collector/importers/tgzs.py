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
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.config.settings import Hub
from collector.importers.foreign import ImportRefused
from collector.model import Fault, Observation, printable

_MAGIC = b"SQLite format 3\x00"
_QUERY = "SELECT rowid, date, node, size, dir FROM tgzs ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class History:
    """What an old database tells.

    observations: by (node, hub), ascending in time: metric `size` in bytes, up to 1 MiB too large as it was rounded up,
        so that a value already on record is the truer one and stays.
    strangers: (node, server) -> rows of nodes and servers that no configured hub has; those rows are left out.
    faults: rows that can't be understood; `line` is the rowid.
    """

    observations: Mapping[tuple[str, str], tuple[Observation, ...]]
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


def read(path: Path, hubs: Mapping[str, Hub], zone: ZoneInfo) -> History:
    """The history in an old database, for the hubs whose `server` and nodes it names. `zone`: where `date` was local.

    Two hubs with one server and one node each get the rows. Raises ImportRefused if it is no such database.
    """
    observations: defaultdict[tuple[str, str], dict[tuple[int, str], Observation]] = defaultdict(dict)
    strangers: Counter[tuple[str, str]] = Counter()
    faults: list[Fault] = []
    for row in _rows(path):
        tarball = _tarball(row, zone)
        if isinstance(tarball, Fault):
            faults.append(tarball)
            continue
        owners = [name for name, hub in hubs.items() if hub.server == tarball.server and _serves(hub, tarball.node)]
        if not owners:
            strangers[tarball.node, tarball.server] += 1
        for hub in owners:
            found = _observed(tarball, hub)
            kept = observations[tarball.node, hub].setdefault((found.time, found.subject), found)
            if found.value > kept.value:  # made again at the same stamp: the larger is the whole one
                observations[tarball.node, hub][found.time, found.subject] = found
    ordered = {key: tuple(of[place] for place in sorted(of)) for key, of in observations.items()}
    return History(ordered, dict(strangers), tuple(faults))


def _serves(hub: Hub, node: str) -> bool:
    return node == hub.node or node in hub.nodes


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


def _tarball(row: tuple[object, ...], zone: ZoneInfo) -> _Tarball | Fault:
    rowid, date, node, size, folder = row
    line = rowid if isinstance(rowid, int) else 0
    shown = "|".join(_text(value) for value in row[1:])[:200]
    time = _seconds(_text(date), zone)
    parts = _text(folder).rstrip("/").split("/")
    if not isinstance(node, bytes) or not node:
        return Fault(line, shown, "node is no text")
    if time is None:
        return Fault(line, shown, "date is no time such as 2012-11-13T16:10:23")
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

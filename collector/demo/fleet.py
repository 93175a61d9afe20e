"""What the sample fleet consists of: hubs, their items, where copies lie and what is wrong with them. Nothing is read.

Laid out as env's scm-backup does it, see `writing`. Sizes and revisions of a night follow from its date alone, so a
fleet made again tomorrow tells the same of today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from zlib import crc32

MB = 10**6
TWO_YEARS = 730
_DAY_ONE = date(2020, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Item:
    """A repository or Trac instance. `size`: bytes in January 2020. `growth`: part of it that is added in a year.

    commits: new revisions a day, 0 for what has none.   age: nights since its first backup, for the late-comers.
    """

    kind: str
    name: str
    size: int
    growth: float
    commits: float = 0.0
    age: int = TWO_YEARS

    def size_on(self, day: int) -> int:
        """Bytes on a day (its ordinal): steady growth, a little unrest, now and then a large commit that stays."""
        years = (day - _DAY_ONE) / 365
        unrest = crc32(f"{self.kind}/{self.name}/{day}".encode()) % 1000 / 1000 * 0.004
        steps = int(years * 3 + crc32(self.name.encode()) % 100 / 100) * 0.05
        return int(self.size * (1 + self.growth * years + steps + unrest))

    def file_on(self, day: int) -> str:
        """The tarball's name on a day: repositories carry their revision."""
        revision = f"-{int((day - _DAY_ONE) * self.commits) + 100}" if self.kind in ("svn", "repos") else ""
        return f"{self.name}{revision}.tar.gz"


@dataclass(frozen=True, slots=True)
class Copy:
    """A node's store of a hub's backups: below `fold` ($SCM_FOLD there), `keep` nights.

    late: how many of the last nights are missing, by item; `*` is every item.
    """

    node: str
    fold: str
    keep: int
    late: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub. `minutes`: how long before `now` its last run began: just before, as what is written now tells when a copy
    arrived.   real: its last night is of real archives.

    halved: the item whose last tarball shrank, on the hub and so on all copies.
    """

    name: str
    server: str
    zone: str
    minutes: int
    items: tuple[Item, ...]
    copies: tuple[Copy, ...]
    halved: str | None = None
    real: bool = False


FLEET = (
    Hub(
        "ZZ",
        "dayabay",
        "Asia/Shanghai",
        12,
        (
            Item("svn", "dybsvn", 1900 * MB, 0.09, 8.0),
            Item("tracs", "dybsvn", 1150 * MB, 0.12),
            Item("svn", "dybaux", 620 * MB, 0.15, 2.5),
            Item("tracs", "dybaux", 48 * MB, 0.06),
            Item("folders", "svnsetup", 21_000, 0.02),
        ),
        (
            Copy("ZZ", "home/scm", 30),
            Copy("SDU", "raid4/dybsdu/dybbackup/var/scm", TWO_YEARS, {"svn/dybsvn": 7}),
        ),
    ),
    Hub(
        "C2",
        "cms02",
        "Asia/Taipei",
        9,
        (
            Item("repos", "env", 10 * MB, 0.10, 3.0),
            Item("tracs", "env", 52 * MB, 0.14),
            Item("repos", "aberdeen", 35 * MB, 0.03, 0.4, 410),
            Item("tracs", "aberdeen", 12 * MB, 0.02, age=410),
            Item("repos", "tracdev", 3 * MB, 0.05, 0.2),
            Item("tracs", "tracdev", 7 * MB, 0.03),
            Item("repos", "heprez", 88 * MB, 0.08, 1.1),
            Item("tracs", "heprez", 64 * MB, 0.11),
            Item("folders", "svnsetup", 19_000, 0.01),
        ),
        (Copy("C2", "var/scm", 30), Copy("C", "data/var/scm", TWO_YEARS)),
        halved="tracs/env",
    ),
    Hub(
        "G",
        "g4pb",
        "Asia/Taipei",
        6,
        (
            Item("repos", "data", 310_000, 0.20, 0.7),
            Item("tracs", "data", 840_000, 0.07),
            Item("folders", "svnsetup", 15_000, 0.01),
        ),
        (Copy("G", "var/scm", 30), Copy("Z9:229", "volume1/var/scm", TWO_YEARS)),
        real=True,
    ),
    Hub(
        "HKU",
        "hku",
        "Asia/Hong_Kong",
        7,
        (Item("repos", "notes", 6 * MB, 0.05, 0.9), Item("tracs", "notes", 9 * MB, 0.04)),
        (
            Copy("HKU", "var/scm", 30),
            Copy("D8R", "var/scm", 120, {"tracs/notes": 1}),
            Copy("CUT", "var/scm", 120),
            Copy("CUD", "var/scm", 120, {"*": 3}),
        ),
    ),
)

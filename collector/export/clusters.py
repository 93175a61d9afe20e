"""What the dashboard of clusters tells: clusters.json, another part of the export contract (see `documents`).

There is one only where a source tells of clusters of VMs, or is to. Sizes are bytes; a count that a cluster does not
tell is absent, never zero. What an audience is not shown is not in its file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from collector.export.readings import Standing, Time
from collector.model import LevelWord


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """Memory or disk: in all, used, and allocated, which is what VMs take of it; None where it is not told."""

    total: float | None
    used: float | None
    allocated: float | None


@dataclass(frozen=True, slots=True)
class UseEntry:
    """What an owner uses of something, and how much they may; `limit` None: as much as there is."""

    used: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class OwnerEntry:
    """Whose VMs, how many there are and run. uses: `memory` and `disk` (bytes) and `vcpus` (count), as far as told.
    standing: of all these numbers."""

    name: str
    page: str
    level: LevelWord
    standing: Standing
    vms: int | None
    running: int | None
    uses: dict[str, UseEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VmEntry:
    """A VM. state: a word, such as `running`, since when, and with what the cluster says of it as `detail`.

    host: where it should run.   size: what it has, in words.
    owner: `not named` if it has none, None where VMs have no owners.   seen: when it was told last.
    news: whether it is new since the pass before, or gone, which is told for weeks.
    """

    name: str
    page: str
    level: LevelWord
    state: str
    detail: str
    since: Time | None
    standing: Standing
    host: str
    size: str
    owner: str | None
    seen: Time | None
    news: Literal["", "new", "gone"] = ""


@dataclass(frozen=True, slots=True)
class HostEntry:
    """A machine of the cluster that VMs run on. state: online, offline or drained.   holds: whether what would fail
    over to it has room there (N+1), None if not told; `detail` says by which numbers and rule."""

    name: str
    page: str
    level: LevelWord
    state: str
    since: Time | None
    standing: Standing
    role: str
    holds: bool | None
    detail: str
    vms: int | None
    memory: RoomEntry
    disk: RoomEntry


@dataclass(frozen=True, slots=True)
class JobEntry:
    """Something that the cluster was told to do and that failed within a day before it answered.
    about, page: what of."""

    about: str
    page: str
    time: Time
    text: str


@dataclass(frozen=True, slots=True)
class ClusterEntry:
    """A cluster, and the source of a node by which it is asked.

    name: empty as long as it has never answered.   page: of all of it, None if that is not shown.
    outcome, reason: how asking it ended last, and `answered` when it last did.
    counts: by metric, such as `vms_running`; empty where sums of the whole cluster are not shown.
    vms: those that need attention first, gone ones last.   owners: the fullest quota first.   hosts: as vms.
    """

    name: str
    node: str
    source: str
    page: str | None
    level: LevelWord
    outcome: str
    reason: str
    asked: Time | None
    answered: Time | None
    version: str
    master: str
    counts: dict[str, int]
    memory: RoomEntry
    disk: RoomEntry
    vms: tuple[VmEntry, ...] = ()
    hosts: tuple[HostEntry, ...] = ()
    owners: tuple[OwnerEntry, ...] = ()
    failed: tuple[JobEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Clusters:
    """clusters.json. consoles: whether consoles of VMs can be seen in a browser here.
    owners: whose VMs alone are told, None where all are."""

    version: int
    consoles: bool
    clusters: tuple[ClusterEntry, ...]
    owners: tuple[str, ...] | None = None

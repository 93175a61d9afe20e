"""What a cluster of VM hosts is, whoever manages it. Sizes are bytes, times UTC seconds; what is not told is None."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from collector.model import Level

UNKNOWN = Level.UNKNOWN.word
"""The state of a VM of which its manager says what we do not understand."""


@dataclass(frozen=True, slots=True)
class Vm:
    """A virtual machine. state: a word of ours; word: the manager's own, with what it means.

    host: where it should run.      mirrors: the hosts that hold copies of its disks and would take it over.
    memory: what it has while it runs, else what it may get.      disk: what it takes on each of those hosts.
    balanced: whether it is taken over by itself.                 counts: False where it is out of all reckoning.
    """

    name: str
    state: str
    word: str
    host: str
    mirrors: tuple[str, ...]
    running: bool
    memory: int
    vcpus: int
    disk: int | None
    tags: tuple[str, ...] = ()
    balanced: bool = True
    counts: bool = True

    @property
    def room(self) -> int | None:
        """What its disks take, with all copies."""
        return None if self.disk is None else self.disk * (1 + len(self.mirrors))


def together(sizes: Iterable[int | None]) -> int | None:
    """The sum of sizes, None if one of them is not known."""
    known = list(sizes)
    return None if None in known else sum(size for size in known if size is not None)


@dataclass(frozen=True, slots=True)
class Host:
    """A host of VMs. state: online, offline, drained, or silent if it does not answer."""

    name: str
    role: str
    state: str
    memory_total: int | None = None
    memory_free: int | None = None
    disk_total: int | None = None
    disk_free: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Something that the cluster was told to do and that failed. about: what it names, such as a VM."""

    number: int
    ended: int
    summary: str
    about: str
    error: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """All that a cluster tells of itself. `failed`: its failed jobs that are still on its record."""

    name: str
    version: str
    master: str
    hosts: tuple[Host, ...]
    vms: tuple[Vm, ...]
    failed: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Reserve:
    """What a host needs free to take over the VMs of the one whose failure costs it most, and what it has. Bytes."""

    needed: int
    free: int
    source: str

    @property
    def holds(self) -> bool:
        """Whether it can."""
        return self.free >= self.needed


def reserves(hosts: Collection[Host], vms: Collection[Vm]) -> dict[str, Reserve]:
    """N+1 by the rule of Ganeti's htools, by the name of each host that is online and tells its memory.

    A host fails if the memory that it says is free is less than what the VMs of any one other host need that have their
    mirror here. VMs that are not taken over by themselves, or are out of reckoning, do not count.
    """
    needed: dict[tuple[str, str], int] = {}
    for vm in vms:
        for mirror in vm.mirrors if vm.balanced and vm.counts else ():
            needed[mirror, vm.host] = needed.get((mirror, vm.host), 0) + vm.memory
    worst = dict.fromkeys((host.name for host in hosts), (0, ""))
    for (mirror, source), memory in needed.items():
        worst[mirror] = max(worst.get(mirror, (0, "")), (memory, source))
    frees = {host.name: host.memory_free for host in hosts if host.state == "online"}
    return {name: Reserve(worst[name][0], free, worst[name][1]) for name, free in frees.items() if free is not None}

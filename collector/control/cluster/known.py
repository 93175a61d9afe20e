"""What a cluster said of itself, and which of its VMs and hosts are meant. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeVar

from collector.control.selection import NothingMeant, expect, unknown
from collector.model import printable
from collector.sources import cluster
from collector.sources._machines import Cluster, Host, Vm
from collector.sources._owners import owner_of

_T = TypeVar("_T", Vm, Host)


@dataclass(frozen=True)
class Known:
    """What a cluster said. node, source: by which it is asked.   cluster: None if it did not answer well, and failure
    then says why."""

    node: str
    source: str
    settings: cluster.Settings
    cluster: Cluster | None
    failure: str = ""

    def owner(self, vm: Vm) -> str | None:
        """Who owns a VM of it."""
        return owner_of(vm, self.settings.owners)

    def host(self, name: str) -> Host:
        """Its host of that name, whole or up to the first dot. Raises NothingMeant."""
        hosts = self.cluster.hosts if self.cluster else ()
        found = [one for one in hosts if one.name == name] or [one for one in hosts if name in _called(one.name)]
        expect_single([(self, one) for one in found], [name], "node")
        if not found:
            called = {word for one in hosts for word in _called(one.name)}
            raise unknown("there is no node", name, called, f" in the cluster that {self.node} asks")
        return found[0]


def vms(told: Sequence[Known], names: Collection[str]) -> list[tuple[Known, Vm]]:
    """The VMs that names mean, all if there are none, cluster by cluster. Raises NothingMeant for a name of none."""
    return _meant([(known, vm) for known in told if known.cluster for vm in known.cluster.vms], names, "VM")


def hosts(told: Sequence[Known], names: Collection[str]) -> list[tuple[Known, Host]]:
    """The same of hosts."""
    return _meant([(known, host) for known in told if known.cluster for host in known.cluster.hosts], names, "node")


def _meant(every: list[tuple[Known, _T]], names: Collection[str], what: str) -> list[tuple[Known, _T]]:
    if names and not every:
        raise NothingMeant(f"no cluster answered that has a {what}; nothing was done")
    whole = {one.name for _, one in every}
    expect(f"there is no {what}", names, whole | {_called(name)[1] for name in whole}, " in the clusters that answered")
    meant = [(known, one) for known, one in every if not names or _is_one(one.name, names, whole)]
    return sorted(meant, key=lambda pair: (pair[0].node, pair[0].source, pair[1].name))


def expect_single(meant: Iterable[tuple[Known, _T]], names: Iterable[str], what: str) -> None:
    """Raises NothingMeant for a name, not a pattern, that means more than one of those meant."""
    every = list(meant)
    for word in names:
        found = [(known, one) for known, one in every if word in _called(one.name)]
        if len(found) > 1:
            places = ", ".join(f"{printable(one.name)} on {known.node}" for known, one in found)
            mend = "name one in full, and its cluster with --node"
            raise NothingMeant(f'"{printable(word)}" means {len(found)} {what}s: {places}; {mend}')


def _called(name: str) -> tuple[str, str]:
    """A machine is called by its whole name, and by what stands before the first dot."""
    return name, name.partition(".")[0]


def _is_one(name: str, wanted: Iterable[str], whole: Collection[str]) -> bool:
    """A word that is somebody's whole name means nobody else."""
    return any(
        name == word if word in whole else any(called == word or fnmatchcase(called, word) for called in _called(name))
        for word in wanted
    )

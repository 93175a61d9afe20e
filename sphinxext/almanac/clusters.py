"""The dashboard of clusters of VMs: what of it stands where. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sphinxext.almanac.arrange import worst_first
from sphinxext.almanac.export import Export, Record
from sphinxext.almanac.format import number
from sphinxext.almanac.titles import reading_words

OURS = frozenset({"vm", "clusternode", "cluster", "owner"})
FINE = {"running": "ok", "stopped": "soft", "set aside": "soft"}
"""States of VMs that are somebody's will, and how they look."""
STANDS = {"online": "ok", "offline": "critical", "silent": "critical"}
"""How states of nodes look; all others are a warning."""
UNOWNED = "not named"
"""What is told as the owner of a VM that has none."""
FEW = 12
"""Of a longer list those that need attention are seen at once, the whole is folded away."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What is told of all clusters, and what is wrong with them and with reaching them, the worst first.

    running, stopped, failing: how many of all VMs there are.   new, gone, orphans: pairs of a cluster and a VM.
    """

    clusters: Sequence[Record]
    consoles: bool
    owners: Sequence[str] | None
    problems: Sequence[Record]
    stands: Counter[str]
    new: Sequence[tuple[Record, Record]]
    gone: Sequence[tuple[Record, Record]]
    orphans: Sequence[tuple[Record, Record]]


def dashboard(export: Export) -> Dashboard | None:
    """All of it; None where no source tells of clusters."""
    told = export.clusters
    if told is None:
        return None
    vms = [(cluster, vm) for cluster in told.clusters for vm in cluster.vms]
    present = [(cluster, vm) for cluster, vm in vms if vm.news != "gone"]
    return Dashboard(
        clusters=told.clusters,
        consoles=told.consoles,
        owners=told.owners,
        problems=_problems(export, {cluster.node for cluster in told.clusters}),
        stands=Counter(part_of(vm) for _, vm in present),
        new=[one for one in present if one[1].news == "new"],
        gone=sorted((one for one in vms if one[1].news == "gone"), key=_last_seen, reverse=True),
        orphans=[one for one in present if one[1].owner == UNOWNED],
    )


def part_of(vm: Record) -> str:
    """How a VM stands: running, stopped, in error, or unknown."""
    if not _is_told(vm):
        return "unknown"
    return {"ok": "running", "soft": "stopped"}[FINE[vm.state]] if vm.state in FINE else "in error"


def style_of(vm: Record) -> str:
    """The level by which the state of a VM looks, `soft` where it is no matter: another may be wrong with it."""
    if vm.news == "gone" or not _is_told(vm):
        return "unknown"
    return FINE.get(vm.state) or ("warning" if vm.level == "warning" else "critical")


def _is_told(vm: Record) -> bool:
    """Whether the cluster said how a VM stands, in words that we know."""
    return bool(vm.standing == "known" and vm.state != "unknown")


def host_style(host: Record) -> str:
    """The level by which the state of a node of a cluster looks."""
    return STANDS.get(host.state, "warning") if host.standing == "known" else "unknown"


def used_words(owner: Record) -> str:
    """What an owner uses, and of how much."""
    told = []
    for name, use in owner.uses.items():
        unit = "count" if name == "vcpus" else "bytes"
        limit = "" if use.limit is None else f" of {number(use.limit, unit)}"
        told.append(f"{reading_words(name)} {number(use.used, unit)}{limit}")
    return ", ".join(told)


def wanting(entries: Sequence[Record]) -> list[Record]:
    """Those of a list that need attention."""
    return [one for one in entries if one.level in ("warning", "critical")]


def _last_seen(one: tuple[Record, Record]) -> str:
    return one[1].seen or ""


def _problems(export: Export, nodes: Iterable[str]) -> list[Record]:
    """Those of clusters and what is in them, and of the nodes as a whole by which they are asked."""
    asked = set(nodes)
    return worst_first(
        problem
        for problem in export.manifest.problems
        if problem.node in asked and (problem.subject is None or problem.subject.partition(":")[0] in OURS)
    )

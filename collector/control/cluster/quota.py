"""Whose quota would not allow what is wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from collector.amounts import amount
from collector.control.cluster.known import Known
from collector.control.cluster.orders import Step
from collector.sources._owners import Use, uses

_WHILE_THEY_RUN = ("memory", "vcpus")
"""What VMs take only while they run, so that a start can exceed it."""
_AT_REST = frozenset({"stopped", "set aside", "down"})
"""The states of VMs that surely do not run. One whose host does not answer may still do."""


def exceeded(told: Iterable[Known], steps: Sequence[Step]) -> Iterator[str]:
    """A sentence for each quota that would be exceeded if all the steps were done. What is more than it allows already
    bars only steps of that owner's VMs."""
    for known in told:
        begun = {one.name for one in steps if one.runs and (one.node, one.source) == (known.node, known.source)}
        if begun and known.cluster:
            yield from _of_one(known, begun)


def _of_one(known: Known, begun: set[str]) -> Iterator[str]:
    vms = known.cluster.vms if known.cluster else ()
    owned = [(vm, known.owner(vm)) for vm in vms]
    after = uses(
        [(replace(vm, running=vm.state not in _AT_REST or vm.name in begun), owner) for vm, owner in owned], ()
    )
    for owner in sorted({owner for vm, owner in owned if owner and vm.name in begun}):
        quota = known.settings.quotas.get(owner)
        yield from (f"{known.node}: {one}" for one in _over(owner, after[owner], quota.limits if quota else {}))


def _over(owner: str, use: Use, limits: dict[str, int]) -> Iterator[str]:
    for name in _WHILE_THEY_RUN:
        wanted, limit = getattr(use, name), limits.get(name)
        if limit is not None and wanted > limit:
            yield f"owner {owner} would use {_told(name, wanted)}, and may use {_told(name, limit)}"


def _told(name: str, value: int) -> str:
    return f"{amount(float(value), 'bytes')} of memory" if name == "memory" else f"{value} processors"

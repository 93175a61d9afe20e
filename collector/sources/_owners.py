"""Whose VMs they are, and what each owner uses of what they may. Pure. Sizes are bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from collector.sources._machines import Vm, together

TAG = "gwm:owner:"
"""The tag by which Ganeti Web Manager names an owner, by number or name."""


@dataclass(frozen=True, slots=True)
class Use:
    """What an owner's VMs are and take: memory and processors while they run, disk always;
    None if that of one of them is not told."""

    vms: int = 0
    running: int = 0
    memory: int = 0
    vcpus: int = 0
    disk: int | None = 0


def owner_of(vm: Vm, owners: Mapping[str, Sequence[str]]) -> str | None:
    """Who owns a VM: the first of the table one of whose patterns means its name or one of its tags, else who its
    tag names; None if nobody does."""
    for owner, patterns in owners.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns for name in (vm.name, *vm.tags)):
            return owner
    return next((tag.removeprefix(TAG) for tag in vm.tags if tag.startswith(TAG) and tag != TAG), None)


def uses(owned: Iterable[tuple[Vm, str | None]], owners: Iterable[str]) -> dict[str, Use]:
    """What each owner uses, those of `owners` without a VM too."""
    found: dict[str, Use] = dict.fromkeys(owners, Use())
    for vm, owner in owned:
        if owner is not None:
            found[owner] = _with(found.get(owner, Use()), vm)
    return found


def _with(use: Use, vm: Vm) -> Use:
    memory, vcpus = (vm.memory, vm.vcpus) if vm.running else (0, 0)
    return Use(
        use.vms + 1, use.running + vm.running, use.memory + memory, use.vcpus + vcpus, together((use.disk, vm.room))
    )


def shares(use: Use, quota: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """How much of each quota is used, 1.0 being all of it; of what is not told nothing."""
    for name, most in quota.items():
        used = getattr(use, name)
        if used is not None:
            yield name, used / most

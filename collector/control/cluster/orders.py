"""What is wanted of VMs or of hosts, and what that means for each by the state that it is in. Pure.

Words are those of any cluster: a host's `copies` are the VMs whose disks are mirrored on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from collector.control.cluster.known import Known
from collector.sources._machines import Host, Vm

Action = Literal["start", "stop", "reboot", "reinstall", "migrate", "role", "evacuate", "follow"]
Role = Literal["candidate", "regular", "drained", "offline"]
Which = Literal["primary", "copies", "all"]
_AT_REST = frozenset({"stopped", "set aside"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted; of what does not belong to the action the default stands.

    rehearse: the cluster checks whether it could, and does nothing.   force: also where the cluster would rather not.
    grace: seconds that a guest has to end by itself, None as the cluster has it.   soft: the guest reboots by itself.
    system: what is installed, the same if empty.   start: what was installed is started.
    target: the host to move to.   allocator: what chooses the hosts.   cold: paused while it moves.
    failover: what does not run is moved too.   which: whose VMs leave a host.
    promote: another host takes its place as candidate for master, where there would be too few.
    """

    action: Action
    rehearse: bool = False
    force: bool = False
    grace: int | None = None
    soft: bool = False
    system: str = ""
    start: bool = False
    target: str = ""
    allocator: str = ""
    cold: bool = False
    failover: bool = False
    role: Role = "regular"
    which: Which = "primary"
    promote: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one VM or host, or with a job.

    node, source: by which its cluster is asked.   state: as it was found.   words: what will be done, empty if it is as
    wanted already.   runs: whether a VM that did not run will.   then: it comes once what is done before to the same
    host is well done.
    """

    wish: Wish
    node: str
    source: str
    kind: Literal["vm", "clusternode", "cluster"]
    name: str
    state: str
    words: str
    runs: bool = False
    then: bool = False

    @property
    def subject(self) -> str:
        """As pages and the record call it."""
        return f"{self.kind}:{self.name}"

    @property
    def is_idle(self) -> bool:
        """Whether it is as wanted already."""
        return not self.words


def to_follow(node: str, source: str, job: int) -> Step:
    """What is done with a job that somebody began before."""
    return Step(Wish("follow"), node, source, "cluster", f"job {job}", "begun", "follow")


def for_vms(wish: Wish, meant: Iterable[tuple[Known, Vm]]) -> tuple[Step, ...]:
    """A step for each VM, in their order. Raises NothingMeant for a target that is none of its cluster's hosts."""
    return tuple(_for_vm(_aimed(wish, known), known, vm) for known, vm in meant)


def _aimed(wish: Wish, known: Known) -> Wish:
    """The same, with the whole name of the host to move to."""
    return replace(wish, target=known.host(wish.target).name) if wish.target else wish


def _for_vm(wish: Wish, known: Known, vm: Vm) -> Step:
    words = _words(wish, vm)
    runs = not vm.running and bool(words) and not wish.rehearse
    runs = runs and (wish.action in ("start", "reboot") or (wish.action == "reinstall" and wish.start))
    return Step(wish, known.node, known.source, "vm", vm.name, vm.state, _rehearsed(wish, words), runs)


def _words(wish: Wish, vm: Vm) -> str:
    match wish.action:
        case "start":
            return "" if vm.running else "start"
        case "stop":
            return "" if vm.state in _AT_REST else "stop"
        case "reboot":
            return "reboot" if vm.running else "start, for it does not run"
        case "reinstall":
            after = "then started" if wish.start else "then left stopped"
            return f"install {wish.system or 'the same system'} anew, what is on its disks is lost; {after}"
    if wish.target == vm.host:
        return ""
    there = wish.target or " or ".join(vm.mirrors) or "a host that the cluster chooses"
    return f"move from {vm.host} to {there}"


def _rehearsed(wish: Wish, words: str) -> str:
    return f"only checked: {words}" if wish.rehearse and words else words


def for_hosts(wish: Wish, meant: Iterable[tuple[Known, Host]]) -> tuple[Step, ...]:
    """A step for each host, in their order; two where VMs leave it first, and then the copies that they leave behind.
    Raises NothingMeant for a target that is none of its cluster's hosts."""
    return tuple(step for known, host in meant for step in _for_host(_aimed(wish, known), known, host))


def _for_host(wish: Wish, known: Known, host: Host) -> Iterator[Step]:
    vms = known.cluster.vms if known.cluster else ()
    own = [vm for vm in vms if vm.host == host.name]
    copies = sum(host.name in vm.mirrors for vm in vms)
    for part, words, then in _of_host(wish, host, own, copies):
        told = _rehearsed(part, words)
        yield Step(part, known.node, known.source, "clusternode", host.name, host.state, told, then=then)


def _of_host(wish: Wish, host: Host, own: Sequence[Vm], copies: int) -> Iterator[tuple[Wish, str, bool]]:
    """What is wanted, what that means, and whether it comes behind: VMs that leave make their old host hold copies of
    their disks, so that these go last."""
    if wish.action == "role":
        yield wish, _role_words(wish, host), False
    elif wish.action == "migrate":
        yield wish, _migrate_words(wish, own), False
    elif wish.which == "primary":
        yield wish, _leaving(wish, len(own), "VM"), False
    elif wish.which == "copies" or not own:
        yield replace(wish, which="copies"), _leaving(wish, copies, "copy", "copies"), False
    else:
        yield replace(wish, which="primary"), _leaving(wish, len(own), "VM"), False
        if left := copies + sum(bool(vm.mirrors) for vm in own):
            yield replace(wish, which="copies"), f"then {_leaving(wish, left, 'copy', 'copies')}", True


def _role_words(wish: Wish, host: Host) -> str:
    if wish.role == host.role:
        return ""
    more = ", and another host candidate if there are too few" if wish.promote else ""
    return f"make it {wish.role}, it is {host.role}{more}"


def _migrate_words(wish: Wish, own: Sequence[Vm]) -> str:
    still = sum(not vm.running for vm in own)
    moves = _leaving(wish, len(own), "VM")
    return f"{moves}; {still} not running, which only evacuate moves, will fail" if still else moves


def _leaving(wish: Wish, number: int, one: str, more: str = "") -> str:
    """Empty if there is none to leave."""
    there = f"to {wish.target}" if wish.target else "to other hosts"
    return f"move {_count(number, one, more)} {there}" if number else ""


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or f'{one}s'}"

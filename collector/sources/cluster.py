"""A cluster of VM hosts, asked at its master: Ganeti's, by its RAPI. Read only.

    cluster:NAME        vms, vms_running, vms_in_error, vms_unknown, hosts, hosts_online, hosts_offline, hosts_drained,
                        hosts_silent, no_failover, failed_jobs, vms_without_owner, vcpus (count); memory and disk as of
                        a host, summed up (bytes); version and master: states
    clusternode:NAME    memory_total memory_used memory_free memory_allocated, the same of disk (bytes), failover (bytes
                        that must be free), vms (count); state, role and redundancy: states
    vm:NAME             state, host, size, owner: states
    owner:NAME          vms, vms_running, vcpus (count), memory, disk (bytes), and vcpus_ratio, memory_ratio, disk_ratio
                        of what they may

Allocated is what VMs take: memory while they run, disk always; used is what hosts do not have free. A job that failed
is an event of what it names. An answer that is not whole brings nothing: its cluster stays as it was told last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, model_validator

from collector.amounts import amount
from collector.config import SourceSettings
from collector.config.base import UNOWNED, Owner
from collector.config.base import Settings as Table
from collector.config.values import LocalPath, Many, Room, listed
from collector.model import Answer, Event, Fault, Observation, Outcome, Reading, State, Unit
from collector.sources import _ganeti
from collector.sources._machines import UNKNOWN, Cluster, Host, Reserve, Vm, reserves, together
from collector.sources._owners import Use, owner_of, shares, uses

DAY = 86400
SOUND = frozenset({"running", "stopped", "set aside"})
"""The states of VMs that stand as somebody wishes."""
STANDINGS = ("online", "offline", "drained", "silent")
_PLAIN = r"^[^\x00-\x1f\x7f]+$"
Number = tuple[str, str, float, Unit]
Word = tuple[str, str, str, str]


def _url(text: str) -> str:
    try:
        url = urlsplit(text)
        plain = url.scheme == "https" and url.hostname and url.path in ("", "/") and not (url.query or url.username)
        netloc = url.netloc if url.port else f"{url.netloc}:5080"
    except ValueError:
        plain = False
    if not plain or not text.isprintable() or '"' in text or "\\" in text:
        raise ValueError('expected https://host:port without a path or a user; write "https://localhost:5080"')
    return f"https://{netloc}"


Plain = Annotated[str, StringConstraints(pattern=_PLAIN)]
User = Annotated[str, StringConstraints(pattern=r"^[^:\x00-\x1f\x7f]+$")]
Url = Annotated[str, AfterValidator(_url)]
Urls = Annotated[
    tuple[Url, ...], Field(min_length=1), BeforeValidator(listed, json_schema_input_type=str | tuple[str, ...])
]
Patterns = Annotated[tuple[Plain, ...], BeforeValidator(listed, json_schema_input_type=str | tuple[str, ...])]


class Quota(Table):
    """What an owner may use of a cluster; what is left out is not limited."""

    memory: Room | None = Field(None, description="of all their running VMs together, such as 64GiB")
    disk: Room | None = Field(None, description="of all their VMs together, copies on other hosts included")
    vcpus: Many | None = Field(None, description="processors of all their running VMs together")

    @property
    def limits(self) -> dict[str, int]:
        """Those that there are, by what they limit."""
        every = {"memory": self.memory, "disk": self.disk, "vcpus": self.vcpus}
        return {name: limit for name, limit in every.items() if limit is not None}


class Controller(Table):
    """Who tells the cluster to change something, when a person does (`almanac vm`, `almanac cluster`)."""

    username: User = Field(description="a user of RAPI with the option write")
    password_file: LocalPath = Field(description="a file on this machine whose first line is the password")


class Settings(SourceSettings):
    """`kind = "cluster"`: where the master listens, who asks, and whose the VMs are."""

    url: Urls = Field(
        ("https://localhost:5080",), description="where RAPI listens, from the node; of several the first that answers"
    )
    username: User | None = Field(None, description="a user of RAPI with the option read")
    password: SecretStr | None = Field(None, description='the password; "$NAME" takes it from the environment')
    password_file: Plain | None = Field(None, description="a file on the node whose first line is the password")
    ca_file: Plain | None = Field(None, description="a file on the node with the certificate that RAPI's is checked by")
    server_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.\-]+$")] | None = Field(
        None, description="the name in RAPI's certificate, such as ganeti.example.com; by default that in url"
    )
    owners: dict[Owner, Patterns] = Field(
        default_factory=dict, description="whose VMs: patterns of names or tags, by owner; before the tag gwm:owner:"
    )
    quotas: dict[Owner, Quota] = Field(default_factory=dict, description="what each owner may use")
    control: Controller | None = Field(
        None, description="who changes something, where that is not username; a pass does not use it"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Raises ValueError unless there is one way to say who asks."""
        if bool(self.username) != bool(self.password or self.password_file) or (self.password and self.password_file):
            raise ValueError("write username with one of password and password_file, or none of the three")
        if self.password and not self.password.get_secret_value().isprintable():
            raise ValueError("a password may not hold control characters; choose another")
        return self


def probe(settings: Settings) -> str:
    """The sh text that asks the master. It ends with 0 only when all that was asked was told whole."""
    return _ganeti.probe(settings.url, login(settings))


def login(settings: Settings) -> _ganeti.Login:
    """Who asks in a pass."""
    return _ganeti.Login(
        user=settings.username or "",
        password=settings.password.get_secret_value() if settings.password else "",
        password_file=settings.password_file or "",
        ca_file=settings.ca_file or "",
        server_name=settings.server_name or "",
    )


def parse(settings: Settings, answer: Answer) -> Reading:
    """What the master told. Never raises."""
    if answer.outcome is not Outcome.OK:
        return Reading()
    try:
        cluster, faults = _ganeti.parse(answer.body.decode("utf-8", "backslashreplace"))
    except _ganeti.Void as void:
        return Reading(void=str(void))
    return _told(settings, cluster, faults, answer.asked)


def _told(settings: Settings, cluster: Cluster, faults: tuple[Fault, ...], asked: int) -> Reading:
    owned = [(vm, owner_of(vm, settings.owners)) for vm in cluster.vms]
    reserve = reserves(cluster.hosts, cluster.vms)
    numbers = [
        *_of_cluster(cluster, reserve, owned, asked),
        *(number for host in cluster.hosts for number in _of_host(host, cluster.vms, reserve)),
        *_of_owners(settings, owned),
    ]
    words = [*_cluster_words(cluster), *_host_words(cluster, reserve), *_vm_words(owned, settings)]
    return Reading(
        observations=tuple(Observation(about, metric, asked, value, unit) for about, metric, value, unit in numbers),
        states=tuple(State(about, metric, asked, value, detail) for about, metric, value, detail in words),
        events=tuple(_events(cluster)),
        faults=faults,
    )


def _of_cluster(
    cluster: Cluster, reserve: dict[str, Reserve], owned: list[tuple[Vm, str | None]], asked: int
) -> Iterator[Number]:
    counts = {
        "vms": len(cluster.vms),
        "vms_running": sum(vm.running for vm in cluster.vms),
        "vms_in_error": sum(vm.state not in SOUND | {UNKNOWN} for vm in cluster.vms),
        "vms_unknown": sum(vm.state == UNKNOWN for vm in cluster.vms),
        "vms_without_owner": sum(owner is None for _, owner in owned),
        "vcpus": sum(vm.vcpus for vm in cluster.vms if vm.running),
        "hosts": len(cluster.hosts),
        **{f"hosts_{state}": _standing(cluster.hosts, state) for state in STANDINGS},
        "no_failover": sum(not one.holds for one in reserve.values()),
        "failed_jobs": sum(asked - DAY < job.ended for job in cluster.failed),
    }
    for metric, count in counts.items():
        yield f"cluster:{cluster.name}", metric, float(count), "count"
    for metric, value in _sizes(cluster.hosts, cluster.vms, together(vm.room for vm in cluster.vms)):
        yield f"cluster:{cluster.name}", metric, value, "bytes"


def _standing(hosts: Iterable[Host], state: str) -> int:
    return sum(host.state == state for host in hosts)


def _of_host(host: Host, vms: Iterable[Vm], reserve: dict[str, Reserve]) -> Iterator[Number]:
    subject = f"clusternode:{host.name}"
    own = [vm for vm in vms if vm.host == host.name]
    held = together(vm.disk for vm in vms if host.name in (vm.host, *vm.mirrors))
    yield subject, "vms", float(len(own)), "count"
    for metric, value in _sizes([host], own, held):
        yield subject, metric, value, "bytes"
    if host.name in reserve:
        yield subject, "failover", float(reserve[host.name].needed), "bytes"


def _sizes(hosts: Iterable[Host], vms: Iterable[Vm], disk: int | None) -> Iterator[tuple[str, float]]:
    """Memory and disk of hosts that tell theirs, and what VMs take of them."""
    yield "memory_allocated", float(sum(vm.memory for vm in vms if vm.running))
    if disk is not None:
        yield "disk_allocated", float(disk)
    pairs = {
        "memory": [(host.memory_total, host.memory_free) for host in hosts],
        "disk": [(host.disk_total, host.disk_free) for host in hosts],
    }
    for what, both in pairs.items():
        known = [(total, free) for total, free in both if total is not None and free is not None]
        if known:
            total, free = (float(sum(column)) for column in zip(*known, strict=True))
            yield f"{what}_total", total
            yield f"{what}_free", free
            yield f"{what}_used", max(0.0, total - free)


def _of_owners(settings: Settings, owned: list[tuple[Vm, str | None]]) -> Iterator[Number]:
    for owner, use in uses(owned, [*settings.owners, *settings.quotas]).items():
        subject = f"owner:{owner}"
        yield from ((subject, metric, float(value), unit) for metric, value, unit in _used(use) if value is not None)
        if owner in settings.quotas:
            for name, share in shares(use, settings.quotas[owner].limits):
                yield subject, f"{name}_ratio", share, "ratio"


def _used(use: Use) -> tuple[tuple[str, int | None, Unit], ...]:
    counts: tuple[tuple[str, int | None, Unit], ...] = (
        ("vms", use.vms, "count"),
        ("vms_running", use.running, "count"),
        ("vcpus", use.vcpus, "count"),
    )
    return (*counts, ("memory", use.memory, "bytes"), ("disk", use.disk, "bytes"))


def _cluster_words(cluster: Cluster) -> Iterator[Word]:
    yield f"cluster:{cluster.name}", "version", cluster.version, ""
    yield f"cluster:{cluster.name}", "master", cluster.master, ""


def _host_words(cluster: Cluster, reserve: dict[str, Reserve]) -> Iterator[Word]:
    stranded = Counter(vm.host for vm in cluster.vms if vm.state == "stranded")
    for host in cluster.hosts:
        subject = f"clusternode:{host.name}"
        yield subject, "state", host.state, _lost(stranded[host.name]) if stranded[host.name] else ""
        yield subject, "role", host.role, ""
        if one := reserve.get(host.name):
            yield subject, "redundancy", "held" if one.holds else "missing", _balance(one)


def _lost(vms: int) -> str:
    return "one VM is stranded on it" if vms == 1 else f"{vms} VMs are stranded on it"


def _balance(reserve: Reserve) -> str:
    free = amount(float(reserve.free), "bytes")
    if not reserve.source:
        return f"{free} memory free, no VM would fail over to it"
    needed = amount(float(reserve.needed), "bytes")
    return f"{free} memory free, {needed} needed if {reserve.source} fails (N+1 by the rule of htools)"


def _vm_words(owned: Iterable[tuple[Vm, str | None]], settings: Settings) -> Iterator[Word]:
    has_owners = bool(settings.owners) or any(owner for _, owner in owned)
    for vm, owner in owned:
        subject = f"vm:{vm.name}"
        yield subject, "state", vm.state, vm.word
        yield subject, "host", vm.host, f"copies on {', '.join(vm.mirrors)}" if vm.mirrors else ""
        yield subject, "size", _size(vm), ""
        if has_owners:
            yield subject, "owner", owner or UNOWNED, ""


def _size(vm: Vm) -> str:
    cpus = "1 CPU" if vm.vcpus == 1 else f"{vm.vcpus} CPUs"
    disk = "disk not told" if vm.disk is None else f"{amount(float(vm.disk), 'bytes')} disk"
    return f"{cpus}, {amount(float(vm.memory), 'bytes')} memory, {disk}"


def _events(cluster: Cluster) -> Iterator[Event]:
    known = {vm.name: f"vm:{vm.name}" for vm in cluster.vms}
    known |= {host.name: f"clusternode:{host.name}" for host in cluster.hosts}
    for job in cluster.failed:
        subject = known.get(job.about, f"cluster:{cluster.name}")
        yield Event(subject, job.ended, "error", f"Job {job.number}, {job.summary}, failed: {job.error}")

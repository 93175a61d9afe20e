"""How `almanac vm` and `almanac cluster` tell of VMs and of what came of an action, on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text

from collector.cli import _screen, _tables
from collector.control.cluster.doing import Result
from collector.control.cluster.known import Known
from collector.control.cluster.orders import Step
from collector.sources._machines import Vm
from collector.sources._owners import uses
from collector.wording import amount

_STYLES = {
    "running": "green",
    "online": "green",
    "done": "green",
    "failed": "bold red",
    "not known": "magenta",
    "unknown": "magenta",
}
Machines = Sequence[tuple[Known, Vm]]


def tell_vms(meant: Machines) -> None:
    """The table of VMs."""
    _tables.table(
        ("node", "vm", "state", "owner", "host", "CPUs", "memory", "disk", "detail"),
        (
            (
                known.node,
                vm.name,
                _styled(vm.state),
                known.owner(vm) or "",
                vm.host,
                str(vm.vcpus),
                amount(vm.memory, "bytes"),
                "" if vm.disk is None else amount(vm.disk, "bytes"),
                "" if vm.state in ("running", "stopped") else vm.word,
            )
            for known, vm in meant
        ),
    )


def tell_vm(known: Known, vm: Vm) -> None:
    """All that is known of a VM, and what its owner uses."""
    rows: list[tuple[str, str | Text]] = [
        ("cluster", f"{known.cluster.name if known.cluster else ''}, asked by {known.node}"),
        ("state", _styled(vm.state)),
        ("", vm.word),
        ("host", vm.host),
        ("copies on", ", ".join(vm.mirrors)),
        ("processors", str(vm.vcpus)),
        ("memory", amount(vm.memory, "bytes")),
        ("disk", "" if vm.disk is None else f"{amount(vm.disk, 'bytes')} on each of its hosts"),
        ("tags", ", ".join(vm.tags)),
        ("owner", known.owner(vm) or ""),
        *(("", told) for told in owner_uses(known, vm)),
    ]
    _tables.table((vm.name, ""), [row for row in rows if row[1]])


def owner_uses(known: Known, vm: Vm) -> Iterator[str]:
    """What the owner of a VM uses, and of how much, a line each."""
    owner = known.owner(vm)
    if owner is None or known.cluster is None:
        return
    use = uses([(one, known.owner(one)) for one in known.cluster.vms], [owner])[owner]
    quota = known.settings.quotas.get(owner)
    limits = quota.limits if quota else {}
    for name, unit, what in (
        ("memory", "bytes", "memory"),
        ("disk", "bytes", "disk"),
        ("vcpus", "count", "processors"),
    ):
        most = f" of {amount(limits[name], unit)}" if name in limits else ""
        used = getattr(use, name)
        yield f"{what} used is not told" if used is None else f"uses {amount(used, unit)}{most} {what}"


def tell_plan(steps: Iterable[Step]) -> None:
    """The table of what will be done."""
    rows = ((step.node, step.name, _styled(step.state), step.words) for step in steps)
    _tables.table(("node", "name", "state", "will be done"), rows)


def tell_results(results: Iterable[Result]) -> None:
    """The table of what came of it."""
    rows = (
        (one.step.node, one.step.name, _styled(one.end), str(one.job or ""), one.text or _aim(one.step))
        for one in results
    )
    _tables.table(("node", "name", "result", "job", ""), rows)


def _aim(step: Step) -> str:
    return "" if step.words == step.wish.action else step.words


def clusters(told: Iterable[Known]) -> list[dict[str, Any]]:
    """Which clusters answered, for JSON."""
    return [
        {
            "node": one.node,
            "source": one.source,
            "cluster": one.cluster.name if one.cluster else None,
            "failure": one.failure or None,
        }
        for one in told
    ]


def vms_document(told: Iterable[Known], meant: Machines) -> dict[str, Any]:
    """All that is known of VMs, for JSON; sizes are bytes."""
    rows = [{"node": known.node, "source": known.source, **asdict(vm), "owner": known.owner(vm)} for known, vm in meant]
    return {"clusters": clusters(told), "vms": rows}


def results_document(told: Iterable[Known], results: Iterable[Result]) -> dict[str, Any]:
    """What came of an action, for JSON; times are UTC seconds on the cluster's clock."""
    rows = [
        {
            "node": one.step.node,
            "source": one.step.source,
            "subject": one.step.subject,
            "name": one.step.name,
            "action": one.step.wish.action,
            "before": one.step.state,
            "result": one.end,
            "job": one.job or None,
            "why": one.text,
            "log": [{"time": line.time, "text": line.text} for line in one.log],
        }
        for one in results
    ]
    return {"clusters": clusters(told), "results": rows}


def _styled(words: str) -> Text:
    return Text(_screen.plain(words), _STYLES.get(words, "yellow"))

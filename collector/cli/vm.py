"""`almanac vm`: the VMs of clusters, now: seen, started, stopped, moved, installed anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from collector.cli import _clusters, _clusters_told, _console
from collector.cli._meant import placed_nodes, places_by
from collector.config import load
from collector.control.cluster import known, orders
from collector.control.cluster.known import Known
from collector.control.cluster.orders import Action, Step, Wish
from collector.control.selection import NothingMeant, Places
from collector.people import who
from collector.people.roles import Act
from collector.sources._machines import Vm
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Meant:
    """The VMs that the words of a command mean, and the words; none at all mean all there are."""

    places: Places
    names: tuple[str, ...]
    owners: tuple[str, ...]
    words: str

    def of(self, told: Sequence[Known]) -> list[tuple[Known, Vm]]:
        """The VMs. Raises NothingMeant."""
        found = known.vms(told, self.names)
        if not self.owners:
            return found
        fit = [(one, vm) for one, vm in found if one.owner(vm) in self.owners]
        if not fit and any(one.cluster for one in told):
            raise NothingMeant(f"no VM that is meant belongs to {' or '.join(self.owners)}")
        return fit


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds what says which VMs are meant."""
    function = click.option("--owner", "owners", multiple=True, help="Only VMs of this owner; may be repeated.")(
        function
    )
    return placed_nodes(click.argument("names", nargs=-1, metavar="[NAME]...")(function))


def _meant(words: dict[str, Any]) -> Meant:
    places, told = places_by(words)
    names, owners = words.pop("names"), words.pop("owners")
    return Meant(
        places, names, owners, " ".join([*names, *(f"--owner {one}" for one in owners), *filter(None, [told])])
    )


@click.group(epilog="Example:  almanac vm list --owner physics")
def command() -> None:
    """VMs of clusters: see, start, stop, reboot, reinstall and migrate them, and open their consoles.

    The clusters are those that sources of kind "cluster" name; --node and the like say which. A VM is meant by its
    name, whole or up to the first dot; names may hold * and ?.
    """


command.add_command(_console.command)


@command.command("list", epilog="Example:  almanac vm list --owner physics")
@_named
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def list_(file: Path, /, as_json: bool, **words: Any) -> int:
    """The VMs, asked now. Exit status 1 if a cluster did not answer."""
    told, meant = _seen(file, _meant(words))
    if as_json:
        click.echo(json.dumps(_clusters_told.vms_document(told, meant), indent=2))
    else:
        _clusters_told.tell_vms(meant)
        running = sum(vm.running for _, vm in meant)
        answered = sum(one.cluster is not None for one in told)
        click.echo(f"{answered} of {len(told)} clusters answered; {len(meant)} VMs: {running} running")
    return 1 if any(one.failure for one in told) else 0


@command.command("show", epilog="Example:  almanac vm show web.example.org")
@_named
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def show(file: Path, /, as_json: bool, **words: Any) -> int:
    """All that a cluster tells of a VM, asked now, and what its owner uses.

    Exit status 1 if a cluster did not answer.
    """
    if not words["names"]:
        raise click.UsageError("Say which VM: a NAME.")
    told, meant = _seen(file, _meant(words))
    if as_json:
        click.echo(json.dumps(_clusters_told.vms_document(told, meant), indent=2))
    else:
        for one, vm in meant:
            _clusters_told.tell_vm(one, vm)
    return 1 if any(one.failure for one in told) else 0


def _seen(file: Path, meant: Meant) -> tuple[list[Known], list[tuple[Known, Vm]]]:
    """What is meant, for one who may see it."""
    config = load(file)
    with Store.open(config.database) as store:
        who.refuse_unless(store, who.actor(config, store), Act.VIEW, "see VMs")
    told = _clusters.asked(config, meant.places)
    _clusters.complain(told)
    return told, meant.of(told)


def _acting(name: Action, does: str, example: str, *options: Callable[..., Any]) -> None:
    """Adds a command that acts; each option is one of Wish's fields."""

    @command.command(name, help=does, epilog=f"Example:  almanac vm {example}")
    @_named
    @click.option("--all", "whole", is_flag=True, help="All there are, where nothing else says which.")
    @_clusters.acting
    @click.pass_obj
    def acting(file: Path, /, whole: bool, **words: Any) -> int:
        meant, how = _meant(words), _clusters.manner(words)
        if bool(meant.words) == whole:
            raise click.UsageError(f"Say what to {name}: a NAME, --owner, --node or the like, or else --all.")
        wish = Wish(name, **words)
        _clusters.expect_one_way(wish)

        def plan(told: Sequence[Known]) -> tuple[Step, ...]:
            found = meant.of(told)
            known.expect_single(found, meant.names, "VM")
            return orders.for_vms(wish, found)

        return _clusters.act(file, f"{name} {meant.words or 'all VMs'}", meant.places, plan, how)

    for option in options:
        option(acting)


_rehearse = click.option("--dry-run", "rehearse", is_flag=True, help="The cluster only checks whether it could.")
_over = click.option("--over-quota", is_flag=True, help="Also if owners then use more than they may; for admins.")
_END = (
    " Each is a job, followed to its end with what it says. What will be done is shown first. Exit status 1 if a job"
    " failed, or a cluster did not answer."
)
_acting(
    "start",
    "Start VMs that do not run, if the quotas of their owners allow it." + _END,
    "start web.example.org",
    _rehearse,
    _over,
    click.option("--force", is_flag=True, help="Also where the cluster would rather not, as on a drained node."),
)
_acting(
    "stop",
    "Shut VMs down." + _END,
    "stop web.example.org --grace 30",
    _rehearse,
    click.option(
        "--grace", type=click.IntRange(0, 86_400), help="Seconds until the guest is cut off; the cluster's own."
    ),
)
_acting(
    "reboot",
    "Reboot VMs; one that does not run is started, if the quota of its owner allows it." + _END,
    "reboot web.example.org",
    _rehearse,
    _over,
    click.option("--soft", is_flag=True, help="The guest reboots by itself, where it can."),
)
_acting(
    "reinstall",
    "Install an operating system anew. What is on the VM's disks is lost. It is stopped for that, and stays so without"
    " --start." + _END,
    "reinstall web.example.org --os debootstrap+default --start",
    _over,
    click.option("--os", "system", default="", help="Which, as the cluster calls it; the same."),
    click.option("--start", is_flag=True, help="Start it then, if the quota of its owner allows it."),
)
_acting(
    "migrate",
    "Move VMs that run to another host, which has copies of their disks." + _END,
    "migrate web.example.org",
    click.option("--to", "target", default="", metavar="HOST", help="Which host, where their disks are not copied."),
    click.option("--allocator", default="", help="What chooses the host, as hail; the cluster's own."),
    click.option("--cold", is_flag=True, help="Paused while it moves."),
    click.option("--failover", is_flag=True, help="Also what does not run, or can't be moved while it does."),
)

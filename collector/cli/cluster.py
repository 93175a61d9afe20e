"""`almanac cluster`: the hosts of clusters told to do something, and jobs followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from collector.cli import _clusters
from collector.cli._meant import placed_nodes, places_by
from collector.config import load
from collector.control.cluster import asking, known, orders
from collector.control.cluster.doing import Result, Work
from collector.control.cluster.known import Known
from collector.control.cluster.orders import Step, Wish
from collector.control.selection import nodes
from collector.people import who
from collector.people.roles import Act
from collector.store.store import Store


@click.group(epilog="Example:  almanac cluster node evacuate node3.example.org")
def command() -> None:
    """Clusters of VMs: their nodes in service or out of it, and jobs followed.

    The clusters are those that sources of kind "cluster" name; --node, --environment, --group and --hub say which.
    """


@command.group(epilog="Example:  almanac cluster node evacuate node3.example.org")
def node() -> None:
    """The nodes of a cluster: other roles, and VMs moved away from them."""


def _on_hosts(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds what says on which hosts, and how."""
    return placed_nodes(click.argument("names", nargs=-1, required=True, metavar="HOST...")(_clusters.acting(function)))


@node.command(epilog="Example:  almanac cluster node role drained node3.example.org")
@click.argument("role", type=click.Choice(["candidate", "regular", "drained", "offline"]))
@_on_hosts
@click.option("--force", is_flag=True, help="Also where the cluster would rather not.")
@click.option(
    "--auto-promote",
    "promote",
    is_flag=True,
    help="Make another node candidate for master in its place, where there would be too few.",
)
@click.pass_obj
def role(file: Path, /, **words: Any) -> int:
    """Give nodes of a cluster another role: drained takes no new VMs, offline is taken for dead.

    Followed as a job to its end. Exit status 1 if a job failed, or a cluster did not answer.
    """
    return _act(file, "role", words)


_to = click.option("--to", "target", default="", metavar="HOST", help="To which node; the cluster chooses.")
_copies_to = click.option(
    "--to", "target", default="", metavar="HOST", help="To which node, with --which copies; the cluster chooses."
)
_allocator = click.option("--allocator", default="", help="What chooses the nodes, as hail; the cluster's own.")


@node.command(epilog="Example:  almanac cluster node migrate node3.example.org")
@_on_hosts
@_to
@_allocator
@click.option("--cold", is_flag=True, help="Paused while they move.")
@click.pass_obj
def migrate(file: Path, /, **words: Any) -> int:
    """Move all VMs that run on a node to others, while they run. Those that do not run fail; evacuate moves them too.

    A job each, followed to its end with what it says. Exit status 1 if one failed, or a cluster did not answer.
    """
    return _act(file, "migrate", words)


@node.command(epilog="Example:  almanac cluster node evacuate node3.example.org --which all")
@_on_hosts
@_copies_to
@_allocator
@click.option(
    "--which",
    type=click.Choice(["primary", "copies", "all"]),
    default="primary",
    help="primary: its VMs; copies: those of others' disks; all: its VMs, and then the copies.",
)
@click.option("--dry-run", "rehearse", is_flag=True, help="The cluster only checks whether it could.")
@click.pass_obj
def evacuate(file: Path, /, **words: Any) -> int:
    """Empty a node: of its VMs, whether they run or not, of the copies of others' disks on it, or of both.

    A job each, followed to its end with what it says. Exit status 1 if one failed, or a cluster did not answer.
    """
    return _act(file, "evacuate", words)


def _act(file: Path, action: orders.Action, words: dict[str, Any]) -> int:
    places, told = places_by(words)
    names, how = words.pop("names"), _clusters.manner(words)
    wish = Wish(action, **words)
    _clusters.expect_one_way(wish)
    if action == "evacuate" and wish.target and wish.which != "copies":
        raise click.UsageError("--to goes with --which copies only: where its VMs go, the allocator chooses.")

    def plan(clusters: Sequence[Known]) -> tuple[Step, ...]:
        found = known.hosts(clusters, names)
        known.expect_single(found, names, "node")
        return orders.for_hosts(wish, found)

    hosts = " ".join([*names, *filter(None, [told])])
    what = {"role": f"make {hosts} {wish.role}", "migrate": f"migrate the VMs of {hosts}"}.get(
        action, f"evacuate {hosts}"
    )
    return _clusters.act(file, what, places, plan, how)


@command.command(epilog="Example:  almanac cluster follow --node ganeti 4711")
@placed_nodes
@click.option("--patience", type=click.FloatRange(1, 86_400), default=120.0, help="Seconds without a word; 120.")
@click.option("--json", "as_json", is_flag=True, help="The results as JSON.")
@click.argument("jobs", nargs=-1, required=True, type=click.IntRange(1), metavar="JOB...")
@click.pass_obj
def follow(file: Path, /, patience: float, as_json: bool, jobs: tuple[int, ...], **words: Any) -> int:
    """Follow jobs to their end, whoever began them. Breaking off leaves them going. Exit status 1 if one failed."""
    places, _ = places_by(words)
    config = load(file)
    with Store.open(config.database) as store:
        who.refuse_unless(store, who.actor(config, store), Act.VIEW, "follow jobs of clusters")
    place = _the_one(file, [(one, label) for one in nodes(config, places) for label in asking.sources(config, one)])
    work = Work(config, {place: None}, patience)
    steps = [orders.to_follow(*place, job) for job in dict.fromkeys(jobs)]
    for step, job in zip(steps, dict.fromkeys(jobs), strict=True):
        work.begin(step, job)
    results: dict[Step, Result] = {}
    for one in work.follow():
        if isinstance(one, Result):
            results[one.step] = one
        else:
            _clusters.tell_news(config, one, as_json)
    return _clusters.tell((), [results[step] for step in steps], _clusters.Manner(True, patience, as_json))


def _the_one(file: Path, places: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The cluster whose jobs are meant: numbers of jobs are its own."""
    if len(places) != 1:
        has = f"has {len(places)} clusters" if places else "has no cluster"
        mend = f": {', '.join(node for node, _ in places)}" if places else ""
        raise click.UsageError(f"{file}: what is meant {has}{mend}; say with --node whose jobs these are.")
    return places[0]

"""Audiences: what each is shown, and a configuration that knows nothing else. Pure.

The pages of an audience are made by the same stages as all pages, from a configuration that is narrowed to its nodes
and has folders of its own. What a role may not read is not in them, so an audience has up to two *views*: one for
people who read logs, and one for those who do not.

    data/audiences/lab/        of people of the audience `lab` who read no logs
    data/audiences/lab.logs/   of those who do
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from collector.config import Config, Environment, Group, Hub
from collector.config.addressed import asks_cluster
from collector.config.audiences import Audience
from collector.people.roles import Act, Role, allowed
from collector.store.persons import Person

LOGS = ".logs"
CLOSED = "closed"
Set = TypeVar("Set", Environment, Group)


@dataclass(frozen=True, slots=True)
class View:
    """What some people of an audience are shown. `logs`: whether they read logs. `people`: their names."""

    audience: str
    logs: bool
    people: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As folders and URLs name it."""
        return self.audience + (LOGS if self.logs else "")

    @property
    def url(self) -> str:
        """Where it is served, below the site's root."""
        return f"audiences/{self.name}/"


def views(config: Config, everyone: Iterable[Person]) -> tuple[View, ...]:
    """Both views of each audience, with those who are shown them: an admin sees all, so belongs to none."""
    roles = {one.name: Role(one.role) for one in everyone}
    return tuple(
        View(name, logs, tuple(sorted(one for one in audience.people if _is_shown(roles.get(one), logs))))
        for name, audience in config.audiences.items()
        for logs in (False, True)
    )


def _is_shown(role: Role | None, logs: bool) -> bool:
    return role not in (None, Role.ADMIN) and allowed(role, Act.READ_LOGS) is logs


def admins(everyone: Iterable[Person]) -> tuple[str, ...]:
    """Who sees the whole."""
    return tuple(one.name for one in everyone if one.role == Role.ADMIN)


def nodes_of(config: Config, audience: Audience) -> tuple[str, ...]:
    """The nodes that an audience is shown, in the order of the configuration."""
    named = set(audience.nodes)
    for name in audience.hubs:
        named |= {*config.hubs[name].nodes, *filter(None, [config.hubs[name].node])}
    for name in audience.environments:
        named |= set(config.environments[name].nodes)
    for name in audience.groups:
        named |= set(config.groups[name].nodes)
    return tuple(node for node in config.nodes if node in named)


def shared_nodes(config: Config, audience: Audience) -> tuple[str, ...]:
    """The nodes of which an audience is shown no more than what belongs to its owners of VMs."""
    if not audience.owners:
        return ()
    whole = nodes_of(config, audience)
    return tuple(node for node in config.nodes if node not in whole and asks_cluster(config, node))


def narrowed(config: Config, view: View) -> Config:
    """The configuration of a view: its nodes only, sets with those of their nodes only that are shown whole, folders of
    its own, and nobody who is told or shown anything."""
    audience = config.audiences[view.audience]
    shown, shared = nodes_of(config, audience), shared_nodes(config, audience)
    folder = config.site.data / "audiences" / view.name
    site = config.site.model_copy(
        update={
            "data": folder,
            "source": folder / "source",
            "publish": trees(config) / view.name,
            "url": config.site.url and f"{config.site.url.rstrip('/')}/{view.url}",
            "keep": 1,
        }
    )
    hubs = {name: _hub(hub, name, shown) for name, hub in config.hubs.items()}
    return Config(
        file=config.file,
        site=site,
        limits=config.limits,
        hubs={name: hub for name, hub in hubs.items() if hub.node or hub.nodes},
        nodes={name: node for name, node in config.nodes.items() if name in shown or name in shared},
        environments=_sets(config.environments, shown),
        groups=_sets(config.groups, shown),
    )


def closed(config: Config) -> Path:
    """The folder of all that only some may see; only the web server's group may enter it."""
    return config.site.publish / CLOSED


def trees(config: Config) -> Path:
    """The folder of the published trees of audiences, and of the whole."""
    return closed(config) / "trees"


def _hub(hub: Hub, name: str, shown: tuple[str, ...]) -> Hub:
    """A hub with those of its nodes that are shown; what it says of itself is told where all of them are."""
    own = hub.node if hub.node in shown else None
    nodes = tuple(node for node in hub.nodes if node in shown)
    told: dict[str, object] = {"node": own, "nodes": nodes, "email": ()}
    if own != hub.node:
        told["server"] = name
    if own != hub.node or nodes != hub.nodes:
        told |= {"message": None, "report_url": None}
    return hub.model_copy(update=told)


def _sets(sets: Mapping[str, Set], shown: tuple[str, ...]) -> dict[str, Set]:
    """Environments or groups with those of their nodes that are shown, if any."""
    cut = {name: [node for node in one.nodes if node in shown] for name, one in sets.items()}
    return {name: one.model_copy(update={"nodes": tuple(cut[name])}) for name, one in sets.items() if cut[name]}

"""The models behind almanac.toml, all frozen; unknown keys are errors. Field descriptions end up in the JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SerializeAsAny, model_validator

from collector.config import kinds
from collector.config.audiences import Audience, AudienceName
from collector.config.base import Name, Settings
from collector.config.catalogue import Catalogue, catalogue
from collector.config.consoles import Consoles
from collector.config.instances import Instances
from collector.config.intake import Intake
from collector.config.reports import Address, Mail, Report
from collector.config.rulebook import Place, Rulebook
from collector.config.rules import RuleSettings
from collector.config.values import Bytes, Count, Jump, LocalPath, PathText, Port, Seconds, Zone
from collector.config.watch import Watch, is_url
from collector.model import Unit

KEEPER = "the pass"
"""What the pass itself is called where it is told as nodes are."""
INSTANCES = "the instances"
"""What all instances of the application are called where they are told as one node; each is a source of it."""
OWN = (KEEPER, INSTANCES)


class SourceSettings(Settings):
    """What every kind of source has in common; each kind's own `Settings` adds its keys."""

    kind: str = Field(description="the kind of source: a module of collector.sources, such as tarballs")
    name: Name | None = Field(
        None, description="a name unique within the node; by default the kind, with the hub if it has one"
    )
    hub: str | None = Field(
        None, description="the hub that this source belongs to; by default the one that lists the node"
    )
    time_zone: Zone | None = Field(
        None, description="zone of the times that carry none; by default the hub's, else the site's"
    )
    time_limit: Seconds | None = Field(None, description="how long this section may take on the node")
    output_cap: Bytes | None = Field(None, description="how much this section may print")

    @property
    def label(self) -> str:
        """The source's name within its node."""
        return self.name or (f"{self.kind}:{self.hub}" if self.hub else self.kind)

    @property
    def tells(self) -> Mapping[str, Unit]:
        """The numbers, with their units, that this one source tells besides those that all of its kind do."""
        return {}

    @property
    def says(self) -> tuple[str, ...]:
        """The same of words."""
        return ()


def _of_its_kind(value: Any) -> Any:
    """The settings of a source as its own kind's model."""
    if not isinstance(value, dict):
        return value
    if "kind" not in value:
        raise ValueError(f"kind is missing; write kind = one of {', '.join(kinds.names())}")
    if not isinstance(value["kind"], str):
        raise ValueError(f"kind is no text in quotes; write kind = one of {', '.join(kinds.names())}")
    return kinds.find(value["kind"]).Settings.model_validate(value)


AnySource = Annotated[SerializeAsAny[SourceSettings], BeforeValidator(_of_its_kind)]


def _served(text: str) -> str:
    if not is_url(text):
        raise ValueError('is no address of a site; write one such as "https://status.example.org/"')
    return text


class Site(Settings):
    """`[site]`: what the published pages say of themselves and where things go. Paths are relative to the file."""

    title: str = "Almanac"
    time_zone: Zone = Field(ZoneInfo("UTC"), description="the zone in which pages show times", validate_default=True)
    source: LocalPath = Field(Path("site"), description="the Sphinx source folder")
    data: LocalPath = Field(Path("data"), description="database, export and frames; the program writes nowhere else")
    publish: LocalPath = Field(
        Path("data/public"),
        description="the published tree: its link `current` is what the web server serves",
    )
    keep: Count = Field(5, description="how many published generations are kept")
    every: Seconds = Field(86400.0, description="how often a pass is promised; pages warn when it is overdue")
    url: Annotated[str, AfterValidator(_served)] | None = Field(
        None, description="where the published tree is served, such as https://status.example.org/"
    )
    web_group: Name | None = Field(
        None, description="the web server's group, such as www-data, which alone may read pages of audiences"
    )


class Limits(Settings):
    """`[limits]`: what one pass may take. A node's or source's own limit overrides these."""

    jobs: Count = Field(20, description="how many nodes are asked at once")
    connect: Seconds = Field(10.0, description="until a node's connection stands and login is done")
    node: Seconds = Field(120.0, description="for all sources of one node, once login is done")
    section: Seconds = Field(60.0, description="for one source of one node")
    output: Bytes = Field(32_000_000, description="what one source of one node may print")
    total: Seconds = Field(3600.0, description="for the whole sweep; nodes not done by then count as timed out")


class Logs(Settings):
    """`[logs]`: how long lines of logs are kept, and how many."""

    keep: Seconds = Field(90 * 86400.0, description="how old a line may be")
    most: int = Field(500_000, ge=1, le=50_000_000, description="how many lines of all nodes together; the oldest go")


class Hub(Settings):
    """`[hubs.NAME]`: a server that makes backups, and the nodes that keep copies of them."""

    server: Name = Field(description="the hub's short host name, as used in folder names below backup/ (srvnode)")
    node: Name | None = Field(None, description="the node that is this hub itself, if it is watched too")
    nodes: tuple[Name, ...] = Field((), description="the backup nodes")
    select: tuple[str, ...] = Field(
        (), description="the items that are judged and shown first, as svn/dybsvn; empty = all"
    )
    repositories: tuple[str, ...] = Field(
        (), description="all that the hub has and should back up, as svn/dybsvn or tracs/*; empty = not known"
    )
    time_zone: Zone | None = Field(None, description="the hub's zone, in which backup stamps are written")
    message: str | None = Field(None, description="a remark for people, shown on the hub's page and in its report")
    report_url: str | None = Field(None, description="where the hub's report is published")
    email: tuple[Address, ...] = Field((), description="who is told of the hub's problems, where there is a [mail]")
    series_file: PathText | None = Field(
        None,
        description="also write each node's sizes as Highstock JSON to this path; %(node)s stands for the node",
    )


class Node(Settings):
    """`[nodes.NAME]`: one machine (or account) that is asked."""

    reach: Literal["ssh", "local"] = Field("ssh", description="how it is reached: ssh or local")
    title: str | None = None
    address: str | None = Field(
        None, description="host name or address; by default the node's name, as ~/.ssh/config knows it"
    )
    user: str | None = None
    port: Port | None = None
    key: LocalPath | None = Field(None, description="private key file; else the agent's and the usual ones")
    jump: Jump | None = Field(None, description="jump host as [user@]host[:port]; several separated by commas")
    jump_keys: tuple[LocalPath, ...] | None = Field(
        None, description="private key files for the jump hosts; else the node's own"
    )
    uuid: UUID | None = Field(None, description="what the key that `almanac node` made for it is called there")
    time_limit: Seconds | None = Field(None, description="for the whole of this node")
    sources: tuple[AnySource, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Raises ValueError for another machine's address on what would ask this one, and call its figures theirs."""
        unused = [
            key for key in ("address", "user", "port", "key", "jump", "jump_keys") if getattr(self, key) is not None
        ]
        if self.reach == "local" and unused:
            raise ValueError(f'reach = "local" asks this machine, so {unused[0]} has no use; remove one of the two')
        return self


class Environment(Settings):
    """`[environments]`: a named set of nodes, `production = ["web-1", "web-2"]`."""

    nodes: tuple[Name, ...]


class Group(Settings):
    """`[groups.NAME]`: nodes that share sources."""

    nodes: tuple[Name, ...] = ()
    sources: tuple[AnySource, ...] = ()


def _as_environment(value: Any) -> Any:
    if not isinstance(value, list | tuple | dict | Environment):
        raise ValueError('expected a list of nodes; write one such as ["web-1", "web-2"]')
    return {"nodes": value} if isinstance(value, list | tuple) else value


AnyEnvironment = Annotated[
    Environment, BeforeValidator(_as_environment, json_schema_input_type=Environment | tuple[Name, ...])
]


class Config(Settings):
    """The whole file. `file` is where it was read; relative paths have been resolved against its folder."""

    file: Annotated[Path, Field(exclude=True)] = Path("almanac.toml")
    site: Site = Site()
    limits: Limits = Limits()
    logs: Logs = Logs()
    hubs: dict[Name, Hub] = Field(default_factory=dict)
    nodes: dict[Name, Node] = Field(default_factory=dict)
    environments: dict[Name, AnyEnvironment] = Field(default_factory=dict)
    groups: dict[Name, Group] = Field(default_factory=dict)
    rules: tuple[RuleSettings, ...] = ()
    mail: Mail | None = None
    reports: tuple[Report, ...] = ()
    watch: Watch = Watch()
    instances: Instances | None = None
    intake: Intake | None = None
    audiences: dict[AudienceName, Audience] = Field(default_factory=dict)
    consoles: Consoles | None = None
    _enabled: tuple[str, ...] = PrivateAttr(())

    @cached_property
    def database(self) -> Path:
        """The SQLite file."""
        return self.site.data / "almanac.db"

    @cached_property
    def export(self) -> Path:
        """The folder of exported JSON and charts."""
        return self.site.data / "export"

    @cached_property
    def html(self) -> Path:
        """The folder in which pages are put together before they are published."""
        return self.site.data / "html"

    @cached_property
    def doctrees(self) -> Path:
        """Sphinx's doctrees and, beside them, the frames."""
        return self.site.data / "doctrees"

    @cached_property
    def spool(self) -> Path:
        """The folder of what comes in between passes, which is all that `almanac intake` writes."""
        return self.site.data / "intake"

    @cached_property
    def rulebook(self) -> Rulebook:
        """All rules, by default and of this file."""
        return Rulebook(self.rules, self.catalogue)

    @cached_property
    def catalogue(self) -> Catalogue:
        """All that sources may tell: every kind, and each source that is configured."""
        own = [source for node in self.nodes.values() for source in node.sources]
        shared = [source for group in self.groups.values() for source in group.sources]
        told: list[tuple[Mapping[str, Unit], tuple[str, ...]]] = [(one.tells, one.says) for one in own + shared]
        fields = self.instances.fields_ if self.instances else {}
        units = {name: field.unit for name, field in fields.items()}
        return catalogue().with_sources([*told, (units, tuple(fields))])

    @cached_property
    def keeper(self) -> Config:
        """The same with the pass itself as its only node: what it told of itself is judged and told as a node's is."""
        itself = Node(
            reach="local", title="The pass itself", sources=(SourceSettings.model_validate({"kind": "pass"}),)
        )
        return self._only(KEEPER, itself)

    @cached_property
    def tracker(self) -> Config:
        """The same with all enabled instances together as its only node, each of them a source of it."""
        settings = ({"kind": "instance", "name": uuid} for uuid in self._enabled)
        sources = tuple(SourceSettings.model_validate(one) for one in settings)
        return self._only(INSTANCES, Node(reach="local", title="Application instances", sources=sources))

    def _only(self, name: str, node: Node) -> Config:
        return self.model_copy(update={"nodes": {name: node}, "hubs": {}, "environments": {}, "groups": {}})

    def with_instances(self, enabled: tuple[str, ...]) -> Config:
        """The same, knowing the UUIDs of the instances that are asked, which the store has."""
        copy = self.model_copy()
        copy.__dict__.pop("tracker", None)
        copy._enabled = enabled
        return copy

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """The nodes, the pass itself, and the instances if they are asked."""
        return (*self.nodes, KEEPER, *([INSTANCES] if self.instances else []))

    def of(self, node: str) -> Config:
        """The settings by which a node is judged and told; those of the pass itself and of instances are their
        own."""
        return self.keeper if node == KEEPER else self.tracker if node == INSTANCES else self

    def with_rules(self, rules: tuple[RuleSettings, ...]) -> Config:
        """The same with other rules in its file."""
        copy = self.model_copy(update={"rules": rules})
        for made in ("rulebook", "keeper", "tracker"):
            copy.__dict__.pop(made, None)  # of the old ones
        return copy

    def with_jobs(self, jobs: int | None) -> Config:
        """The same, asking so many nodes at once; as many as before if None."""
        return (
            self if jobs is None else self.model_copy(update={"limits": self.limits.model_copy(update={"jobs": jobs})})
        )

    def place(self, node: str) -> Place:
        """A node as rules apply to it."""
        sets = (self.hubs_of(node), self.environments_of(node), self.groups_of(node))
        return Place(node, *(tuple(names) for names in sets))

    def hubs_of(self, node: str) -> list[str]:
        """The hubs that the node serves, as the hub itself or as a backup node, in the order of the file."""
        return [name for name, hub in self.hubs.items() if node == hub.node or node in hub.nodes]

    def environments_of(self, node: str) -> list[str]:
        """The environments that the node is in, in the order of the file."""
        return [name for name, environment in self.environments.items() if node in environment.nodes]

    def groups_of(self, node: str) -> list[str]:
        """The groups that the node is in, in the order of the file."""
        return [name for name, group in self.groups.items() if node in group.nodes]

    def sources_of(self, node: str) -> list[SourceSettings]:
        """All sources of a node: its own, then its groups', each with hub and time zone settled."""
        own = list(self.nodes[node].sources)
        shared = [source for group in self.groups_of(node) for source in self.groups[group].sources]
        return [self.settled(node, source) for source in own + shared]

    def series_path(self, hub: str, node: str) -> Path | None:
        """Where a node's series file for a hub goes; None if the hub wants none or the node has no backups of it."""
        written = self.hubs[hub].series_file
        sources = self.sources_of(node) if node in self.nodes else []
        if written is None or not any(one.hub == hub and getattr(one, "folder", None) for one in sources):
            return None
        return self.file.absolute().parent / Path(written.replace("%(node)s", node)).expanduser()

    def settled(self, node: str, source: SourceSettings) -> SourceSettings:
        """A source as it is asked of one node: hub and time zone filled in where they are left out."""
        hub = source.hub or self._hub_meant(node, source)
        home = self.hubs.get(hub) if hub else None
        zone = source.time_zone or (home and home.time_zone) or self.site.time_zone
        return source.model_copy(update={"hub": hub, "time_zone": zone})

    def _hub_meant(self, node: str, source: SourceSettings) -> str | None:
        """The one hub a source without `hub` can mean: the only one of its node, or the one its folder is named for."""
        folder = getattr(source, "folder", None)
        if folder is None:
            return None
        hubs = self.hubs_of(node)
        named = [hub for hub in hubs if str(folder).rstrip("/").rpartition("/")[2] == self.hubs[hub].server]
        candidates = named if len(hubs) > 1 else hubs
        return candidates[0] if len(candidates) == 1 else None

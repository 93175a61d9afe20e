"""The manifest of a fleet of which nothing is told yet: all that is known of it before it is asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config import INSTANCES, KEEPER, Config
from collector.config.catalogue import tells_of
from collector.export.documents import CLUSTERS, REGISTRY, VERSION, Manifest, NodeEntry
from collector.export.manifest import environment_entry, group_entry, hub_entry
from collector.export.nodes import file_of, page_of


def expected(config: Config, instances: bool) -> Manifest:
    """Title, names and pages are those of the export that comes; all levels are unknown. `instances`: whether it tells
    of them, which no configuration knows."""
    entries = {name: _entry(config, name) for name in config.nodes}
    return Manifest(
        version=VERSION,
        title=config.site.title,
        time_zone=str(config.site.time_zone),
        url=config.site.url,
        last_pass=None,
        level="unknown",
        hubs={name: hub_entry(config, name, entries) for name in config.hubs},
        environments={name: environment_entry(config, name, entries, ()) for name in config.environments},
        nodes=entries,
        problems=(),
        counts=(),
        changes=(),
        compat={},
        groups={name: group_entry(config, name, entries) for name in config.groups},
        keeper=_entry(config, KEEPER),
        instances=_entry(config, INSTANCES) if instances else None,
        registry=REGISTRY if instances else None,
        clusters=CLUSTERS if any(tells_of(kind, "cluster") for kind in _kinds(config)) else None,
    )


def _kinds(config: Config) -> Iterator[str]:
    """Of all sources that nodes have."""
    return (source.kind for name in config.nodes for source in config.sources_of(name))


def _entry(config: Config, name: str) -> NodeEntry:
    """A node, the pass itself or all instances, never asked."""
    told = config.of(name)
    return NodeEntry(
        name=name,
        title=told.nodes[name].title or name,
        page=page_of(name),
        file=file_of(name),
        digest="",
        level="unknown",
        reached=False,
        reason="",
        answered=None,
        hubs=tuple(told.hubs_of(name)),
        environments=tuple(told.environments_of(name)),
        groups=tuple(told.groups_of(name)),
        problems=0,
    )

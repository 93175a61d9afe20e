"""What is well-formed in almanac.toml, but does not fit together: names of nothing, names twice, folders in folders."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

from collector.config.addressed import misdirected, unserved
from collector.config.rule_fit import unfit_rules
from collector.config.settings import INSTANCES, KEEPER, Config, SourceSettings
from collector.config.toml import Finding, KeyPath


def misnamed(raw: dict[str, Any]) -> Iterator[Finding]:
    """Nodes that are named and not there, or named twice; read before the shape is known, so that none is hidden."""
    known = raw.get("nodes", {})
    for path, names in _sets(raw) if isinstance(known, dict) else ():
        for name in dict.fromkeys(names):
            if name not in known:
                yield path, _no_such("node", name, list(known))
            elif names.count(name) > 1:
                yield path, f'node "{name}" is named twice; remove one'


def mismatches(config: Config, wrong: Collection[str | int]) -> Iterator[Finding]:
    """Where each mismatch stands, as a path of keys, and what is wrong and how to mend it. Paths must be absolute.

    `wrong`: the tables of the file that have another shape, and so are not in `config`.
    """
    if "site" not in wrong:
        yield from _overlaps(config)
    if not {"hubs", "nodes", "groups"}.isdisjoint(wrong):
        return
    if KEEPER in config.nodes:
        yield ("nodes", KEEPER), "is what Almanac calls its own passes; give the node another name"
    if INSTANCES in config.nodes:
        yield ("nodes", INSTANCES), "is what Almanac calls all instances of an application; give the node another name"
    if not {"rules", "environments"} & set(wrong):
        yield from unfit_rules(config)
    if {"mail", "reports", "environments"}.isdisjoint(wrong):
        yield from misdirected(config, _no_such)
    if {"site", "environments"}.isdisjoint(wrong):
        yield from unserved(config, _no_such)
    yield from _unfit_hubs(config)
    yield from _unclear_hubs(config)
    yield from _unwatched_copies(config)
    yield from _same_series_files(config)
    for node in config.nodes:
        labels = [source.label for source in config.sources_of(node)]
        for label in sorted({label for label in labels if labels.count(label) > 1}):
            yield ("nodes", node), f'two sources are named "{label}"; give one of them a name = "..."'


def _overlaps(config: Config) -> Iterator[Finding]:
    """Sphinx reads all of `source`; from the folder of pages whatever is none is removed."""
    site = config.site
    for key, folder in (("data", site.data), ("publish", site.publish)):
        if folder.is_relative_to(site.source):
            yield ("site", key), f"{folder} lies in site.source, all of which Sphinx reads; name a folder beside it"
    if site.data.is_relative_to(site.publish):
        yield ("site", "publish"), "holds site.data too; name a folder of its own, such as data/public"
    for made in (config.export, config.html, config.doctrees):
        for key, folder in (("source", site.source), ("publish", site.publish)):
            if folder.is_relative_to(made):
                yield ("site", key), f"{folder} lies in {made}, which Almanac makes anew; name another folder"


def _declared(config: Config) -> Iterator[tuple[KeyPath, str, SourceSettings]]:
    """Each source, where it stands and each node that it is asked of."""
    own = [(("nodes", name), (name,), node.sources) for name, node in config.nodes.items()]
    shared = [(("groups", name), group.nodes, group.sources) for name, group in config.groups.items()]
    for path, nodes, sources in own + shared:
        for index, source in enumerate(sources):
            yield from (((*path, "sources", index), node, source) for node in nodes)


def _unfit_hubs(config: Config) -> Iterator[Finding]:
    """Sources of hubs that are not there, or that do not have the nodes."""
    for place, node, source in _declared(config):
        if source.hub is not None and source.hub not in config.hubs:
            yield (*place, "hub"), _no_such("hub", source.hub, list(config.hubs))
        elif source.hub is not None and source.hub not in config.hubs_of(node):
            yield (
                (*place, "hub"),
                f'hub "{source.hub}" does not have node "{node}"; add it to hubs."{source.hub}".nodes',
            )


def _unclear_hubs(config: Config) -> Iterator[Finding]:
    """Backups of a node in several hubs that might be those of any."""
    for place, node, source in _declared(config):
        if _is_unclear(config, node, source):
            hubs = ", ".join(config.hubs_of(node))
            text = f'its folder does not tell which of the hubs of "{node}" it is of ({hubs}); write hub = "..."'
            yield place, text


def _is_unclear(config: Config, node: str, source: SourceSettings) -> bool:
    has_folder = getattr(source, "folder", None) is not None
    return has_folder and len(config.hubs_of(node)) > 1 and config.settled(node, source).hub is None


def _unwatched_copies(config: Config) -> Iterator[Finding]:
    """Nodes of hubs that nobody asks for the hub's backups: nothing would ever be wrong with those."""
    for name, hub in config.hubs.items():
        for node in hub.nodes:
            sources = config.sources_of(node) if node in config.nodes else []
            unclear = any(_is_unclear(config, node, source) for source in sources)
            if node in config.nodes and not unclear and name not in {source.hub for source in sources}:
                text = f'node "{node}" has no source of this hub; give it one of kind "tarballs" with hub = "{name}"'
                yield ("hubs", name, "nodes"), text


def _same_series_files(config: Config) -> Iterator[Finding]:
    """Files of one name: a `stockchart` tells them by it, and at one place the last written would be left."""
    first: dict[str, str] = {}
    for hub in config.hubs:
        for node in (node for node in config.nodes if hub in config.hubs_of(node)):
            path = config.series_path(hub, node)
            if path and first.setdefault(path.name, f'node "{node}" in hubs.{hub}') != f'node "{node}" in hubs.{hub}':
                text = f'node "{node}" gets a file {path.name}, as {first[path.name]} does; give each a name of its own'
                yield ("hubs", hub, "series_file"), text


def _sets(raw: dict[str, Any]) -> Iterator[tuple[KeyPath, list[str]]]:
    """Where nodes are named, and their names."""
    for name, hub in _table(raw.get("hubs")).items():
        yield ("hubs", name, "nodes"), _names(_table(hub).get("nodes"))
        yield ("hubs", name, "node"), _names([_table(hub).get("node")])
    for name, environment in _table(raw.get("environments")).items():
        yield ("environments", name), _names(_table(environment).get("nodes", environment))
    for name, group in _table(raw.get("groups")).items():
        yield ("groups", name, "nodes"), _names(_table(group).get("nodes"))
    for name, audience in _table(raw.get("audiences")).items():
        yield ("audiences", name, "nodes"), _names(_table(audience).get("nodes"))
    reports = raw.get("reports")
    for index, report in enumerate(reports if isinstance(reports, list) else []):
        named = _table(report).get("node")
        yield ("reports", index, "node"), _names(named if isinstance(named, list) else [named])


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _no_such(what: str, name: str, known: list[str]) -> str:
    near = [one for one in known if one.casefold() == name.casefold()] or get_close_matches(
        name, known, n=1, cutoff=0.5
    )
    hint = f'did you mean "{near[0]}"?' if near else f'add a table [{what}s."{name}"]'
    return f'there is no {what} "{name}"; {hint}'

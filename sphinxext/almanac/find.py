"""What of the export a selector means: found, or gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sphinxext.almanac.arrange import named, worst_first
from sphinxext.almanac.clusters import dashboard
from sphinxext.almanac.compare import Multiples, compared
from sphinxext.almanac.each import things
from sphinxext.almanac.export import Export, Record
from sphinxext.almanac.kiosk import screens
from sphinxext.almanac.logs import log_days
from sphinxext.almanac.running import processes
from sphinxext.almanac.slots import Selector
from sphinxext.almanac.weeks import daily, midnights


@dataclass(frozen=True, slots=True)
class Gone:
    """A named thing that the export does not have: `kind` is node, hub, environment, group, file, subject, metric,
    state or chart; `node` the node it should be of; `since` when it left the configuration, None if not known."""

    kind: str
    name: str
    node: str | None = None
    since: str | None = None


def find(export: Export, selector: Selector) -> Any:
    """What the selector's slot shows, `Gone` if one of its names is gone, None for slots that select nothing."""
    finder = _FINDERS.get(selector["slot"])
    if finder is None:
        return None
    absent = next((kind for kind in ("hub", "environment", "group", "node") if _absent(export, kind, selector)), None)
    if absent:
        return Gone(absent, selector[absent], since=export.gone(absent, selector[absent]))
    return finder(export, selector)


def _absent(export: Export, kind: str, selector: Selector) -> bool:
    return kind in selector and export.entry(kind, selector[kind]) is None


def nodes_of(
    export: Export, hub: str | None = None, environment: str | None = None, group: str | None = None
) -> list[Record]:
    """The manifest's entries of the nodes that are in the hub, the environment and the group named, in its order."""
    wanted = {"hubs": hub, "environments": environment, "groups": group}
    sets = [export.members(table, name) for table, name in wanted.items() if name is not None]
    if not sets:
        return list(export.manifest.nodes.values())
    return [entry for entry in min(sets, key=len).values() if all(entry["name"] in members for members in sets)]


def item_page(export: Export, node: str, subject: Record) -> str:
    """The page of the item that a subject is a copy of, empty if it is none."""
    return export.item_pages.get((node, subject["name"]), "")


def days_of(export: Export, subject: Record, metric: Record) -> list[float | None]:
    """The last value of each day of a metric: of a year where it is drawn, else of the nights of its small chart."""
    manifest = export.manifest
    if not metric["charts"] or not subject["series"] or manifest.last_pass is None:
        return list(metric["spark"])
    return daily(*export.year(subject, metric["name"]), midnights(manifest.last_pass.started, manifest.time_zone))


def problems_of(
    export: Export, nodes: Iterable[Record], hub: str | None = None, level: str | None = None
) -> list[Record]:
    """The problems of some nodes, the worst first; of a hub only those that are not another hub's on the same node."""
    names = {entry["name"] for entry in nodes}
    return worst_first(
        problem
        for problem in export.manifest.problems
        if problem["node"] in names and level in (None, problem["level"]) and _is_of_hub(export, problem, hub)
    )


def _is_of_hub(export: Export, problem: Record, hub: str | None) -> bool:
    """Whether a problem is a hub's: of a subject of that hub, or of a node or subject that belongs to none."""
    if hub is None or problem["subject"] is None:
        return True
    subject = export.subject(problem["node"], problem["subject"])
    return subject is None or subject["hub"] in (None, hub)


def _nodes(export: Export, selector: Selector) -> list[Record]:
    return [
        entry for entry in nodes_of(export, **_sets(selector)) if selector.get("node", entry["name"]) == entry["name"]
    ]


def _sets(selector: Selector) -> dict[str, str]:
    return {set_: selector[set_] for set_ in ("hub", "environment", "group") if set_ in selector}


def _node(export: Export, selector: Selector) -> Any:
    name = selector["name"]
    return export.node(name) or Gone("node", name, since=export.gone("node", name))


def _entry(kind: str, field: str = "name") -> Callable[[Export, Selector], Any]:
    def finder(export: Export, selector: Selector) -> Any:
        name = selector[field]
        return export.entry(kind, name) or Gone(kind, name, since=export.gone(kind, name))

    return finder


def _subject(export: Export, selector: Selector, field: str = "subject") -> Any:
    name = selector[field]
    return export.subject(selector["node"], name) or Gone("subject", name, selector["node"])


def _reading(kind: str, default: str) -> Callable[[Export, Selector], Any]:
    def finder(export: Export, selector: Selector) -> Any:
        subject = _subject(export, selector)
        if isinstance(subject, Gone):
            return subject
        name = selector.get("metric", default)
        return named(subject[f"{kind}s"], name) or Gone(kind, f"{subject.name} {name}", selector["node"])

    return finder


def _charts(export: Export, selector: Selector) -> Any:
    subject = _subject(export, selector)
    if isinstance(subject, Gone):
        return subject
    span, metric = selector.get("range"), selector.get("metric")
    drawn = [one for one in subject.metrics if one.charts and metric in (None, one.name)]
    charts = [chart for chart in (drawn[0].charts if drawn else ()) if span in (None, chart.range)]
    return charts or Gone("chart", " ".join(filter(None, (subject.name, metric, span))), selector["node"])


def _problems(export: Export, selector: Selector) -> list[Record]:
    is_of_all = selector.keys().isdisjoint(("hub", "environment", "group"))
    entries = export.nodes.values() if is_of_all else nodes_of(export, **_sets(selector))
    meant = [entry for entry in entries if selector.get("node", entry["name"]) == entry["name"]]
    return problems_of(export, meant, selector.get("hub"), selector.get("level"))


def _compare(export: Export, selector: Selector) -> list[Multiples]:
    documents = (export.node(entry.name) for entry in _nodes(export, selector))
    fields = (selector.get(field) for field in ("hub", "kind", "subject"))
    return compared(filter(None, documents), selector["metric"], *fields)


def _status(export: Export, selector: Selector) -> list[dict[str, Any]]:
    rows = []
    for entry in _nodes(export, selector):
        document = export.node(entry.name)
        subjects = [subject for subject in document.subjects if _fits(subject, selector)] if document else []
        if subjects or not {"kind", "state"} & selector.keys():
            rows.append({"node": document, "subjects": subjects})
    return rows


def _fits(subject: Record, selector: Selector) -> bool:
    words = {subject.level, *(state.value for state in subject.states)}
    return (
        selector.get("kind") in (None, subject.kind)
        and selector.get("hub") in (None, subject.hub)
        and ("state" not in selector or selector["state"] in words)
    )


def _each(export: Export, selector: Selector) -> list[tuple[str, Any]]:
    if selector["kind"] == "log":  # its page and title are all that a list needs: to read every file would take long
        return [(thing.title, Record(page=thing.page)) for thing in things(export, "log")]
    return [(thing.title, find(export, thing.selector)) for thing in things(export, selector["kind"])]


def _all(table: str) -> Callable[[Export, Selector], list[Record]]:
    return lambda export, _selector: list(export.manifest[table].values())


_FINDERS: Mapping[str, Callable[[Export, Selector], Any]] = {
    "node": _node,
    "hub": _entry("hub"),
    "environment": _entry("environment"),
    "group": _entry("group"),
    "subject": lambda export, selector: _subject(export, selector, "name"),
    "reference": lambda export, selector: _subject(export, selector, "name"),
    "item": _entry("item"),
    "problem": lambda export, selector: export.problems.get(selector["name"]) or Gone("problem", selector["name"]),
    "problems": _problems,
    "closed": lambda export, _selector: list(export.manifest.get("closed", ())),
    "status": _status,
    "nodes": _nodes,
    "processes": lambda export, selector: processes(export, _nodes(export, selector)),
    "logs": lambda export, selector: log_days(export, _nodes(export, selector)),
    "log": lambda export, selector: (
        export.log(selector.get("node"), selector["name"]) or Gone("day", selector["name"], selector.get("node"))
    ),
    "instances": lambda export, _selector: export.registry,
    "statistics": lambda export, _selector: export.registry,
    "instance": lambda export, selector: (
        export.instances.get(selector["name"]) or Gone("instance", selector["name"], selector["node"])
    ),
    "clusters": lambda export, _selector: dashboard(export),
    "vms": lambda export, _selector: export.clusters,
    "hubs": _all("hubs"),
    "environments": _all("environments"),
    "groups": _all("groups"),
    "each": _each,
    "compare": _compare,
    "chart": _charts,
    "value": _reading("metric", "size"),
    "state": _reading("state", "state"),
    "stockchart": _entry("file", "file"),
    "kiosk": lambda export, selector: screens(export, selector["screens"]),
    "menu": lambda _export, selector: selector["displays"].splitlines(),
}

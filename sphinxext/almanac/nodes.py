"""Slots in builders without frames (text, LaTeX, EPUB, man pages): plain docutils nodes from the same data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.nodes import Node
from sphinx.application import Sphinx

from sphinxext.almanac.arrange import named, side_by_side, worst_first
from sphinxext.almanac.clusters import Dashboard, used_words
from sphinxext.almanac.compare import Multiples, Reading, drawn
from sphinxext.almanac.domain import AlmanacDomain, export_of
from sphinxext.almanac.export import Export, Record
from sphinxext.almanac.find import Gone, find, nodes_of, problems_of
from sphinxext.almanac.format import clock, grouped, listed, look, number, plural
from sphinxext.almanac.logs import LogDays
from sphinxext.almanac.running import Processes
from sphinxext.almanac.slotnode import slot
from sphinxext.almanac.slots import WITHIN, Selector

Cell = str | Node
ASIDE = frozenset({"fingerprint", "started", "stopped", "pid", "spawn_error", "stdout", "stderr"})
"""Words that are told on a subject's own page only."""
_COMPARED = ("Node", "What", "Last", "Lowest in 60 nights", "Highest")


def replace_slots(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Puts nodes with the data in the place of each slot of a document. See the event doctree-resolved."""
    export = export_of(app.env)
    for place in list(doctree.findall(slot)):
        made = Teller(app, export, docname).tell(place["selector"]) if export else []
        if isinstance(place.parent, nodes.TextElement):
            made = [
                part for whole in made for part in (whole.children if isinstance(whole, nodes.paragraph) else [whole])
            ]
        if place["ids"]:  # its own, and those of a label right before it
            made.insert(0, nodes.target("", "", ids=place["ids"]))
            place["ids"] = []
        place.replace_self(made)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells what slots of one document show."""

    app: Sphinx
    export: Export
    docname: str

    def tell(self, selector: Selector) -> list[Node]:
        """The nodes for a selector: block elements, for a reading one paragraph."""
        found = find(self.export, selector)
        if isinstance(found, Gone):
            within = selector["slot"] in WITHIN
            return [_paragraph(f"no such {found.kind}: {found.name}" if within else self.gone(found))]
        return _TELLING[selector["slot"]](self, found)

    def gone(self, gone: Gone) -> str:
        """Why something is not shown."""
        if gone.kind == "chart":
            return f"There is no chart of {gone.name} of node {gone.node}: it is not drawn, or has no value yet."
        if gone.since:
            return f"{gone.name} has not been in the configuration since {self.time(gone.since)}."
        return f"{gone.name} is not known: it has left the configuration, or has never been seen under this name."

    def time(self, time: str | None) -> str:
        """A time in the site's zone."""
        return "never" if time is None else clock(time, self.export.manifest.time_zone)

    def link(self, kind: str, name: str) -> Node:
        """A name, with a link where a page declares it."""
        domain, text = self.app.env.get_domain("almanac"), nodes.Text(name)
        assert isinstance(domain, AlmanacDomain)
        builder = self.app.builder
        place = domain.place(kind, name)
        if place is None:
            return text
        uri = builder.get_relative_uri(self.docname, place.docname) + f"#{place.anchor}"
        return nodes.reference("", "", text, internal=True, refuri=uri)

    def picture(self, chart: Record) -> Node:
        """A chart in its light palette, carried along by the builder."""
        uri = str(Path(self.export.folder, chart.light).absolute())
        self.app.builder.images[uri] = "almanac-" + chart.light.replace("/", "-")
        return nodes.image("", uri=uri, candidates={"*": uri}, alt=chart.alt)

    def value(self, metric: Record) -> str:
        """A number with its unit, or which kind of absence it is."""
        return _standing(metric, None if metric.value is None else number(metric.value, metric.unit))

    def node(self, node: Record) -> list[Node]:
        """A node's page."""
        reached = f"answered {self.time(node.answered)}" if node.answered else "has never answered"
        told = _paragraph(f"{look(node.level).word}: {node.title} {reached}. {node.reason}".strip())
        return [told, *self.problems(node.problems), *self.subjects(node.subjects)]

    def subject(self, subject: Record) -> list[Node]:
        """A subject's page."""
        pictures = [self.picture(chart) for metric in subject.metrics for chart in metric.charts[:1]]
        return [*self.subjects([subject]), *pictures]

    def subjects(self, subjects: Iterable[Record]) -> list[Node]:
        """A table of subjects with all that is read of them."""
        rows = [(look(s.level).word, s.kind, s.label, self.readings(s)) for s in subjects]
        return _table(("State", "Kind", "What", "Last read"), rows)

    def readings(self, subject: Record) -> str:
        """What is read of a subject, as a list in a sentence."""
        metrics = [f"{metric.name} {self.value(metric)}" for metric in subject.metrics]
        words = [f"{s.name} {_standing(s, s.value)}" for s in subject.states if s.name not in ASIDE]
        return ", ".join(metrics + words)

    def problems(self, problems: Sequence[Record]) -> list[Node]:
        """A table of problems."""
        rows = [
            (look(p.level).word, self.link("node", p.node), p.label or "", p.text, self.time(p.since)) for p in problems
        ]
        return _table(("State", "Node", "What", "Why", "Since"), rows) or [_paragraph("No problems.")]

    def status(self, rows: Sequence[dict[str, Any]]) -> list[Node]:
        """A table of nodes with their subjects."""
        cells = [
            (self.link("node", row["node"].name), s.kind, s.label, look(s.level).word, self.readings(s))
            for row in rows
            for s in row["subjects"]
        ]
        return _table(("Node", "Kind", "What", "State", "Last read"), cells) or [_paragraph("Nothing matches.")]

    def nodes(self, entries: Sequence[Record]) -> list[Node]:
        """A table of nodes."""
        rows = [
            (self.link("node", e.name), look(e.level).word, plural(e.problems, "problem"), self.time(e.answered))
            for e in entries
        ]
        return _table(("Node", "State", "Problems", "Answered"), rows) or [_paragraph("No nodes.")]

    def processes(self, found: Processes) -> list[Node]:
        """A table of what is kept running."""
        rows = [
            (self.link("node", row.entry.name), row.subject.label, row.part, self.readings(row.subject))
            for row in found.rows
        ]
        return _table(("Node", "What", "Stands", "Last read"), rows) or [_paragraph("No processes are watched.")]

    def logs(self, found: LogDays) -> list[Node]:
        """A table of days with lines of logs."""
        rows = [
            (day.day, self.link("node", node) if node else "all", grouped(day.lines), grouped(day.grave))
            for node, day in found.rows
        ]
        return _table(("Day", "Node", "Lines", "Warnings and worse"), rows) or [_paragraph("No lines are kept.")]

    def hub(self, hub: Record) -> list[Node]:
        """A hub's page."""
        told = _paragraph(f"{look(hub.level).word}: {hub.name} {hub.server}. {hub.message or ''}")
        return [told, *self.members(nodes_of(self.export, hub=hub.name), hub.name), *self.copies(hub)]

    def members(self, entries: Sequence[Record], hub: str | None = None) -> list[Node]:
        """What is wrong with some nodes, then the nodes."""
        return [*self.problems(problems_of(self.export, entries, hub)), *self.nodes(entries)]

    def copies(self, hub: Record) -> list[Node]:
        """A hub's backup items side by side."""
        columns = [*filter(None, [hub.node]), *hub.nodes]
        documents = [document for column in columns if (document := self.export.node(column))]
        rows = [(item, *map(self.copy, found)) for item, found in side_by_side(documents, hub.name)]
        return _table(("Item", *columns), rows)

    def copy(self, subject: Record | None) -> str:
        """A backup item on one node: how it stands, its newest size and of when that is."""
        if subject is None:
            return "not there"
        size = named(subject.metrics, "size")
        return f"{look(subject.level).word}: {self.value(size)}, {self.time(size.time)}" if size else "no tarball seen"

    def hubs(self, hubs: Sequence[Record]) -> list[Node]:
        """A table of hubs."""
        rows = [(self.link("hub", h.name), h.server, look(h.level).word, listed(list(h.nodes))) for h in hubs]
        return _table(("Hub", "Server", "State", "Backup nodes"), rows) or [_paragraph("No hubs.")]

    def environment(self, environment: Record) -> list[Node]:
        """An environment's page."""
        return self.members([self.export.manifest.nodes[name] for name in environment.nodes])

    def environments(self, environments: Sequence[Record]) -> list[Node]:
        """A table of environments."""
        rows = [(self.link("environment", e.name), look(e.level).word, listed(list(e.nodes))) for e in environments]
        return _table(("Environment", "State", "Nodes"), rows) or [_paragraph("No environments.")]

    def instances(self, registry: Record | None) -> list[Node]:
        """A table of instances."""
        rows = [
            (
                one.url,
                one.organisation,
                _asked(one),
                self.time(one.answered),
                one.place.name if one.place else "unknown",
            )
            for one in (registry.instances if registry else ())
        ]
        heads = ("Instance", "Organisation", "State", "Answered", "Country")
        return _table(heads, rows) or [_paragraph("No instances are followed.")]

    def statistics(self, registry: Record | None) -> list[Node]:
        """A table of countries, and one for each chart."""
        if registry is None or not registry.countries:
            return [_paragraph("No statistics available: no instance is asked.")]
        shares = [(one.name or "Unknown", grouped(one.count), number(one.ratio, "ratio")) for one in registry.countries]
        made = self.charts([registry.world] if registry.world else [])
        made += _table(("Country", "Instances", "Share"), shares)
        for one in registry.distributions:
            rows = [(group, number(value, one.unit)) for group, value in one.rows]
            table = _table((one.of_groups, one.of_numbers), rows)
            made += [_paragraph(one.label), *self.charts([one.chart]), *table]
        return made

    def clusters(self, found: Dashboard | None) -> list[Node]:
        """What is wrong with clusters, and tables of them, their VMs and nodes, and what owners use."""
        if found is None:
            return [_paragraph("No clusters are watched.")]
        rows = [
            (
                one.name or f"asked on {one.node}",
                look(one.level).word if one.outcome == "ok" else "Did not answer",
                self.time(one.answered),
            )
            for one in found.clusters
        ]
        owners = [(o.name, look(o.level).word, used_words(o)) for one in found.clusters for o in one.owners]
        hosts = [(h.name, h.state, h.role, h.detail) for one in found.clusters for h in one.hosts]
        return [
            *_table(("Cluster", "State", "Last answered"), rows),
            *self.problems(found.problems),
            *self.vms(Record(clusters=found.clusters)),
            *_table(("Owner", "State", "Uses"), owners),
            *_table(("Node of the cluster", "State", "Role", "Room for a failover"), hosts),
        ]

    def vms(self, told: Record | None) -> list[Node]:
        """A table of VMs."""
        rows = [
            (vm.name, "gone" if vm.news == "gone" else vm.state, vm.owner or "not told", vm.host, vm.size)
            for one in (told.clusters if told else ())
            for vm in one.vms
        ]
        return _table(("VM", "State", "Owner", "Node", "Size"), rows) or [_paragraph("No VM is known.")]

    def closed(self, problems: Sequence[Record]) -> list[Node]:
        """A table of what was wrong lately."""
        rows = [
            (" / ".join(filter(None, (p.node, p.label))), look(p.level).word, p.text, self.time(p.closed))
            for p in problems
        ]
        return _table(("What", "Was", "Why", "Closed"), rows)

    def group(self, group: Record) -> list[Node]:
        """A group's page."""
        return self.members([self.export.manifest.nodes[name] for name in group.nodes])

    def groups(self, groups: Sequence[Record]) -> list[Node]:
        """A table of groups."""
        rows = [(self.link("group", g.name), look(g.level).word, listed(list(g.nodes))) for g in groups]
        return _table(("Group", "State", "Nodes"), rows) or [_paragraph("No groups.")]

    def each(self, things: Sequence[tuple[str, Any]]) -> list[Node]:
        """Where there is one page for all objects of a kind: the list of them."""
        rows = [(look(one.level).word if "level" in one else "", title) for title, one in things]
        return _table(("State", "What"), rows) or [_paragraph("There are none.")]

    def compare(self, found: Sequence[Multiples]) -> list[Node]:
        """A table a unit, with the last value and the range of each subject."""
        tables = [
            node for multiples in found for node in _table(_COMPARED, list(map(self.compared, multiples.readings)))
        ]
        return tables or [_paragraph("Nothing to compare.")]

    def compared(self, reading: Reading) -> tuple[Cell, ...]:
        """A row of that."""
        node, subject, metric = reading
        known = [point for point in drawn(metric) if point is not None]
        ends = [number(end(known), metric.unit) if known else "unknown" for end in (min, max)]
        return self.link("node", node.name), subject.label, self.value(metric), *ends

    def headline(self, _found: None) -> list[Node]:
        """The sentence that says it all."""
        manifest = self.export.manifest
        done = manifest.last_pass
        heard = f"{done.reached} of {done.asked} nodes answered, {self.time(done.started)}" if done else "no pass yet"
        return [_paragraph(f"{manifest.title}: {plural(len(manifest.problems), 'problem')}; {heard}.")]

    def kiosk(self, _found: object) -> list[Node]:
        """What a wall display shows large."""
        return [*self.headline(None), *self.problems(worst_first(self.export.manifest.problems))]

    def menu(self, displays: Sequence[str]) -> list[Node]:
        """Which displays it steers, in a browser."""
        return [_paragraph(f"Steers {'; '.join(displays)}, in a browser.")]

    def fleet(self, _found: None) -> list[Node]:
        """All nodes."""
        return self.nodes(list(self.export.manifest.nodes.values()))

    def counts(self, _found: None) -> list[Node]:
        """The figures of the overview."""
        counts = self.export.manifest.counts
        rows = [(c.label, "unknown" if c.value is None else number(c.value, c.unit), _of(c)) for c in counts]
        return _table(("Figure", "Value", ""), rows)

    def changes(self, _found: None) -> list[Node]:
        """What differs from the pass before."""
        changes = self.export.manifest.changes
        items = [nodes.list_item("", _paragraph(self.link("node", c.node), f": {c.text}")) for c in changes]
        done = self.export.manifest.last_pass
        nothing = "Nothing changed." if done and done.get("previous") else "There is no night before to compare with."
        return [nodes.bullet_list("", *items)] if items else [_paragraph(nothing)]

    def activity(self, _found: None) -> list[Node]:
        """What people did last, and were refused."""
        acts = self.export.manifest.get("activity", ())
        rows = [(self.time(a.time), a.person or a.login, a.node or "", a.outcome, a.text) for a in acts]
        return _table(("When", "Who", "Node", "Outcome", "What"), rows) or [_paragraph("Nothing was done by hand yet.")]

    def charts(self, charts: Sequence[Record]) -> list[Node]:
        """The pictures, each with what it shows in words; the words alone where there can be no pictures."""
        if self.app.builder.format in ("text", "man"):
            return [_paragraph(chart.alt) for chart in charts]
        return [node for chart in charts for node in (self.picture(chart), _paragraph(chart.alt))]


_TELLING: dict[str, Callable[[Teller, Any], list[Node]]] = {
    name: getattr(Teller, name)
    for name in (
        "node", "hub", "environment", "subject", "headline", "fleet", "counts", "changes", "problems", "status",
        "nodes", "hubs", "environments", "groups", "group", "closed", "each", "compare", "activity",
        "processes", "logs", "instances", "statistics", "clusters", "vms",
        "kiosk", "menu",
    )
} | {
    "chart": Teller.charts,
    "stockchart": lambda teller, entry: teller.charts(entry.charts),
    "value": lambda teller, metric: [_paragraph(teller.value(metric))],
    "state": lambda _teller, state: [_paragraph(_standing(state, state.value))],
}  # fmt: skip


def _asked(instance: Record) -> str:
    """How an instance stands: that it is not asked says more than its level."""
    return look(instance.level).word if instance.enabled else "Disabled"


def _of(count: Record) -> str:
    """What a figure is made of."""
    return count.note or ", ".join(f"{part.value} {part.label}" for part in count.parts)


def _standing(thing: Record, text: str | None) -> str:
    if thing.standing == "never":
        return "never seen"
    if text is None:
        return "unknown"
    return text if thing.standing == "known" else f"{text} ({thing.standing})"


def _paragraph(*cells: Cell) -> nodes.paragraph:
    return nodes.paragraph("", "", *(nodes.Text(cell) if isinstance(cell, str) else cell for cell in cells))


def _table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Node]:
    """A table, or nothing if there are no rows."""
    if not rows:
        return []
    group = nodes.tgroup("", *(nodes.colspec(colwidth=_width(rows, i)) for i in range(len(heads))), cols=len(heads))
    group += nodes.thead("", _row(heads))
    group += nodes.tbody("", *map(_row, rows))
    # In LaTeX, tables go on over pages, and short words are not broken for the sake of long ones.
    return [nodes.table("", group, classes=["longtable", "colwidths-given"])]


def _width(rows: Sequence[Sequence[Cell]], column: int) -> int:
    """Between 12 and 40 characters, so that the text of a long reason wraps."""
    cells = (row[column] for row in rows)
    return min(40, max(12, *(len(cell if isinstance(cell, str) else cell.astext()) for cell in cells)))


def _row(cells: Sequence[Cell]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", _paragraph(cell)) for cell in cells))

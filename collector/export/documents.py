"""The export contract, version 1, as types: what data/export/ holds and what the Sphinx extension reads.

Times are UTC in ISO 8601 with `Z` and whole seconds (`Time`); sizes are bytes, durations seconds. A value that is not
known is absent (None), and `standing` says which kind of absence it is. All text is already free of control
characters but NOT escaped: whoever writes HTML, RST, mail or a terminal escapes it there. The JSON Schemas beside this
module are generated from these types; a test holds them together.

    manifest.json              Manifest
    nodes/SLUG.json            NodeDocument, one a node
    charts/...png              pictures, named by Chart.light and Chart.dark
    series/SLUG/ANCHOR.YEARS.json  SeriesDocument, named in Subject.series
    logs/SLUG/DAY.DIGEST.json  LogDocument, named in LogDay.file
    compat/NAME.json           the source document's Highstock file, named in Manifest.compat
    instances/instances.json   Registry, where instances of an application are asked; named in Manifest.registry
    clusters/clusters.json     Clusters, where sources tell of clusters of VMs; named in Manifest.clusters
"""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.export.readings import Chart, ProblemDocument, Subject, Time, UptimeDocument
from collector.model import LevelWord
from collector.store.activity import Ending

VERSION = 1
REGISTRY = "instances/instances.json"
"""Where the registry of instances lies, where there is one, relative to the export folder."""
CLUSTERS = "clusters/clusters.json"
"""Likewise what the dashboard of clusters tells."""


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """The values of a metric within some years: `times` in UTC seconds, ascending, and as many values in base units."""

    unit: str
    times: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SeriesDocument:
    """series/SLUG/ANCHOR.YEARS.json: every value of a subject that is of some calendar years (UTC), by metric.

    year: which it is, or the last of several.   first: then the first of them.
    """

    version: int
    node: str
    subject: str
    year: int
    metrics: dict[str, MetricSeries]
    first: int | None = None


@dataclass(frozen=True, slots=True)
class FaultDocument:
    """A piece of an answer that could not be understood."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """One source of a node: how the last pass fared with it."""

    name: str
    kind: str
    hub: str | None
    outcome: str
    reason: str
    asked: Time | None
    took: float | None
    status: int | None
    last_ok: Time | None
    faults: tuple[FaultDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDocument:
    """Something that happened on a node."""

    subject: str
    time: Time
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class ExcerptDocument:
    """The end of what a process or unit that failed has said on `stream`, as it was read at `time`: lines of text."""

    subject: str
    stream: str
    time: Time
    text: str


@dataclass(frozen=True, slots=True)
class LogDay:
    """The lines of a node's logs that are of one day, `2026-12-03` in the site's zone: how many, and how many of them
    are warnings or worse. file: its lines, relative to the export folder; a new name each time they change.
    page: document name of the page of it."""

    day: str
    lines: int
    grave: int
    file: str
    page: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log: when, as it says itself, how grave, which program or unit wrote it, and what. node: where, empty
    in a document of one node."""

    time: Time
    level: str
    writer: str
    text: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class LogDocument:
    """logs/SLUG/DAY.DIGEST.json: the lines of a day, by time. Of very many only those that tell most, the gravest above
    all; `total` and `grave` count all there are. node: None in logs/DAY.DIGEST.json, which is of all nodes."""

    version: int
    node: str | None
    day: str
    total: int
    grave: int
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class ActivityDocument:
    """What somebody did, or was refused: who (`login` is the operating-system user, `person` is empty if that is
    nobody's), what (`act`, and in one sentence `text`), where, and how it ended."""

    time: Time
    person: str
    login: str
    act: str
    node: str | None
    subject: str
    outcome: Ending
    text: str


@dataclass(frozen=True, slots=True)
class NodeDocument:
    """nodes/SLUG.json: everything a page about the node needs.

    reached: whether the last pass got through to it. answered: when it last did, None = never.
    page: document name of its page, such as `nodes/SDU`, relative to the site's root, without suffix.
    problems: what is wrong now.   pending: what fewer passes have found so far than its rule asks for.
    hidden: what was wrong before the node, or what it is read from, stopped answering, and what lies
    behind another.   closed: what ended within the
    last 35 days, the newest first.   uptime: this month and the one before.
    activity: the last twelve things that people did here or were refused, the newest first.
    excerpts: of the logs of processes and units that failed, as long as they are so.
    logs: the days of which lines of its logs are kept, the newest first.
    """

    version: int
    name: str
    title: str
    page: str
    reach: str
    address: str
    hubs: tuple[str, ...]
    environments: tuple[str, ...]
    groups: tuple[str, ...]
    level: LevelWord
    reached: bool
    outcome: str
    reason: str
    asked: Time | None
    answered: Time | None
    took: float | None
    skew: float | None
    sources: tuple[SourceDocument, ...]
    subjects: tuple[Subject, ...]
    problems: tuple[ProblemDocument, ...]
    events: tuple[EventDocument, ...] = ()
    pending: tuple[ProblemDocument, ...] = ()
    hidden: tuple[ProblemDocument, ...] = ()
    closed: tuple[ProblemDocument, ...] = ()
    uptime: tuple[UptimeDocument, ...] = ()
    activity: tuple[ActivityDocument, ...] = ()
    logs: tuple[LogDay, ...] = ()
    excerpts: tuple[ExcerptDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """A node in the manifest: enough for lists, cells and look-ups. `file` is relative to the export folder.

    behind: the node that does not answer and is why this one does not.   logs: of so many days lines are kept.
    """

    name: str
    title: str
    page: str
    file: str
    digest: str
    level: LevelWord
    reached: bool
    reason: str
    answered: Time | None
    hubs: tuple[str, ...]
    environments: tuple[str, ...]
    groups: tuple[str, ...]
    problems: int
    behind: str | None = None
    logs: int = 0


@dataclass(frozen=True, slots=True)
class HubEntry:
    """A hub in the manifest. `node` is the hub's own node, `nodes` are its backup nodes."""

    name: str
    server: str
    page: str
    node: str | None
    nodes: tuple[str, ...]
    select: tuple[str, ...]
    level: LevelWord
    message: str | None
    report_url: str | None


@dataclass(frozen=True, slots=True)
class EnvironmentEntry:
    """An environment in the manifest. `uptime`: of its nodes together, this month and the one before."""

    name: str
    page: str
    nodes: tuple[str, ...]
    level: LevelWord
    uptime: tuple[UptimeDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group of nodes in the manifest."""

    name: str
    page: str
    nodes: tuple[str, ...]
    level: LevelWord


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """One copy of a backup item: the node that keeps it, the subject's name there, and how it stands."""

    node: str
    subject: str
    level: LevelWord


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """A backup item with all its copies, the hub's own first; one that belongs to no hub has a single copy.

    `missing` are the nodes of the hub that have never shown it.
    """

    label: str
    hub: str | None
    page: str
    level: LevelWord
    copies: tuple[CopyEntry, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountPart:
    """So many of a figure stand so: `CountPart("late", 4, "critical")`. `level` is what it looks like."""

    label: str
    value: int
    level: LevelWord


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of the overview: `Count("Backups", 121, "count", "", parts)`. `value` None = not known.

    The parts, where there are some, add up to the value.
    """

    label: str
    value: float | None
    unit: str
    note: str
    parts: tuple[CountPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence about what differs from the pass before, and the node it is about."""

    node: str
    text: str


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something to come. `start` and `end` (the first moment after it) are times, or days `2026-12-03` for what takes
    whole days. `uid` stays the same from night to night. `rule`: how it comes again (RRULE of RFC 5545), empty if it
    does not. `page`: document name of the page that tells more, empty if none."""

    uid: str
    summary: str
    text: str
    start: str
    end: str
    rule: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class PassDocument:
    """The pass this export tells of. `due` is when the next one is promised, `previous` when the one before began: what
    began since then is new. None on the first pass."""

    id: int
    started: Time
    finished: Time | None
    due: Time
    asked: int
    reached: int
    previous: Time | None = None


@dataclass(frozen=True, slots=True)
class CompatEntry:
    """The chart behind a `.. stockchart::` of the source document; keyed in the manifest by the file's base name."""

    node: str
    hub: str
    file: str
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """manifest.json, written last: an export without it, or with an older one, is not yet whole.

    items: by their pages.   problems: the gravest first.   closed: what ended within the last 35 days.
    activity: the last twelve things that people did or were refused, the newest first.
    gone: `{"nodes": {"OLD": time}}`, what earlier passes had under `nodes`, `hubs`, `environments` or `groups` and
    this one has not, with the time of the first pass without it. Pages about it say so instead of being refused.
    keeper: the pass itself, told as a node is, with a document and pages as a node has; it is in no list and no figure
    of nodes, but what is wrong with it stands among the problems. None before the first pass that told of itself.
    instances: all enabled instances of an application together, told in the same way; None if none is asked.
    registry: the file that tells of each instance, relative to the export folder (see `registry`); None likewise.
    logs: the days of which lines of more than one node are kept, the newest first.
    clusters: the file that tells of clusters of VMs (see `clusters`), None where no source does.
    """

    version: int
    title: str
    time_zone: str
    url: str | None
    last_pass: PassDocument | None
    level: LevelWord
    hubs: dict[str, HubEntry]
    environments: dict[str, EnvironmentEntry]
    nodes: dict[str, NodeEntry]
    problems: tuple[ProblemDocument, ...]
    counts: tuple[Count, ...]
    changes: tuple[Change, ...]
    compat: dict[str, CompatEntry]
    gone: dict[str, dict[str, Time]] = field(default_factory=dict)
    groups: dict[str, GroupEntry] = field(default_factory=dict)
    items: dict[str, ItemEntry] = field(default_factory=dict)
    closed: tuple[ProblemDocument, ...] = ()
    calendar: tuple[CalendarEntry, ...] = ()
    activity: tuple[ActivityDocument, ...] = ()
    keeper: NodeEntry | None = None
    instances: NodeEntry | None = None
    registry: str | None = None
    logs: tuple[LogDay, ...] = ()
    clusters: str | None = None

    @property
    def every(self) -> dict[str, NodeEntry]:
        """Whatever has a document: the nodes, the pass itself, and the instances."""
        return self.nodes | {one.name: one for one in (self.keeper, self.instances) if one}

"""What the export tells of one subject: its numbers and states, their charts and where they come from, what is wrong.

Part of the export contract: see `documents` for what holds of all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from collector.model import LevelWord

Time = str
Standing = Literal["known", "stale", "unknown", "never"]
"""known: read in the last pass. stale: the last pass could not read it, this is an older value, dated.
unknown: the last pass asked and the node could not tell. never: declared, and never seen so far."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from: which pass, which source of the node, when asked, how long it took, how it ended."""

    pass_id: int
    source: str
    asked: Time
    took: float | None
    outcome: str
    status: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture in two palettes. Paths are relative to the export folder; width and height are CSS pixels.

    `range` is "month", "year" or "all", and "week" where passes are promised every six hours or oftener; a metric has
    the same ones every night. `alt` says in words what the picture shows.
    """

    range: str
    light: str
    dark: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class ThresholdDocument:
    """Where a rule begins to find a number amiss: from `value` on (`above`), or below it."""

    value: float
    level: LevelWord
    side: Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class ForecastDocument:
    """When a number meets a limit at its present rate: days of the site's zone, `2026-12-03`, between which that is,
    and the likeliest. `rate`: what it gains in a day."""

    limit: float
    low: str
    likely: str
    high: str
    rate: float


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a subject: its last value, the one a night before, and what is drawn of it.

    `previous` is the value before the last one, None if there is none. `spark` holds the last 60 nights, oldest
    first, None where nothing was recorded. `provenance` is the answer in which the last value was first read,
    `confirmed` the one that told it last, at `read`; both None where it is known from imported history only.
    `thresholds` ascend; a number that is judged by its own past has none. `forecast`: when it meets a limit, None where
    its last weeks do not bear one.
    """

    name: str
    standing: Standing
    unit: str
    value: float | None
    time: Time | None
    previous: float | None
    provenance: Provenance | None
    spark: tuple[float | None, ...] = ()
    charts: tuple[Chart, ...] = ()
    read: Time | None = None
    confirmed: Provenance | None = None
    thresholds: tuple[ThresholdDocument, ...] = ()
    forecast: ForecastDocument | None = None


@dataclass(frozen=True, slots=True)
class StateValue:
    """A word of a subject: since when it is so, and when it was last read."""

    name: str
    standing: Standing
    value: str | None
    detail: str
    since: Time | None
    time: Time | None
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class UptimeDocument:
    """How long something was up within a month (`2026-11`, in the site's zone), up to the pass that is told of: the
    share of the known time, None if nothing is known, and seconds up, down and not known.
    restarts: how often a process or unit was found started anew; several between two passes are found as one.
    """

    month: str
    ratio: float | None
    up: int
    down: int
    unknown: int
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class HoldDocument:
    """Why nobody is alarmed of a problem. acknowledged or silenced: by which person, with what note, since when, until
    when (None: until it closes). behind: it lies behind `node`, which does not answer, or behind its `subject`."""

    kind: Literal["acknowledged", "silenced", "behind"]
    person: str = ""
    note: str = ""
    since: Time | None = None
    until: Time | None = None
    node: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """Something wrong. `subject` and `label` are None when it is the node as a whole.

    page: document name of its page; the same night after night while the same is wrong.
    id: a short name for people, by which `almanac ack` knows it; always the same for node, subject and rule.
    stage: pending until enough passes in a row have found it, then open; flapping if it opens and closes often, and
    then `found` tells whether the last pass found it; closed.
    opened: the first pass that found it.   confirmed: the pass since which it is not pending.   closed: the first
    pass that no longer found it. `since` is when it began, as far as the record tells.
    runbook: document name of the page that says what to do, empty if none.
    held: why nobody is alarmed of it, None if somebody is to be.
    """

    node: str
    subject: str | None
    label: str | None
    rule: str
    level: LevelWord
    text: str
    since: Time
    spark: tuple[float | None, ...] = ()
    page: str = ""
    id: str = ""
    stage: Literal["pending", "open", "flapping", "closed"] = "open"
    found: bool = True
    opened: Time | None = None
    confirmed: Time | None = None
    closed: Time | None = None
    runbook: str = ""
    held: HoldDocument | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is watched on a node.

    name: `tarball:ZZ/svn/dybsvn`; unique within the node.   kind: what stands before the first colon.
    label: for people, `svn/dybsvn`.                         anchor: its id on the node's page.
    group: what it is grouped by on pages: a repository kind, a process group; empty if none.
    selected: False where the hub's `select` leaves it out: shown, not judged.
    present: False if the last answer of its source no longer has it.
    first_seen, last_seen: None if it is declared and was never seen.
    series: by calendar years (UTC), ascending, the file of its numbers: `2025`, `2026`, and of those long past several
    together, `2020-2024`; their files hardly ever change.
    page: document name of its own page, where the site has one for each subject.
    uptime: of a process or a unit, this month and the one before.   due: when the next backup of an item is due.
    """

    name: str
    kind: str
    label: str
    anchor: str
    group: str
    hub: str | None
    level: LevelWord
    selected: bool
    present: bool
    first_seen: Time | None
    last_seen: Time | None
    metrics: tuple[Metric, ...] = ()
    states: tuple[StateValue, ...] = ()
    series: dict[str, str] = field(default_factory=dict)
    page: str = ""
    uptime: tuple[UptimeDocument, ...] = ()
    due: Time | None = None

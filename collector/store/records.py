"""What the store gives back about a node: frozen values that rules judge and export writes. Times are UTC seconds."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from collector.model import Event, Fault, Level, Outcome


@dataclass(frozen=True, slots=True)
class PassRecord:
    """One pass. `finished` is None while it runs or if it was killed; asked and reached count nodes."""

    id: int
    started: int
    finished: int | None
    asked: int
    reached: int


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """How one source of a node fared in one pass: where values come from. See `model.Answer` for the fields."""

    id: int
    pass_id: int
    source: str
    kind: str
    hub: str | None
    asked: int
    took: float | None
    outcome: str
    reason: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in time: `times` ascending and unique, `values` of the same length. Those on record come as arrays, of
    which a long past is no list of objects; nobody writes in them, nor compares them with those of another kind."""

    times: Sequence[int] = ()
    values: Sequence[float] = ()

    @classmethod
    def of(cls, points: Mapping[int, float]) -> Series:
        """Values by their times, ascending."""
        return cls(array("q", points), array("d", points.values()))

    def since(self, start: int) -> Series:
        """The part at or after `start`."""
        first = bisect_left(self.times, start)
        return Series(self.times[first:], self.values[first:])


@dataclass(frozen=True, slots=True)
class MetricRecord:
    """A number of a subject. `series` is never empty; `answer` is where its last value was first read.

    `read` is when the last value was last confirmed (a tarball of June read again tonight: tonight), and `confirmed`
    the answer that did so.
    `imported`: the times of values that come from another system, which may have rounded them.
    """

    name: str
    unit: str
    series: Series
    read: int
    answer: AnswerRecord
    confirmed: AnswerRecord
    imported: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class StateRecord:
    """A word of a subject: `since` it changed to this value, `read` last by `answer`."""

    name: str
    value: str
    detail: str
    since: int
    read: int
    answer: AnswerRecord


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """What is watched. `present`: the last good answer of its source still had it. `last_seen`: asked-time of the last
    answer that had it."""

    name: str
    source: str
    hub: str | None
    first_seen: int
    last_seen: int
    present: bool
    metrics: Mapping[str, MetricRecord] = field(default_factory=dict)
    states: Mapping[str, StateRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source of a node: its last answer and the faults of that, and how it fared before.

    first_ok, last_ok: when it was asked and ended well, None = never.
    failing_since: `asked` of the first of the unbroken row of answers that did not, None if the last one did.
    """

    last: AnswerRecord
    last_ok: int | None
    faults: tuple[Fault, ...] = ()
    first_ok: int | None = None
    failing_since: int | None = None


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """All that is known of one node as of one pass.

    asked, outcome, reason, took, skew: of the last attempt to reach it.
    answered: when it last was reached, None = never.
    failing_since: `asked` of the first of the unbroken row of attempts that failed, None if the last one succeeded.
    skews: of the latest attempts that reached it, at most 100.
    subjects: by name.   sources: by name.   Both hold what was ever recorded.   events: newest first, at most 100, and
    with them the last 50 warnings and worse that logs hold.
    """

    node: str
    asked: int | None = None
    outcome: str = "never asked"
    reason: str = ""
    took: float | None = None
    skew: float | None = None
    answered: int | None = None
    failing_since: int | None = None
    skews: Series = Series()
    sources: Mapping[str, SourceRecord] = field(default_factory=dict)
    subjects: Mapping[str, SubjectRecord] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def is_known(self, source: str, read: int) -> bool:
        """Whether what a source told when asked at `read` is what is known now: it was not asked in vain since, and
        neither was the node. A pass that leaves a node or a source out takes nothing from what is known of it."""
        if self.asked is None or source not in self.sources:
            return False
        return read >= (self.sources[source].last.asked if self.outcome == Outcome.OK else self.asked)

    def watched_by(self, sources: Collection[str]) -> NodeRecord:
        """The same, without what other sources once told: what is no longer asked for is no longer told."""
        kept = {name: source for name, source in self.sources.items() if name in sources}
        subjects = {name: subject for name, subject in self.subjects.items() if subject.source in sources}
        return replace(self, sources=kept, subjects=subjects)


Stage = Literal["pending", "open", "flapping", "closed"]


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A problem as one pass left it. Which it is, node, subject (None: the node as a whole) and rule say.

    stage: see `life.stages`.      known: False while its node or source does not answer.
    found: whether it was found when it was last judged; a flapping one may not have been.
    level, text, since, runbook: as it was last found (see `model.Problem`).
    streak: so many passes in a row said the same, where that is counted.
    opened: the first pass of those that found it this time.      confirmed: the pass since which it is no more pending.
    closed: the pass that no longer found it.      openings: the numbers of the passes that confirmed it lately.
    """

    node: str
    subject: str | None
    rule: str
    stage: Stage
    known: bool
    found: bool
    level: Level
    text: str
    since: int
    runbook: str
    streak: int
    opened: int
    confirmed: int | None
    closed: int | None
    openings: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by, night after night."""
        return self.node, self.subject or "", self.rule


@dataclass(frozen=True, slots=True)
class Ack:
    """Somebody knows of a problem, by its key, and says so. It holds while that lives and is no worse than `level`, how
    bad it was then (None: not on record), until `until` if given."""

    id: int
    key: tuple[str, str, str]
    made: int
    person: str
    note: str
    until: int | None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A time in which what a selector means (`life.selector`) alarms nobody: from `first` to `last`, or again and again
    (`every`, see `life.windows`), from when it was made until it is removed."""

    id: int
    made: int
    person: str
    note: str
    selector: str
    first: int | None
    last: int | None
    every: str

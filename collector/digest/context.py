"""All that a message says, as plain values, made before any template is opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from collector import wording
from collector.config import Config
from collector.config.reports import Report
from collector.digest.facts import Facts, Trouble
from collector.digest.news import News
from collector.digest.period import Period
from collector.digest.recipients import Reach, Recipient
from collector.digest.told import ToldProblem, as_told
from collector.digest.uptimes import Share, shares
from collector.digest.words import line
from collector.export.documents import HubEntry
from collector.export.readings import Chart, ProblemDocument, Time
from collector.model import Level, LevelWord

MOST_ROWS = 50
MOST_CHARTS = 8
MOST_RAW = 20
DAY = 86400
SUBJECT = 160
"""Characters of a subject line."""


class Row(NamedTuple):
    """A problem in a message. level: critical, warning, unknown; ok if it is over.   since: and how to acknowledge it.
    runbook: the address of the page that says what to do, empty if none.   chart: None if there is none."""

    level: LevelWord
    where: str
    text: str
    since: str
    link: str
    runbook: str = ""
    chart: Chart | None = None


class Section(NamedTuple):
    """Problems under one heading; `more`: so many are left out."""

    heading: str
    rows: tuple[Row, ...]
    more: int


class Remark(NamedTuple):
    """What a hub's people want to be read with its problems."""

    hub: str
    message: str
    report_url: str
    link: str


class Raw(NamedTuple):
    """A piece of a node's answer that could not be understood."""

    where: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the three templates of a message are filled with. All of it is free of control characters."""

    title: str
    subject: str
    summary: str
    answered: str
    site: str
    sections: tuple[Section, ...]
    changes: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]
    raw: tuple[Raw, ...]
    reason: str
    uptimes: tuple[Share, ...] = ()

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that the HTML shows."""
        return tuple(row.chart for section in self.sections for row in section.rows if row.chart)


def context(config: Config, facts: Facts, recipient: Recipient, news: News) -> Context:
    """What one recipient is told of the last pass."""
    reaches = [Reach(config, report) for report in recipient.reports]
    telling = _Telling(facts, reaches)
    raw = any(report.raw for report in recipient.reports)
    return Context(
        title=line(facts.manifest.title, 200),
        subject=subject(facts, news),
        summary=counted(news),
        answered=telling.answered(),
        site=telling.link("index"),
        sections=tuple(_with_charts(telling.sections(news))),
        changes=telling.changes(),
        remarks=tuple(telling.remarks(config, recipient, news)),
        raw=tuple(telling.raw())[:MOST_RAW] if raw else (),
        reason=_reason(recipient),
    )


def of_period(config: Config, facts: Facts, recipient: Recipient, past: Period) -> Context:
    """What one recipient is told of a week or a month: what opened and recovered in it, what is wrong now, and for how
    much of it everything was up, which is read from the record. Raises StoreError."""
    telling = _Telling(facts, [Reach(config, report) for report in recipient.reports])
    opened, closed = telling.opened(past), telling.closed(past)
    wrong = telling.taken(facts.troubles)
    counts = f"{len(opened)} opened, {len(closed)} recovered, {len(wrong)} wrong now"
    named = [("Opened", opened), ("Recovered", closed), ("Wrong now", [telling.wrong(one) for one in wrong])]
    return Context(
        title=line(facts.manifest.title, 200),
        subject=f"{past.name.capitalize()}: {counts}",
        summary=f"{past.name.capitalize()}: {counts}",
        answered=telling.answered(),
        site=telling.link("index"),
        sections=tuple(_with_charts(section for heading, rows in named for section in _section(heading, rows))),
        changes=(),
        remarks=(),
        raw=(),
        reason=f"{_reason(recipient)} This one comes each {past.kind}.",
        uptimes=shares(config, past, telling.is_about),
    )


def subject(facts: Facts, news: News) -> str:
    """`2 critical, 1 new: SDU svn/dybsvn late 7 nights`."""
    told = next(iter(sorted(news.wrong, key=lambda one: (one not in news.new, -_level(one)))), None)
    over = [*map(as_told, news.eased), *news.recovered, *news.dropped]
    if told is None and over:
        return line(f"{counted(news)}: {_named(over[0])}", SUBJECT)
    return line(f"{counted(news)}: {_short(facts, told)}" if told else counted(news), SUBJECT)


def counted(news: News) -> str:
    """How many are how bad, how many of them are news: `2 critical, 1 warning, 1 new`; `all well, 3 recovered`."""
    levels = [one.problem.level for one in news.wrong]
    words = [
        f"{levels.count(word)} {word}{'s' * (word == 'warning' and levels.count(word) > 1)}"
        for word in ("critical", "warning", "unknown")
        if word in levels
    ]
    words += [f"{len(news.new)} new"] if news.new else []
    words += [f"{len(news.worse)} worse"] if news.worse else []
    words += [f"{len(news.eased)} better"] if news.eased else []
    words += [f"{len(news.recovered)} recovered"] if news.recovered else []
    words += [f"{len(news.dropped)} no longer watched"] if news.dropped else []
    words += [f"{len(news.hidden)} out of sight"] if news.hidden else []
    holds = [one.problem.held.kind for one in news.held if one.problem.held]
    words += [f"{holds.count(kind)} {kind}" for kind in dict.fromkeys(holds)]
    rest = news.hidden or news.held or news.eased
    return ", ".join(words if levels else ["nothing new" if rest else "all well", *words])


def _level(trouble: Trouble) -> int:
    return Level.of(trouble.problem.level)


def _named(problem: ToldProblem) -> str:
    return " ".join(filter(None, (problem.node, problem.label, problem.rule)))


def _short(facts: Facts, trouble: Trouble) -> str:
    """A problem in a few words: where, what, and how long already."""
    one = trouble.problem
    night = facts.manifest.last_pass
    lasts = _seconds(night.started) - _seconds(one.since) if night else 0
    span = wording.span(lasts) if lasts >= DAY else ""
    return " ".join(filter(None, (one.node, one.label, one.rule, span)))


def _seconds(time: Time) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def _with_charts(sections: Iterable[Section]) -> Iterator[Section]:
    """Only the first few problems have pictures, and each picture stands once."""
    seen: set[str] = set()
    for section in sections:
        rows = []
        for row in section.rows:
            shown = row.chart is not None and row.chart.light not in seen and len(seen) < MOST_CHARTS
            seen |= {row.chart.light} if row.chart and shown else set()
            rows.append(row if shown else row._replace(chart=None))
        yield section._replace(rows=tuple(rows))


class _Telling:
    """The facts in words, for one recipient."""

    def __init__(self, facts: Facts, reaches: Sequence[Reach]) -> None:
        self._facts, self._reaches = facts, reaches
        self._manifest = facts.manifest
        self._zone = ZoneInfo(facts.manifest.time_zone)

    def link(self, page: str) -> str:
        """The address of a page; empty where the site does not say where it is served."""
        url = self._manifest.url
        return f"{url.rstrip('/')}/{quote(page, safe='/~')}.html" if url and page else ""

    def moment(self, time: Time) -> str:
        return wording.moment(_seconds(time), self._zone)

    def answered(self) -> str:
        """Which pass it is, and how many of the recipient's nodes answered."""
        nodes = [one for one in self._manifest.nodes.values() if self.is_about(one.name)]
        reached = sum(one.reached for one in nodes)
        night = self._manifest.last_pass
        when = f"Pass of {self.moment(night.started)}" if night else "No pass yet"
        return f"{when}: {reached} of {len(nodes)} {'node' if len(nodes) == 1 else 'nodes'} answered."

    def is_about(self, node: str) -> bool:
        """Whether the recipient is told of a node."""
        return any(reach.is_about(node) for reach in self._reaches)

    def sections(self, news: News) -> Iterator[Section]:
        """What is new first; headings without problems are left out."""
        still = "What is wrong" if news.first else "Still wrong"
        named = [("New", news.new), ("Worse", news.worse), (still, news.still)]
        for heading, troubles in named:
            yield from _section(heading, [self.wrong(one) for one in troubles])
        yield from _section("Better, and no longer what you are told of", [self.wrong(one) for one in news.eased])
        yield from _section("Recovered", [self._past(one, "ok") for one in news.recovered])
        yield from _section("Acknowledged or silenced", [self._held(one) for one in news.held])
        hidden = "Out of sight: the node does not answer"
        yield from _section(hidden, [self._past(one, "unknown") for one in news.hidden])
        dropped = "No longer watched: the node is not in almanac.toml"
        yield from _section(dropped, [self._past(one, "unknown") for one in news.dropped])

    def taken(self, troubles: Iterable[Trouble]) -> list[Trouble]:
        """Those that the recipient is told of."""
        return [one for one in troubles if any(reach.takes(one.concern) for reach in self._reaches)]

    def opened(self, past: Period) -> list[Row]:
        """What began to be wrong in a period, whether it still is or not."""
        lasting = self.taken(one for one in self._facts.troubles if past.holds(_seconds(_begin(one.problem))))
        over = [one for one in self._over() if past.holds(_seconds(_begin(one)))]
        rows = [self.wrong(one)._replace(chart=None) for one in lasting]
        return [*rows, *(self._ended(one, one.level) for one in over)]

    def closed(self, past: Period) -> list[Row]:
        """What recovered in a period."""
        return [self._ended(one, "ok") for one in self._over() if one.closed and past.holds(_seconds(one.closed))]

    def _over(self) -> list[ProblemDocument]:
        """What closed lately and concerns the recipient; of its hub its node tells."""
        return [one.problem for one in self.taken(Trouble(one, None) for one in self._facts.manifest.closed)]

    def _ended(self, one: ProblemDocument, level: LevelWord) -> Row:
        where = line(" ".join(filter(None, (one.node, one.label))), 200)
        lasted = f"from {self.moment(_begin(one))}" + (f" until {self.moment(one.closed)}" if one.closed else "")
        return Row(level, where, line(wording.sentence(one.text)), lasted, self.link(one.page))

    def wrong(self, trouble: Trouble) -> Row:
        """A problem that is wrong now."""
        one = trouble.problem
        where = line(" ".join(filter(None, (one.node, one.label))), 200)
        flapping = " It comes and goes." if one.stage == "flapping" else ""
        text = line(wording.sentence(one.text)) + flapping
        since = f"since {self.moment(one.since)}{f'; almanac ack {one.id}' if one.id else ''}"
        return Row(one.level, where, text, since, self.link(one.page), self.link(one.runbook), trouble.chart)

    def _held(self, trouble: Trouble) -> Row:
        """A problem that nobody is to be alarmed of, and why."""
        row, hold = self.wrong(trouble), trouble.problem.held
        if hold is None:
            return row
        until = f" until {self.moment(hold.until)}" if hold.until else ""
        why = f"{hold.kind} by {line(hold.person, 100)}{until}: {line(hold.note, 200)}"
        return row._replace(since=why, runbook="", chart=None)

    def _past(self, one: ToldProblem, level: LevelWord) -> Row:
        where = line(" ".join(filter(None, (one.node, one.label))), 200)
        entry = self._manifest.every.get(one.node)
        was = f"Was {line(one.rule, 100)} ({one.level}) since {self.moment(one.since)}."
        return Row(level, where, was, "", self.link(entry.page) if entry else "")

    def changes(self) -> tuple[tuple[str, str], ...]:
        """What differs from the pass before, on the recipient's nodes."""
        told = [one for one in self._manifest.changes if self.is_about(one.node)]
        return tuple((line(one.node, 100), line(wording.sentence(one.text))) for one in told[:MOST_ROWS])

    def remarks(self, config: Config, recipient: Recipient, news: News) -> Iterator[Remark]:
        """Of hubs that are asked for by name, or that have problems: what their people say."""
        named = {hub for report in recipient.reports for hub in report.hub}
        named |= {hub for one in news.wrong for hub in config.hubs_of(one.problem.node)}
        for name, entry in self._manifest.hubs.items():
            if name in named and (entry.message or entry.report_url):
                yield self._remark(entry)

    def _remark(self, hub: HubEntry) -> Remark:
        return Remark(line(hub.name, 100), line(hub.message or ""), line(hub.report_url or ""), self.link(hub.page))

    def raw(self) -> Iterator[Raw]:
        """What could not be understood, of the recipient's nodes on which something is wrong."""
        for document in self._facts.documents.values():
            for source in document.sources if self.is_about(document.name) else ():
                for fault in source.faults:
                    where = f"{document.name} {source.name}, line {fault.line}"
                    yield Raw(line(where, 200), line(fault.reason, 200), line(fault.text, 200))


def _begin(problem: ProblemDocument) -> Time:
    """When it was first found, or began, where nothing else is on record."""
    return problem.opened or problem.since


def _section(heading: str, rows: Sequence[Row]) -> Iterator[Section]:
    if rows:
        yield Section(heading, tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0))


_WHEN = {"always": "after each pass", "trouble": "while something is wrong", "change": "when something changes"}


def _reason(recipient: Recipient) -> str:
    """Why they get it, as almanac.toml says it."""
    return " ".join(dict.fromkeys(f"You are told of {_about(one)} {_WHEN[one.when]}." for one in recipient.reports))


def _about(report: Report) -> str:
    kinds = ("hub", "environment", "group", "node")
    named = [f"{kind} {line(', '.join(getattr(report, kind)), 200)}" for kind in kinds if getattr(report, kind)]
    least = f" (from level {report.level} on)" if report.level != "unknown" else ""
    return f"{' and '.join(named) or 'all nodes'}{least}"

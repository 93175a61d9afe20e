"""Orders given to clusters, the jobs that they become followed to their end, and what is put on record of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from secrets import token_hex
from typing import Literal

from collector.config import Config
from collector.control.cluster import asking, backend
from collector.control.cluster.account import Account
from collector.control.cluster.courses import Course, Line, Sent
from collector.control.cluster.following import Lost, Place, Silent, follow
from collector.control.cluster.orders import Step
from collector.people.roles import Act
from collector.people.who import Deed
from collector.question import Heard, Question, by_hand, sections
from collector.reach.script import Part, Section
from collector.sweep import hear

End = Literal["done", "nothing to do", "failed", "not known"]
Accounts = Mapping[Place, Account | None]
_AN_ORDER, _A_REPLY = 20.0, 20_000
"""Seconds and bytes that one order may take."""
_SPARE = 30.0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a step. job: 0 if there was none.   text: why, for people.   log: all that its jobs said."""

    step: Step
    end: End
    job: int = 0
    text: str = ""
    log: tuple[Line, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether it is as wanted."""
        return self.end in ("done", "nothing to do")


@dataclass(frozen=True, slots=True)
class News:
    """What is new of a step: its job is known now, or said something."""

    step: Step
    job: int
    lines: tuple[Line, ...] = ()


@dataclass
class Work:
    """Steps on their way: what is known of the jobs of each. `jobs` are those of a step, the first one given by us.
    `given`: the steps whose orders are given, or were about to be."""

    config: Config
    accounts: Accounts
    patience: float
    jobs: dict[Step, list[int]] = field(default_factory=dict)
    given: set[Step] = field(default_factory=set)
    _steps: dict[tuple[Place, int], Step] = field(default_factory=dict)
    _courses: dict[tuple[Place, int], Course] = field(default_factory=dict)
    _ended: set[Step] = field(default_factory=set)

    def do(self, steps: Sequence[Step], now: int) -> Iterator[News | Silent | Result]:
        """Does the steps, and yields what is new of each and its result as they come. `now`: UTC seconds."""
        yield from (Result(step, "nothing to do") for step in steps if step.is_idle)
        stuck: dict[tuple[Place, str], str] = {}
        for then in (False, True):
            mine = [step for step in steps if step.then is then and not step.is_idle]
            yield from (
                Result(step, "failed", 0, f"it was not begun, for what comes before it {stuck[_about(step)]}")
                for step in mine
                if _about(step) in stuck
            )
            for one in self._at_once([step for step in mine if _about(step) not in stuck], now):
                if isinstance(one, Result) and not one.is_well:
                    stuck[_about(one.step)] = "failed" if one.end == "failed" else "is not known to be done"
                yield one

    def _at_once(self, steps: Sequence[Step], now: int) -> Iterator[News | Silent | Result]:
        self.given |= set(steps)
        for step, sent in send(self.config, steps, self.accounts, now):
            if sent.job is None:
                yield Result(step, "failed" if sent.known else "not known", 0, sent.why)
            else:
                self.begin(step, sent.job)
                yield News(step, sent.job)
        yield from self.follow()

    def begin(self, step: Step, job: int) -> None:
        """Knows a job as a step's."""
        self.jobs.setdefault(step, []).append(job)
        self._steps[_place(step), job] = step

    def follow(self) -> Iterator[News | Silent | Result]:
        """Follows the jobs that are known."""
        jobs: dict[Place, list[int]] = {}
        for place, job in self._steps:
            if self._steps[place, job] not in self._ended:
                jobs.setdefault(place, []).append(job)
        for heard in follow(self.config, jobs, self.accounts, self.patience):
            if isinstance(heard, Lost):
                steps = dict.fromkeys(self._steps[heard.place, job] for job in heard.jobs)
                yield from (self._result(step, "not known", f"it goes on, unseen: {heard.reason}") for step in steps)
            elif isinstance(heard, Silent):
                yield heard
            else:
                yield from self._heard(heard.place, heard.course)

    def _heard(self, place: Place, course: Course) -> Iterator[News | Result]:
        step, before = self._steps[place, course.job], self._courses.get((place, course.job))
        self._courses[place, course.job] = course
        known = {line.number for line in before.lines} if before else set()
        if lines := tuple(line for line in course.lines if line.number not in known):
            yield News(step, course.job, lines)
        for job in course.further:
            self.begin(step, job)
            yield News(step, job)
        courses = [self._courses.get((place, job)) for job in self.jobs[step]]
        if all(one is not None and one.is_over for one in courses):
            yield self._over(step, [one for one in courses if one is not None])

    def _over(self, step: Step, courses: Sequence[Course]) -> Result:
        why = "; ".join(dict.fromkeys(one.reason for one in courses if one.reason))
        if any(one.stage in ("failed", "canceled") for one in courses):
            return self._result(step, "failed", why)
        return self._result(step, "not known" if why else "done", why)

    def _result(self, step: Step, end: End, text: str) -> Result:
        self._ended.add(step)
        place, jobs = _place(step), self.jobs[step]
        log = tuple(line for job in jobs if (one := self._courses.get((place, job))) for line in one.lines)
        return Result(step, end, jobs[0], text, log)


def _place(step: Step) -> Place:
    return step.node, step.source


def _about(step: Step) -> tuple[Place, str]:
    return _place(step), step.subject


def send(config: Config, steps: Sequence[Step], accounts: Accounts, now: int) -> Iterator[tuple[Step, Sent]]:
    """Gives an order for each step, once, and yields what came of each as it comes in."""
    by_node: dict[str, dict[str, list[Step]]] = {}
    for step in steps:
        by_node.setdefault(step.node, {}).setdefault(step.source, []).append(step)
    questions = [_question(config, node, mine, accounts) for node, mine in by_node.items()]
    for heard in hear(config, questions, now):
        yield from _sent(config, heard, by_node[heard.question.node])


def _question(config: Config, node: str, steps: Mapping[str, Sequence[Step]], accounts: Accounts) -> Question:
    told, parts = asking.sources(config, node), []
    for label, mine in steps.items():
        text = backend.of(told[label]).send(told[label], accounts[node, label], mine)
        parts.append(Section(label, text, _SPARE + _AN_ORDER * len(mine), _A_REPLY * (1 + len(mine))))
    seconds = _SPARE + sum(part.seconds for part in parts)
    return by_hand(config, node, token_hex(16), parts, seconds)


def _sent(config: Config, heard: Heard, steps: Mapping[str, Sequence[Step]]) -> Iterator[tuple[Step, Sent]]:
    told = asking.sources(config, heard.question.node)
    for part in sections(heard):
        mine = steps[part.label]
        given = backend.of(told[part.label]).sent(part.body, mine)
        for step, sent in zip_longest(mine, given, fillvalue=None):
            if step is not None:
                yield step, sent or _ungiven(part)


def _ungiven(part: Part) -> Sent:
    """Of an order that was not given, as those before it were not, or took all the time."""
    why = re.sub(r"^ended with status \d+: ", "", part.reason)
    return Sent(None, why or "the node did not say what came of it", known=bool(why))


def deed(result: Result) -> Deed:
    """What goes on record of a result."""
    step, job = result.step, f"job {result.job} " if result.job else ""
    return Deed(Act.CONTROL, f"{_what(step)}; {result.text or f'{job}{result.end}'}", step.node, step.subject)


def interrupted(step: Step, work: Work) -> Deed:
    """What goes on record of a step whose end nobody waited for."""
    jobs, sent = work.jobs.get(step, ()), "it may have been sent" if step in work.given else "it was not begun"
    goes_on = f"job {jobs[-1]} goes on" if jobs else sent
    return Deed(Act.CONTROL, f"{_what(step)}; broken off, {goes_on}", step.node, step.subject)


def _what(step: Step) -> str:
    words = "" if step.words == step.wish.action else f": {step.words}"
    return f"{step.wish.action} {step.name}{words}; it was {step.state}"

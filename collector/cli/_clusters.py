"""What `almanac vm` and `almanac cluster` share: asking clusters, and having something done by them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import time
from typing import Any

import click

from collector.cli import _clusters_told, _screen
from collector.cli._breaking import ended_like_ctrl_c
from collector.config import Config, load
from collector.control import selection
from collector.control.cluster import asking, doing, quota
from collector.control.cluster.account import account
from collector.control.cluster.doing import Accounts, News, Result, Work
from collector.control.cluster.following import Silent
from collector.control.cluster.known import Known
from collector.control.cluster.orders import Step, Wish
from collector.control.selection import NothingMeant, Places
from collector.model import AlmanacError
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Actor, Deed
from collector.store.store import Store

Planned = Callable[[Sequence[Known]], tuple[Step, ...]]


class OverQuota(AlmanacError):
    """More than an owner may use; nothing was done."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is done: the words that all acting commands have. patience: seconds without a word of a job."""

    yes: bool
    patience: float
    as_json: bool
    over_quota: bool = False


def acting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that make a Manner."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="The results as JSON."),
        click.option(
            "--patience", type=click.FloatRange(1, 86_400), default=120.0, help="Seconds without a word of a job; 120."
        ),
        click.option("--yes", is_flag=True, help="Do not ask; where no terminal is, nothing is done without it."),
    ):
        function = option(function)
    return function


def manner(words: dict[str, Any]) -> Manner:
    """The Manner, taken out of the words of a command."""
    return Manner(words.pop("yes"), words.pop("patience"), words.pop("as_json"), words.pop("over_quota", False))


def asked(config: Config, places: Places) -> list[Known]:
    """What the clusters meant say, in the order of the configuration. Raises NothingMeant if there are none."""
    nodes = [node for node in selection.nodes(config, places) if asking.sources(config, node)]
    if not nodes:
        raise NothingMeant(f'{config.file}: no node meant has a cluster; give it a source of kind "cluster"')
    told: list[Known] = []
    with _screen.progress(len(nodes)) as tell:
        for some in asking.ask(config, nodes, int(time())):
            told += some
            tell(some[0].node)
    return sorted(told, key=lambda one: nodes.index(one.node))


def complain(told: Iterable[Known]) -> None:
    """What clusters did not tell, a line each, on standard error."""
    for one in told:
        if one.failure:
            _screen.complain(f"{one.node}: {one.failure}")


def act(file: Path, what: str, places: Places, plan: Planned, how: Manner) -> int:
    """Has something done by the clusters meant, once it is allowed, shown and confirmed; the exit status. what: as it
    is refused and put on record.   plan: the steps, by what the clusters say."""
    config = load(file)
    with Store.open(config.database) as store:
        actor = who.actor(config, store)
        who.refuse_unless(store, actor, Act.CONTROL, what)
        told = asked(config, places)
        complain(told)
        steps = plan(told)
        _expect_quota(store, actor, what, list(quota.exceeded(told, steps)), how)
        work = Work(config, _accounts(config, steps), how.patience)
        _confirm(steps, how)
        for one in told:
            if one.failure:
                who.note(store, actor, Deed(Act.CONTROL, f"{what}: {one.failure}", one.node), "failed")
        results = _do(work, steps, how, _Record(store, actor))
    return tell(told, results, how)


def _accounts(config: Config, steps: Iterable[Step]) -> Accounts:
    """As whom each cluster that has something to do is told. Raises NoAccount."""
    places = dict.fromkeys((step.node, step.source) for step in steps if not step.is_idle)
    return {(node, label): account(config, asking.sources(config, node)[label], os.environ) for node, label in places}


def _expect_quota(store: Store, actor: Actor, what: str, over: Sequence[str], how: Manner) -> None:
    """Raises OverQuota, and Refused for who may not say that it is meant."""
    if not over:
        return
    if how.over_quota:
        who.refuse_unless(store, actor, Act.EXCEED_QUOTAS, f"{what}: {'; '.join(over)}")
        return
    who.note(store, actor, Deed(Act.CONTROL, f"{what}: {'; '.join(over)}"), "refused")
    raise OverQuota("\n".join([*over, "nothing was done; an admin can do it all the same with --over-quota"]))


def expect_one_way(wish: Wish) -> None:
    """Raises UsageError where both a host and what chooses one are named."""
    if wish.target and wish.allocator:
        raise click.UsageError("Say --to or --allocator, not both: the allocator would choose another host.")


def _confirm(steps: Sequence[Step], how: Manner) -> None:
    """Shows what will be done, and has it confirmed where there is something to do."""
    touched = [step for step in steps if not step.is_idle]
    if not how.as_json and touched:
        _clusters_told.tell_plan(touched)
    if not touched or how.yes:
        return
    _screen.confirm(f"{touched[0].wish.action}: {len(touched)} of {len(steps)}?")


@dataclass(frozen=True, slots=True)
class _Record:
    """Where it is put on record, and by whom it was done."""

    store: Store
    actor: Actor

    def done(self, result: Result) -> None:
        """Of a step that came to an end."""
        if result.end != "nothing to do":
            who.note(self.store, self.actor, doing.deed(result), "done" if result.is_well else "failed")

    def interrupted(self, step: Step, work: Work) -> None:
        """Of one for which nobody waited."""
        who.note(self.store, self.actor, doing.interrupted(step, work), "interrupted")


def _do(work: Work, steps: Sequence[Step], how: Manner, record: _Record) -> list[Result]:
    """Does the steps, and notes each when its end is known; also when somebody breaks off."""
    results: dict[Step, Result] = {}
    try:
        with ended_like_ctrl_c():
            for one in work.do(steps, int(time())):
                if isinstance(one, Result):
                    results[one.step] = one
                    record.done(one)
                else:
                    tell_news(work.config, one, how.as_json)
    except KeyboardInterrupt:
        for step in steps:
            if step not in results and not step.is_idle:
                record.interrupted(step, work)
        goes_on(work, results)
        for step in steps:
            if step not in work.given and step not in results:
                _screen.complain(f"{step.name}: was not begun: {step.words}")
        raise
    return [results[step] for step in steps]


def goes_on(work: Work, results: dict[Step, Result]) -> None:
    """How to follow what somebody no longer waits for."""
    for step, jobs in work.jobs.items():
        if step not in results:
            numbers = " ".join(map(str, jobs))
            _screen.complain(
                f"{step.name}: goes on; to see its end: almanac cluster follow --node {step.node} {numbers}"
            )


def tell_news(config: Config, news: News | Silent, as_json: bool) -> None:
    """What is new of a step, a line each; as JSON it comes in the end."""
    if isinstance(news, Silent):
        _screen.complain(f"{news.place[0]}: {news.reason}; it is asked again")
        return
    if as_json:
        return
    if not news.lines:
        click.echo(_screen.plain(f"{news.step.name}: job {news.job}"))
    for line in news.lines:
        at = datetime.fromtimestamp(line.time, config.site.time_zone).strftime("%H:%M:%S")
        click.echo(_screen.plain(f"{news.step.name}: {at} {line.text}"))


def tell(told: Sequence[Known], results: Sequence[Result], how: Manner) -> int:
    """What came of it; the exit status."""
    if how.as_json:
        click.echo(json.dumps(_clusters_told.results_document(told, results), indent=2))
    else:
        if touched := [one for one in results if one.end != "nothing to do"]:
            _clusters_told.tell_results(touched)
        click.echo(_screen.ends(one.end for one in results) or "nothing to do")
    return 1 if any(one.failure for one in told) or not all(one.is_well for one in results) else 0

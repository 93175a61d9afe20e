"""`almanac process`: what runs on the nodes, now: seen, started, stopped and restarted; its logs are in `_tail`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import click

from collector.cli import _processes, _screen, _tail
from collector.cli._meant import Meant, asked, meant_by, named, placed
from collector.config import Config, load
from collector.control import doing, plan
from collector.control.found import Found
from collector.control.plan import Action, Step
from collector.control.results import Result
from collector.people import who
from collector.people.roles import Act
from collector.store.activity import Ending
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of a command that acts, but for those that say on what."""

    whole: bool
    yes: bool
    timeout: float
    jobs: int | None
    as_json: bool


@click.group(epilog="Example:  almanac process list --environment lab")
def command() -> None:
    """Processes of supervisord and units of systemd, on all nodes at once: see, start, stop and restart
    them, and read their logs.

    What is meant is said by --node, --environment, --group and --hub, and by NAMEs: `group:name`, or that of a unit. Of
    one kind any will do, between kinds all must fit; names may hold * and ?.
    """


command.add_command(_tail.command)


@command.command("list", epilog="Example:  almanac process list --environment lab --group web")
@placed
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@named
@click.pass_obj
def list_(file: Path, /, as_json: bool, **words: Any) -> int:
    """What runs and what does not, asked now. Exit status 1 if a node or a source did not answer well."""
    config, meant = load(file), meant_by(words)
    with Store.open(config.database) as store:
        who.refuse_unless(store, who.actor(config, store), Act.VIEW, "see processes")
    told, processes = asked(config, meant)
    if as_json:
        click.echo(json.dumps(_processes.document(told, processes), indent=2))
    else:
        _processes.tell(processes)
        click.echo(_processes.summary(told, processes))
    _processes.complain(told)
    return 1 if any(one.failures for one in told) else 0


def _acting(action: Action, does: str, example: str) -> None:
    """Adds a command that acts."""

    @command.command(action, help=does, epilog=f"Example:  almanac process {example}")
    @placed
    @click.option("--all", "whole", is_flag=True, help="All there are, where nothing else says which.")
    @click.option("--yes", is_flag=True, help="Do not ask; where no terminal is, nothing is done without it.")
    @click.option(
        "--timeout", type=click.FloatRange(1, 3600), default=60.0, help="Seconds for stopping, and for starting; 60."
    )
    @click.option("--jobs", type=click.IntRange(1, 1000), help="On how many nodes at once.")
    @click.option("--json", "as_json", is_flag=True, help="The results as JSON.")
    @named
    @click.pass_obj
    def acting(file: Path, /, **words: Any) -> int:
        meant = meant_by(words)
        return _act(file, action, meant, Wish(**words))


_acting(
    "start",
    "Start what does not run. What will be touched is shown first; the states are asked for again afterwards. Exit"
    " status 1 if anything could not be started, or a node did not answer.",
    "start --node web-1 web:gunicorn",
)
_acting(
    "stop",
    "Stop what runs. What will be touched is shown first; the states are asked for again afterwards. Exit status 1 if"
    " anything still runs, or a node did not answer.",
    "stop --environment lab --group web",
)
_acting(
    "restart",
    "Stop what runs, and start it, and what did not run too. What will be touched is shown first; the states are asked"
    " for again afterwards. Exit status 1 if anything was not started anew, or a node did not answer.",
    "restart --environment lab 'web:*' --yes",
)


def _act(file: Path, action: Action, meant: Meant, wish: Wish) -> int:
    if bool(meant.words) == wish.whole:
        raise click.UsageError(f"Say what to {action}: a NAME, --node, --environment, --group or --hub, or else --all.")
    config = load(file).with_jobs(wish.jobs)
    with Store.open(config.database) as store:
        actor = who.actor(config, store)
        who.refuse_unless(store, actor, Act.CONTROL, f"{action} {meant.words or 'everything'}")
        told, processes = asked(config, meant)
        steps = plan.steps(action, processes)
        _processes.complain(told)
        _confirm(action, steps, wish)
        for one in told:
            if one.failures and not one.processes:
                who.note(store, actor, doing.unasked(action, meant.words, one), "failed")
        results = _do(config, steps, wish, lambda deed, end: who.note(store, actor, deed, end))
    return _tell(told, results, wish)


def _confirm(action: Action, steps: Sequence[Step], wish: Wish) -> None:
    """Shows what will be done, and has it confirmed where there is something to do."""
    touched = [step for step in steps if not step.is_idle]
    if not wish.as_json and touched:
        _processes.tell_plan(touched)
    if not touched or wish.yes:
        return
    nodes = len({step.process.node for step in touched})
    on = f"{nodes} node{'s' * (nodes != 1)}"
    _screen.confirm(f"{action} {len(touched)} of {len(steps)} processes on {on}?")


def _do(config: Config, steps: Sequence[Step], wish: Wish, note: Callable[[who.Deed, Ending], None]) -> list[Result]:
    """Does the steps, and notes each when its end is known; also when somebody breaks off."""
    done: dict[Step, Result] = {}
    try:
        with _screen.progress(len({step.process.node for step in steps}), "acting") as tell:
            for node, results in doing.act(config, steps, wish.timeout, int(time())):
                done |= {one.step: one for one in results}
                for one in results:
                    if one.end != "nothing to do":
                        note(doing.deed(one), "done" if one.is_well else "failed")
                tell(f"{node}: {_screen.ends(one.end for one in results)}")
    except KeyboardInterrupt:
        for step in steps:
            if step not in done and not step.is_idle:
                note(doing.interrupted(step), "interrupted")
        raise
    return [done[step] for step in steps]


def _tell(told: Sequence[Found], results: Sequence[Result], wish: Wish) -> int:
    if wish.as_json:
        click.echo(json.dumps(_processes.results_document(told, results), indent=2))
    else:
        if touched := [one for one in results if one.end != "nothing to do"]:
            _processes.tell_results(touched)
        click.echo(_screen.ends(one.end for one in results) or "nothing to do")
    return 1 if any(one.failures for one in told) or not all(one.is_well for one in results) else 0

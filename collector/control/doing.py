"""Steps done on many nodes at once, and what is put on record of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from collector.config import Config
from collector.control.acting import question
from collector.control.found import Found
from collector.control.plan import Action, Step
from collector.control.results import Result, results
from collector.people.roles import Act
from collector.people.who import Deed
from collector.sweep import hear


def act(config: Config, steps: Sequence[Step], seconds: float, now: int) -> Iterator[tuple[str, tuple[Result, ...]]]:
    """Does the steps, node by node as they come in, with each node's results. Where there is nothing to do nobody is
    asked. seconds: how long stopping may take on a node, and starting.   now: UTC seconds."""
    by_node = {node: tuple(some) for node, some in groupby(steps, lambda step: step.process.node)}
    idle = {node: some for node, some in by_node.items() if all(step.is_idle for step in some)}
    for node, some in idle.items():
        yield node, tuple(Result(step, "nothing to do", step.process.state) for step in some)
    questions = [question(config, node, some, seconds) for node, some in by_node.items() if node not in idle]
    for heard in hear(config, questions, now):
        node = heard.question.node
        yield node, results(config, heard, by_node[node])


def deed(result: Result) -> Deed:
    """What goes on record of a result."""
    process, why = result.step.process, f" ({result.text})" if result.text else ""
    now = result.now or "not known"
    text = f"{result.step.action} {process.full}: was {process.state}, is {now}{why}"
    return Deed(Act.CONTROL, text, process.node, process.subject)


def unasked(action: Action, words: str, one: Found) -> Deed:
    """What goes on record of a node that did not tell of its processes, so that nothing was done to them."""
    return Deed(Act.CONTROL, f"{action} {words or 'everything'}: {'; '.join(one.failures)}", one.node)


def interrupted(step: Step) -> Deed:
    """What goes on record of a step whose end nobody waited for."""
    process = step.process
    return Deed(Act.CONTROL, f"{step.action} {process.full}: broken off", process.node, process.subject)

"""The question that acts on a node: one remote command that does all steps there and then asks for the states again.

A section for each source. Its answer is that of the source `processes`, and above that a line for each thing done:

    @acted STATUS UNIT WORDS       how systemctl ended
    @stops XML and @starts XML     supervisord's replies to the calls, in the order of the steps
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from secrets import token_hex
from shlex import quote

from collector.config import Config
from collector.control.found import sources
from collector.control.plan import Step
from collector.model import Answer, Fault, printable
from collector.question import Question, by_hand
from collector.reach.script import Section
from collector.sources import _supervisord, _systemd, processes
from collector.sources._xmlrpc import Call, replies, request

_ON_NODE = files(__package__).joinpath("act.sh").read_text(encoding="utf-8")
_ACTED = re.compile(r"^@acted ([0-9]+) (\S+) ?(.*)$", re.MULTILINE)
_SPARE = 20.0
"""Seconds of a section beyond those for stopping and for starting: the calls themselves."""


def question(config: Config, node: str, steps: Sequence[Step], seconds: float) -> Question:
    """Does the steps of a node. `seconds`: how long stopping may take, and starting, each."""
    told, whole = sources(config, node), 2 * seconds + _SPARE
    mine = {label: [step for step in steps if step.process.source == label] for label in told}
    sections = tuple(
        Section(label, text(told[label], some, seconds), whole, config.limits.output)
        for label, some in mine.items()
        if some
    )
    return by_hand(config, node, token_hex(16), sections, whole * len(sections) + _SPARE)


def text(settings: processes.Settings, steps: Sequence[Step], seconds: float) -> str:
    """The sh text that does the steps of one source."""
    units = [step for step in steps if step.process.keeper == "systemd"]
    supervised = [step for step in steps if step.process.keeper == "supervisord"]
    lines = [
        processes.spoken(settings),
        _ON_NODE,
        f"seconds={max(1, round(seconds))}",
        *(_act_on_units(units) if units else ()),
        *(_supervised(supervised) if supervised else ("tool=",)),
        _systemd.probe([step.process.name for step in units]) if units else "",
        "asked_again",
        'exit "$failed"',
    ]
    return "\n".join(lines) + "\n"


def _act_on_units(steps: Sequence[Step]) -> Iterator[str]:
    action = steps[0].action
    names = [step.process.name for step in steps if not step.is_idle and not step.awaited]
    if names:
        yield f"units {action} {' '.join(map(quote, names))}"


def _supervised(steps: Sequence[Step]) -> Iterator[str]:
    ours = [Call("supervisor.getProcessInfo", (step.process.full,)) for step in steps if not step.is_idle]
    for name, calls in (("stops", stops(steps)), ("starts", starts(steps)), ("ours", ours)):
        yield f"{name}={quote(request(calls)) if calls else ''}"
    yield f"all={quote(request(_supervisord.ALL))}"
    yield "tool="
    yield "supervised"


def stops(steps: Iterable[Step]) -> list[Call]:
    """The calls that stop; none waits, so that all stop at once."""
    return [Call("supervisor.stopProcess", (step.process.full, False)) for step in steps if step.stop]


def starts(steps: Iterable[Step]) -> list[Call]:
    """The calls that start; none waits either."""
    return [Call("supervisor.startProcess", (step.process.full, False)) for step in steps if step.start]


def refusals(answer: Answer, steps: Sequence[Step]) -> dict[str, str]:
    """Why something could not be done, by the process's full name: what supervisord or systemctl said of it."""
    body = answer.body.decode("utf-8", "backslashreplace").partition("\n@supervisor ")[0]
    supervised = [step for step in steps if step.process.keeper == "supervisord"]
    said = {unit: printable(words.strip()) for status, unit, words in _ACTED.findall(body) if status != "0"}
    for line, some in (
        ("stops", [step for step in supervised if step.stop]),
        ("starts", [step for step in supervised if step.start]),
    ):
        said |= dict(_faults(body, line, some))
    return said


def _faults(body: str, line: str, steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    match = re.search(rf"^@{line} (.*)$", body, re.MULTILINE)
    found = replies(match[1], len(steps)) if match and steps else []
    if isinstance(found, Fault):
        yield from ((step.process.full, found.reason) for step in steps)
        return
    for step, reply in zip(steps, found, strict=False):
        if isinstance(reply, dict) and "faultString" in reply:
            yield step.process.full, printable(str(reply["faultString"]))

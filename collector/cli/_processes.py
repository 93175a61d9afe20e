"""How `almanac process` tells of processes and of what came of an action, on a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text

from collector.cli import _screen, _tables
from collector.control.found import Found, Process
from collector.control.plan import Step
from collector.control.results import Result
from collector.model import Outcome
from collector.wording import amount

_STYLES = {
    "running": "green",
    "active": "green",
    "done": "green",
    "failed": "bold red",
    "not known": "magenta",
}


def tell(processes: Iterable[Process]) -> None:
    """The table of what there is."""
    _tables.table(
        ("node", "process", "state", "up for", "pid", "detail"),
        (
            (
                process.node,
                process.full,
                _styled(process.state, process.part),
                "" if process.uptime is None else amount(process.uptime, "seconds"),
                str(process.pid or ""),
                process.detail,
            )
            for process in processes
        ),
    )


def tell_plan(steps: Iterable[Step]) -> None:
    """The table of what will be done."""
    _tables.table(
        ("node", "process", "state", "will be done"),
        (
            (step.process.node, step.process.full, _styled(step.process.state, step.process.part), step.words)
            for step in steps
        ),
    )


def tell_results(results: Iterable[Result]) -> None:
    """The table of what came of it."""
    _tables.table(
        ("node", "process", "result", "state", "why"),
        (
            (one.step.process.node, one.step.process.full, _styled(one.end, one.end), one.now, one.text)
            for one in results
        ),
    )


def complain(told: Iterable[Found]) -> None:
    """What nodes did not tell, a line each, on standard error."""
    for one in told:
        for failure in one.failures:
            _screen.complain(f"{one.node}: {failure}")


def summary(told: Sequence[Found], processes: Sequence[Process]) -> str:
    """How many nodes told of their processes, and how many of those stand how: each of them counts in one part."""
    answered = sum(one.outcome is Outcome.OK and (bool(one.processes) or not one.failures) for one in told)
    parts = Counter(process.part for process in processes)
    stand = ", ".join(f"{number} {part}" for part, number in sorted(parts.items()))
    return f"{answered} of {len(told)} nodes answered; {len(processes)} processes{f': {stand}' if stand else ''}"


def document(told: Sequence[Found], processes: Iterable[Process]) -> dict[str, Any]:
    """All that is known, for JSON; times are UTC seconds on the node's clock."""
    return {
        "nodes": [
            {"node": one.node, "outcome": str(one.outcome), "failures": list(one.failures)}
            for one in sorted(told, key=lambda one: one.node)
        ],
        "processes": [{**asdict(process), "process": process.full, "stands": process.part} for process in processes],
    }


def results_document(told: Sequence[Found], results: Iterable[Result]) -> dict[str, Any]:
    """What came of an action, for JSON."""
    rows = [
        {
            "node": one.step.process.node,
            "process": one.step.process.full,
            "action": one.step.action,
            "before": one.step.process.state,
            "after": one.now or None,
            "result": one.end,
            "why": one.text,
        }
        for one in results
    ]
    return {"nodes": document(told, ())["nodes"], "results": rows}


def _styled(words: str, part: str) -> Text:
    return Text(_screen.plain(words), _STYLES.get(part, "yellow"))

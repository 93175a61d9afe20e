"""Processes of supervisord and units of systemd that failed."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.case import Case
from collector.model import Level, Problem
from collector.wording import sentence

LEVELS = {
    "FATAL": Level.CRITICAL,
    "BACKOFF": Level.WARNING,
    "UNKNOWN": Level.WARNING,
    "failed": Level.CRITICAL,
    "not-found": Level.WARNING,
}
"""STOPPED and inactive are somebody's will. EXITED is well with exit status 0 alone: killed by a signal it has none."""


def problems(case: Case) -> Iterator[Problem]:
    """Each process or unit that is not as anybody would want it."""
    for kind, what in (("process", "Process"), ("unit", "Unit")):
        for subject in case.of_kind(kind):
            state = case.state(subject, "state")
            if state is None:
                continue
            level = LEVELS.get(state.value, Level.OK)
            if state.value == "EXITED" and case.value(subject, "exitstatus") != 0:
                level = Level.WARNING
            if level > Level.OK:
                text = sentence(f"{what} is {state.value}{f': {state.detail}' if state.detail else ''}")
                yield Problem(case.record.node, subject.name, "failed", level, text, state.since)

"""What an action means for each process, by the state that it is in. Pure.

start     what does not run is started; what is tried again and again (BACKOFF) is stopped first, for a fresh start
stop      what runs, or is tried again and again, is stopped
restart   what runs is stopped and started; what does not run is started
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from collector.control.found import Process

Action = Literal["start", "stop", "restart"]
_ON_THE_WAY = frozenset({"STARTING", "activating"})
_ENDING = frozenset({"STOPPING", "deactivating"})


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one process: it is stopped, started, or both in this order. awaited: nothing is done, but it is
    on its way there."""

    action: Action
    process: Process
    stop: bool = False
    start: bool = False
    awaited: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether it is as wanted already."""
        return not (self.stop or self.start or self.awaited)

    @property
    def words(self) -> str:
        """What will be done, for the preview."""
        if self.awaited:
            return "wait for it"
        if self.is_idle:
            return "nothing"
        return " and ".join(word for word, meant in (("stop", self.stop), ("start", self.start)) if meant)


def steps(action: Action, processes: Iterable[Process]) -> tuple[Step, ...]:
    """A step for each process, in their order."""
    return tuple(_step(action, process) for process in processes)


def _step(action: Action, process: Process) -> Step:
    if action == "stop":
        return Step(action, process, stop=process.is_running, awaited=process.state in _ENDING)
    if action == "restart":
        return Step(action, process, stop=process.is_running, start=True)
    if process.state in _ON_THE_WAY:
        return Step(action, process, awaited=True)
    if process.state == "BACKOFF":
        return Step(action, process, stop=True, start=True)
    return Step(action, process, start=not process.is_running)

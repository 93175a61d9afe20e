"""How orders and jobs went, and what opens a console, in words of any cluster. Times are UTC seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal["waiting", "running", "done", "failed", "canceled", "gone"]


class Unreadable(Exception):
    """An answer that can't be understood; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending an order. job: None if there is none, and why then says so.   known: False if nobody knows
    whether it arrived."""

    job: int | None
    why: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """What a job said. number: its place among all that the job said."""

    number: int
    time: int
    text: str


@dataclass(frozen=True, slots=True)
class Course:
    """How far a job is. further: jobs that it has begun in its turn.   reason: why it is not done, once it is over."""

    job: int
    stage: Stage
    summary: str = ""
    lines: tuple[Line, ...] = ()
    further: tuple[int, ...] = ()
    reason: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.stage not in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Console:
    """How a VM's console is opened.

    kind: text: `command`, a line for a shell, on `host` as `user`, by SSH at `port`, 0 being the usual one; vnc: at
    `host` and `port`; told: only as `message` says.
    """

    kind: Literal["text", "vnc", "told"]
    host: str = ""
    port: int = 0
    user: str = ""
    command: str = ""
    message: str = ""

"""How a node is reached. Each way (`local`, `ssh`, later `http`) is one module that answers the same question:

    ask(name: str, node: config.Node, script: bytes, limits: Limits, hear=None) -> Reply        raises Unreached

`script` is one POSIX sh program (made by `reach.script`), sent on standard input to one `sh` on the node, so that
neither secrets nor long texts stand in a command line. The module for a way is found by its name. Who gives `hear` is
told each piece of the output as it comes, and the reply then holds none of it.

What asking may raise; each is one sentence that names the node and the mend:

    Unreached             the node was never asked
     +-- NoConnection     nobody there: unknown name, no route, port closed, silence, no SSH
     +-- Refused          somebody there, but host key or login was not accepted, by us or by the node
     +-- TooSlow          connected, but login was not done within the time limit
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from collector.model import Outcome

Hear = Callable[[bytes], object]
"""Told a piece of the output."""

LATE = 3.0
"""Seconds beyond a question's time that are waited for its end: the program on the node keeps the time by itself, and
tells then what each source came to."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may take: seconds until login is done, then seconds for all of it, bytes of its output."""

    connect: float
    node: float
    output: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a node that was reached.

    output: raw bytes, both output streams of the one command, never longer than the limit.
    outcome: OK when the command ended by itself; TIMED_OUT or TOO_LONG when we ended it, CUT_OFF when the connection
    broke. What had come before is kept in all cases.
    status: exit status of the command, None if it did not end by itself.
    sent: our clock (UTC seconds) when the script was sent.       took: seconds, connecting included.
    """

    output: bytes
    outcome: Outcome
    status: int | None
    sent: float
    took: float


class Unreached(Exception):
    """The node was never asked. `str()` is the reason, one sentence."""

    outcome = Outcome.UNREACHABLE


class NoConnection(Unreached):
    """Nobody there."""


class Refused(Unreached):
    """Host key or login not accepted."""

    outcome = Outcome.REFUSED


class TooSlow(Unreached):
    """Connected, but login was not done in time."""

    outcome = Outcome.TIMED_OUT

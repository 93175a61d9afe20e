"""What every way of delivery answers: what became of a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from collector.digest.spool import Envelope
from collector.model import printable

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Fate:
    """sent: somebody answered for it.   later: nobody took it, try again.   refused: never try again.
    doubtful: it was handed over and nobody answered, so it may have arrived.   over: the way itself is shut, so the
    others need not be tried now."""

    word: Literal["sent", "later", "refused", "doubtful"]
    reason: str = ""
    over: bool = False


Hand = Callable[[Envelope], None]
"""Is called just before a message is handed over for good."""


def said(answer: object) -> str:
    """What a server or program said, in one line of ours."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return printable(" ".join(text.split()))[:LONGEST]

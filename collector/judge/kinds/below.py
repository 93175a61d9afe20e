"""`rule = "below"`: a number falls below a limit, and is over once it reaches `clear` again."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judge.kinds.above import beyond
from collector.judge.look import Found, Look


def judged(look: Look) -> Iterator[Found]:
    """A number that is too low."""
    return beyond(look, -1)

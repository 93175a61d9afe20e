"""One file a kind of rule, each with `judged(look) -> Iterator[Found]`. Pure; what is not known is decided first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collector.judge.kinds import above, absent, age, below, change, forecast, ratio, state
from collector.judge.look import Found, Look

KINDS: dict[str, Callable[[Look], Iterator[Found]]] = {
    "above": above.judged,
    "absent": absent.judged,
    "age": age.judged,
    "below": below.judged,
    "change": change.judged,
    "forecast": forecast.judged,
    "ratio": ratio.judged,
    "state": state.judged,
}
"""By the word that a rule names them with."""

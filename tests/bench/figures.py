"""A figure is one thing measured beside the bar that it has to keep. Pure, but for `told`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Rounds = Sequence[tuple[float, float]]
"""Of each round what we took and what the peer took right after, in the same unit."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` may be at most `bar`, or at `least` it; both are ratios unless `what`, a line for people, says else."""

    name: str
    value: float
    bar: float
    what: str
    least: bool = False

    @property
    def ok(self) -> bool:
        """Whether the bar is kept, by the value itself and not by what is printed of it."""
        return self.value >= self.bar if self.least else self.value <= self.bar


def ratio(rounds: Rounds) -> float:
    """The median of the rounds' ratios: what burdens the machine for a while burdens both sides of a round."""
    return median(ours / theirs for ours, theirs in rounds)


def both(rounds: Rounds, unit: str) -> str:
    """`7.1 ms beside 14.2 ms`: the medians of either side."""
    return " beside ".join(f"{median(side):.3g} {unit}" for side in zip(*rounds, strict=True))


def table(figures: Sequence[Figure]) -> str:
    """All figures as lines under a head, the numbers right-aligned; a missed bar has a word, not a colour."""
    wide = max([6, *(len(figure.name) for figure in figures)])
    lines = [f"{'figure':{wide}}  {'value':>9}  {'bar':>8}          what"]
    for one in figures:
        state = "ok    " if one.ok else "MISSED"
        lines.append(f"{one.name:{wide}}  {one.value:9.4g}  {one.bar:8.4g}  {state}  {one.what}")
    return "\n".join(lines)


def document(figures: Sequence[Figure]) -> str:
    """The JSON of a run: {name: {"value", "bar", "ok", "what"}}. Raises ValueError for a name that comes twice."""
    entries = {one.name: {"value": one.value, "bar": one.bar, "ok": one.ok, "what": one.what} for one in figures}
    if len(entries) < len(figures):
        raise ValueError("two figures have the same name")
    return json.dumps(entries, indent=2) + "\n"


def told(figures: Sequence[Figure]) -> int:
    """Prints the table; the exit status of the program: 1 if a bar is missed."""
    print(table(figures), flush=True)
    return 0 if all(one.ok for one in figures) else 1

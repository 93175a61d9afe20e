"""How often a judge is right about the labelled series: precision, recall, and the cases that it confuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.judge.labelled import faults, sound
from tests.judge.labelled.past import Maker
from tests.judge.labelled.sample import Kind, Sample, told

OF_EACH = 8
"""So many of each kind."""
SEED = "2026"


def samples(seed: str = SEED, of_each: int = OF_EACH) -> list[Sample]:
    """The labelled series, the same for the same seed."""
    kinds: Sequence[Kind] = (*sound.KINDS, *faults.KINDS)
    return [kind(Maker(f"{seed}/{place}/{n}")) for place, kind in enumerate(kinds) for n in range(of_each)]


@dataclass(frozen=True, slots=True)
class Score:
    """`right`, `false` and `missed` alarms by their rule; `confused`: a line for each that is not right."""

    right: Counter[str]
    false: Counter[str]
    missed: Counter[str]
    confused: tuple[str, ...]

    @property
    def precision(self) -> float:
        """The part of the alarms that are right."""
        return self.right.total() / max(1, self.right.total() + self.false.total())

    @property
    def recall(self) -> float:
        """The part of the faults that are told as what they are."""
        return self.right.total() / max(1, self.right.total() + self.missed.total())


def score(judged: Sequence[Sample]) -> Score:
    """Judges each series and compares. A fault that is told as another one is both a miss and a false alarm."""
    found = Score(Counter(), Counter(), Counter(), ())
    confused = []
    for sample in judged:
        rules = {problem.rule: problem.text for problem in told(sample)}
        found.right.update({sample.fault} & rules.keys() - {None})
        found.missed.update({sample.fault} - rules.keys() - {None})
        found.false.update(rules.keys() - {sample.fault})
        if rules.keys() != ({sample.fault} - {None}):
            said = "; ".join(f"{rule}: {text}" for rule, text in rules.items()) or "nothing"
            confused.append(f"{sample.kind}: wanted {sample.fault or 'nothing'}, was told {said}")
    return Score(found.right, found.false, found.missed, tuple(confused))


def table(found: Score) -> str:
    """Precision and recall, each rule in a line, the confusion cases below."""
    lines = [f"{'fault':18}{'right':>7}{'false':>7}{'missed':>8}{'precision':>11}{'recall':>9}"]
    for rule in [*sorted(found.right | found.false | found.missed), "all"]:
        counts = [c.total() if rule == "all" else c[rule] for c in (found.right, found.false, found.missed)]
        right, false, missed = counts
        shares = [f"{right / of:.3f}" if of else "-" for of in (right + false, right + missed)]
        lines.append(f"{rule:18}{right:7}{false:7}{missed:8}{shares[0]:>11}{shares[1]:>9}")
    return "\n".join([*lines, *(f"  {line}" for line in found.confused)])

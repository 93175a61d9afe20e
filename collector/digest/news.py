"""What is new to somebody, worse, still wrong and recovered: what is wrong now against what they were told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.digest.facts import Facts, Trouble
from collector.digest.told import Told, ToldProblem
from collector.model import Level


@dataclass(frozen=True, slots=True)
class News:
    """Each problem in one place only. `first`: they were told nothing before, so all that is wrong is in `still`.

    hidden: was told, and can't be seen now since its node does not answer: neither wrong for certain nor recovered.
    held: is acknowledged or silenced, so no reason to write.   known: those of them that they were told before.
    """

    new: tuple[Trouble, ...] = ()
    worse: tuple[Trouble, ...] = ()
    still: tuple[Trouble, ...] = ()
    recovered: tuple[ToldProblem, ...] = ()
    hidden: tuple[ToldProblem, ...] = ()
    held: tuple[Trouble, ...] = ()
    known: tuple[ToldProblem, ...] = ()
    first: bool = False

    @property
    def wrong(self) -> tuple[Trouble, ...]:
        """All that is wrong now, what is news first."""
        return (*self.new, *self.worse, *self.still)

    @property
    def changed(self) -> bool:
        """Whether there is anything that they were not told."""
        return bool(self.new or self.worse or self.recovered or (self.first and self.still))


def news(facts: Facts, now: Sequence[Trouble], held: Sequence[Trouble], before: Told | None) -> News:
    """The news of those problems `now` that concern somebody, and of those that are `held` back."""
    if before is None:
        return News(still=tuple(now), held=tuple(held), first=True)
    then = {one.key: one for one in before.problems}
    resting = {one.key for one in held}
    past = [one for key, one in then.items() if key not in {one.key for one in now} | resting]
    return News(
        new=tuple(one for one in now if one.key not in then),
        worse=tuple(one for one in now if one.key in then and _is_worse(one, then[one.key])),
        still=tuple(one for one in now if one.key in then and not _is_worse(one, then[one.key])),
        recovered=tuple(one for one in past if one.key not in facts.hidden),
        hidden=tuple(one for one in past if one.key in facts.hidden),
        held=tuple(held),
        known=tuple(one for one in before.problems if one.key in resting),
    )


def _is_worse(now: Trouble, then: ToldProblem) -> bool:
    return Level[now.problem.level.upper()] > Level[then.level.upper()]

"""What is new to somebody, worse, still wrong and recovered: what is wrong now against what they were told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.digest.facts import Facts, Trouble
from collector.digest.recipients import Reach
from collector.digest.told import Told, ToldProblem
from collector.model import Level


@dataclass(frozen=True, slots=True)
class News:
    """Each problem in one place only. `first`: they were told nothing before, so all that is wrong is in `still`.

    eased: was told, and is now less grave than what they are told of.   dropped: was told, and nobody watches its node
    any longer.   hidden: was told, and can't be seen now since its node does not answer: neither wrong for certain nor
    recovered.   held: is acknowledged or silenced, so no reason to write.   known: those of them that they were told
    before.
    """

    new: tuple[Trouble, ...] = ()
    worse: tuple[Trouble, ...] = ()
    still: tuple[Trouble, ...] = ()
    eased: tuple[Trouble, ...] = ()
    recovered: tuple[ToldProblem, ...] = ()
    dropped: tuple[ToldProblem, ...] = ()
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
        over = self.eased or self.recovered or self.dropped
        return bool(self.new or self.worse or over or (self.first and self.still))


def news(facts: Facts, reaches: Sequence[Reach], before: Told | None) -> News:
    """The news for somebody who is told of what `reaches` say."""
    now, held = _taken(facts.troubles, reaches), _taken(facts.held, reaches)
    if before is None:
        return News(still=now, held=held, first=True)
    then = {one.key: one for one in before.problems}
    resting = {one.key for one in facts.held}
    known = {one.key for one in facts.troubles} | resting
    past = [one for key, one in then.items() if key not in known]
    gone = [one for one in past if one.key not in facts.hidden]
    return News(
        new=tuple(one for one in now if one.key not in then),
        worse=tuple(one for one in now if one.key in then and _is_worse(one, then[one.key])),
        still=tuple(one for one in now if one.key in then and not _is_worse(one, then[one.key])),
        eased=tuple(one for one in facts.troubles if one.key in then and _is_below(one, reaches)),
        recovered=tuple(one for one in gone if one.node in facts.manifest.nodes),
        dropped=tuple(one for one in gone if one.node not in facts.manifest.nodes),
        hidden=tuple(one for one in past if one.key in facts.hidden),
        held=held,
        known=tuple(one for one in before.problems if one.key in resting),
    )


def _taken(troubles: Sequence[Trouble], reaches: Sequence[Reach]) -> tuple[Trouble, ...]:
    return tuple(one for one in troubles if any(reach.takes(one.concern) for reach in reaches))


def _is_below(trouble: Trouble, reaches: Sequence[Reach]) -> bool:
    """Whether a problem concerns somebody, and is not grave enough for any of their reports."""
    about = any(reach.is_about(trouble.problem.node, trouble.hub) for reach in reaches)
    return about and not any(reach.takes(trouble.concern) for reach in reaches)


def _is_worse(now: Trouble, then: ToldProblem) -> bool:
    return Level.of(now.problem.level) > Level.of(then.level)

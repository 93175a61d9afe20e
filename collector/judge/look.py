"""What a kind of rule looks at, and what it finds: a rule, a node's case and one subject of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from collector.config import Quantity, Rule
from collector.judge.case import DAY, Case, RecordOf
from collector.model import Level
from collector.store.records import SubjectRecord
from collector.wording import amount, span


@dataclass(frozen=True, slots=True)
class Found:
    """What is amiss: how badly, in a sentence, since when. `subject`: None where it is the node as a whole."""

    level: Level
    text: str
    since: int
    subject: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """A rule and a subject to which it applies; None where it judges the node, not a subject that is there."""

    case: Case
    rule: Rule
    subject: SubjectRecord | None
    record_of: RecordOf

    @property
    def watched(self) -> SubjectRecord:
        """The subject, of rules that are asked of subjects only."""
        assert self.subject is not None
        return self.subject

    def amount(self, value: float) -> str:
        """A number as the rule counts it: per another of its kind it is a share."""
        return amount(value, (self.rule.limit_unit if self.rule.per else self.rule.unit) or "count")

    def limit(self, limit: Quantity) -> str:
        """A limit as the rule's numbers are written."""
        return amount(limit.value, limit.unit) if limit.unit else self.amount(limit.value)

    def lasting(self, since: int) -> str:
        """For how long it has been so, if that is a night or more: `, for 3 nights`."""
        lasted = (self.case.asked(self.watched) if self.subject else self.case.now) - since
        return f", for {span(lasted)}" if lasted >= DAY else ""

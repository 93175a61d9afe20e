"""What a pass can say nothing of: problems whose node, source or hub did not answer. Unknown ends no problem."""

from __future__ import annotations

from collections.abc import Iterator

from collector.config import Rule
from collector.judge.case import RETIRED, Case, RecordOf, is_told
from collector.judge.kinds import ratio
from collector.judge.look import Look
from collector.judge.reached import SILENT
from collector.judge.rules import rule_named
from collector.model import Outcome
from collector.store.records import NodeRecord, SubjectRecord

OF_THE_NODE = frozenset({SILENT, "never asked", "not asked"})
"""Rules that look at how asking the node ended, and know it always."""
BESIDE_ITS_HUB = frozenset({"behind", "copy", "not copied"})
"""Rules that look at the hub's own backups too."""


def is_judged(case: Case, subject: str | None, rule: str, record_of: RecordOf) -> bool:
    """Whether a problem of a rule would have been found, if it were. `record_of` gives the records of other nodes."""
    record = case.record
    if subject is None:
        return record.outcome == Outcome.OK or rule in OF_THE_NODE
    if rule in BESIDE_ITS_HUB and not all(map(_answered_well, _hubs(case, record_of))):
        return False
    known = record.subjects.get(subject)
    if known is None:
        return _answered_well(record)
    found = rule_named(case.config, record.node, subject, rule)
    if found and known.present and not _is_seen(Look(case, found, known, record_of)):
        return False
    return case.answered_well(known.source) or is_told(record, known)


def _is_seen(look: Look) -> bool:
    """Whether all is known that a rule looks at. What has not been told for long is told no more, and ends."""
    case, rule, subject = look.case, look.rule, look.watched
    if rule.kind == "ratio" and not ratio.is_comparable(look):
        return False
    return all(known or _is_given_up(case, subject, read) for known, read in _read(case, rule, subject))


def _read(case: Case, rule: Rule, subject: SubjectRecord) -> Iterator[tuple[bool, int]]:
    """Of the numbers and the word that a rule looks at, each that was ever told: whether it is known, when it was
    read."""
    for name in {rule.metric, rule.per} & subject.metrics.keys() if rule.kind != "age" else ():
        yield case.value(subject, name) is not None, subject.metrics[name].read
    if rule.state in subject.states:
        yield case.state(subject, rule.state) is not None, subject.states[rule.state].read


def _is_given_up(case: Case, subject: SubjectRecord, read: int) -> bool:
    return (case.record.sources[subject.source].last_ok or 0) - read >= RETIRED


def _hubs(case: Case, record_of: RecordOf) -> Iterator[NodeRecord]:
    """The records of the node's hubs' own nodes."""
    owners = {case.config.hubs[hub].node for hub in case.config.hubs_of(case.record.node)}
    return (record_of(owner) for owner in owners if owner is not None and owner != case.record.node)


def _answered_well(record: NodeRecord) -> bool:
    return record.outcome == Outcome.OK and all(one.last.outcome == Outcome.OK for one in record.sources.values())

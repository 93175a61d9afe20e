"""What a pass can say nothing of: problems whose node, source or hub did not answer. Unknown ends no problem."""

from __future__ import annotations

from collector.judge.case import Case, is_told
from collector.model import Outcome
from collector.store.records import NodeRecord

OF_THE_NODE = frozenset(outcome.value for outcome in Outcome) | {"never asked", "not asked"}
"""Rules that look at how asking the node ended, and know it always."""
BESIDE_ITS_HUB = frozenset({"behind", "copy", "not copied"})
"""Rules that look at the hub's own backups too."""


def is_judged(case: Case, subject: str | None, rule: str, hubs: tuple[NodeRecord, ...]) -> bool:
    """Whether a problem of a rule would have been found, if it were. `hubs`: the records of the node's hubs' own
    nodes."""
    record = case.record
    if subject is None:
        return record.outcome == Outcome.OK or rule in OF_THE_NODE
    if rule in BESIDE_ITS_HUB and not all(_answered_well(hub) for hub in hubs):
        return False
    known = record.subjects.get(subject)
    if known is None:
        return _answered_well(record)
    return case.answered_well(known.source) or is_told(record, known)


def _answered_well(record: NodeRecord) -> bool:
    return record.outcome == Outcome.OK and all(one.last.outcome == Outcome.OK for one in record.sources.values())

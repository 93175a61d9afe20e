"""`rule = "absent"`: what should be there is not: never seen, or no longer."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from collector.judge.case import is_retired
from collector.judge.look import Found, Look
from collector.store.records import SubjectRecord
from collector.wording import moment


def judged(look: Look) -> Iterator[Found]:
    """Each subject meant that has gone, and each name of which none was ever seen. Of a node or a source that did not
    answer well nothing is said."""
    case, record = look.case, look.case.record
    for pattern in look.rule.subjects:
        meant = [one for name, one in record.subjects.items() if name == pattern or fnmatchcase(name, pattern)]
        kept = [one for one in meant if one.present or not is_retired(case.config, record, one)]
        for subject in kept:
            if not subject.present and case.answered_well(subject.source):
                yield _gone(look, subject)
        sources = [name for name, one in record.sources.items() if look.rule.source_kind in ("", one.last.kind)]
        if not kept and sources and all(map(case.answered_well, sources)):
            yield _never(look, pattern, min(map(case.first_answer, sources)))


def _gone(look: Look, subject: SubjectRecord) -> Found:
    since = subject.last_seen or look.case.first_answer(subject.source)
    last = f"; last seen {moment(subject.last_seen, look.case.zone)}" if subject.last_seen else ""
    return Found(look.rule.level, f"Is no longer there{last}{look.lasting(since)}.", since, subject.name)


def _never(look: Look, pattern: str, since: int) -> Found:
    if any(sign in pattern for sign in "*?["):
        return Found(look.rule.level, f"Nothing is there that {pattern} means{look.lasting(since)}.", since, None)
    return Found(look.rule.level, f"Should be there and is not{look.lasting(since)}.", since, pattern)

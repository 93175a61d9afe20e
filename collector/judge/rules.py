"""Rules put to the subjects of a node: which apply, what they find, and from where on a chart shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from collector.config import NODE, OWN, Config, Quantity, Rule
from collector.judge.case import Case, RecordOf, Threshold, is_told
from collector.judge.forecast import Forecast
from collector.judge.forecast import forecast as foreseen
from collector.judge.kinds import KINDS
from collector.judge.look import Look
from collector.model import Level, Problem
from collector.store.records import NodeRecord, SubjectRecord


def problems(case: Case, selected: frozenset[str] | None, record_of: RecordOf) -> Iterator[Problem]:
    """What the rules of a kind that anyone may write find. `selected`: the subjects that are judged, None = all."""
    place = case.config.place(case.record.node)
    for subject in judged_subjects(case, selected):
        for rule in case.config.rulebook.of(place, subject.name, _kind(case.record, subject)):
            if rule.kind != "absent":
                yield from _found(case, rule, subject, record_of)
    for rule in absences(case.config, case.record.node):
        yield from _found(case, rule, None, record_of)


def _found(case: Case, rule: Rule, subject: SubjectRecord | None, record_of: RecordOf) -> Iterator[Problem]:
    if rule.kind in KINDS and not rule.off:
        for found in KINDS[rule.kind](Look(case, rule, subject, record_of)):
            yield Problem(case.record.node, found.subject, rule.name, found.level, found.text, found.since)


def absences(config: Config, node: str) -> Iterator[Rule]:
    """What should be there on a node, which the pass and instances are not: a rule for each pattern of subjects."""
    for layers in config.rulebook.at(config.place(node)) if node not in OWN else ():
        if layers[0].whole.rule == "absent":
            for pattern in dict.fromkeys(one for layer in layers for one in layer.whole.subject or ()):
                saying = [layer for layer in layers if pattern in (layer.whole.subject or ())]
                yield replace(config.rulebook.rule(saying), subjects=(pattern,))


def judged_subjects(case: Case, selected: frozenset[str] | None) -> Iterator[SubjectRecord]:
    """The subjects that are there and known, without backups that a hub's `select` leaves out."""
    for name, subject in case.record.subjects.items():
        is_backup = name.startswith("tarball:")
        if (
            subject.present
            and is_told(case.record, subject)
            and (selected is None or not is_backup or name in selected)
        ):
            yield subject


def in_force(config: Config, record: NodeRecord, subject: SubjectRecord) -> tuple[Rule, ...]:
    """The rules that judge a subject: those of a number or a word only where it tells that."""
    every = config.rulebook.of(config.place(record.node), subject.name, _kind(record, subject))
    return tuple(rule for rule in every if not rule.off and _tells(subject, rule))


def _tells(subject: SubjectRecord, rule: Rule) -> bool:
    named = (rule.metric in subject.metrics if rule.metric else True) and (
        rule.state in subject.states if rule.state else True
    )
    return named and (not rule.per or rule.per in subject.metrics)


def _kind(record: NodeRecord, subject: SubjectRecord) -> str | None:
    return record.sources[subject.source].last.kind if subject.source in record.sources else None


def rule_of(config: Config, problem: Problem) -> Rule | None:
    """The rule that found a problem, with its runbook and how many passes confirm it; None if none of its name is
    known."""
    return rule_named(config, problem.node, problem.subject, problem.rule)


def rule_named(config: Config, node: str, subject: str | None, name: str) -> Rule | None:
    """As `rule_of`, of a problem by what it is known by."""
    return config.rulebook.named(name, config.place(node), subject or NODE)


def is_on(config: Config, problem: Problem) -> bool:
    """Whether the rule that found a problem is not switched off there."""
    rule = rule_of(config, problem)
    return rule is None or not rule.off


def thresholds(rules: Iterable[Rule], subject: SubjectRecord, metric: str) -> tuple[Threshold, ...]:
    """The fixed values that a number of a subject is judged by, ascending; what is judged by its own past has none.
    `rules`: those in force."""
    found = {
        threshold.value: threshold
        for rule in rules
        if rule.kind in ("above", "below") and rule.metric == metric
        for threshold in map(partial(_threshold, rule, subject), reversed(rule.limits))
        if threshold is not None
    }
    return tuple(found[value] for value in sorted(found))


def forecast(rules: Iterable[Rule], subject: SubjectRecord, metric: str) -> tuple[float, Forecast] | None:
    """The limit that a rule foresees for a number, and when it is met; None if no rule does, or nothing is foreseen.
    `rules`: those in force."""
    for rule in rules:
        limit = rule.limit.value if rule.kind == "forecast" and rule.metric == metric and rule.limit else None
        if limit is not None and (found := foreseen(subject.metrics[metric].series, limit)):
            return limit, found
    return None


def _threshold(rule: Rule, subject: SubjectRecord, limit: tuple[Level, Quantity]) -> Threshold | None:
    level, quantity = limit
    factor = subject.metrics[rule.per].series.values[-1] if rule.per else 1.0
    return Threshold(quantity.value * factor, level, rule.kind == "below") if factor else None

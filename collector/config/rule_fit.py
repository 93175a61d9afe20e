"""Rules that are well-formed and can't judge: what they lack, what has no use in them, names of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import combinations
from typing import get_args

from collector.config import kinds
from collector.config.catalogue import Catalogue
from collector.config.quantity import Quantity, quantity
from collector.config.rulebook import NODE, Layer, Rulebook, matches, unit_of
from collector.config.rules import Kind, RuleSettings
from collector.config.settings import OWN, Config
from collector.config.toml import Finding

_LIMITS = frozenset({"warning", "critical"})
_JUDGING = frozenset({"metric", "per", "state", "warning", "critical", "clear", "wanted", "excused", "level", "way"})
_JUDGING |= {"sibling", "limit"}
_USED: dict[str, frozenset[str]] = {
    "above": _LIMITS | {"metric", "per", "clear"},
    "below": _LIMITS | {"metric", "per", "clear"},
    "age": _LIMITS | {"metric"},
    "absent": frozenset({"level"}),
    "change": _LIMITS | {"metric", "state", "way", "level"},
    "state": _LIMITS | {"state", "wanted", "excused", "level"},
    "ratio": _LIMITS | {"metric", "sibling"},
    "forecast": _LIMITS | {"metric", "limit"},
}
_SAME = ("rule", "metric", "per", "state")
"""What all rules of one name have in common."""


def unfit_rules(config: Config) -> Iterator[Finding]:
    """Where each mismatch stands, and what is wrong and how to mend it."""
    known = config.catalogue
    for layers in Rulebook(config.rules, known).families.values():
        for layer in layers:
            if layer.index is not None:
                for key, text in _unfit(layer, layers[0], known):
                    yield ("rules", layer.index, *key), text
                yield from _elsewhere(config, layer)


def _unfit(layer: Layer, first: Layer, known: Catalogue) -> Iterator[Finding]:
    """The key within the rule, and what is wrong with it."""
    rule = layer.whole
    if rule.rule is None:
        yield ("rule",), _kindless(rule.name, known)
        return
    if layer is not first and (differing := [key for key in _SAME if getattr(rule, key) != getattr(first.whole, key)]):
        was = getattr(first.whole, differing[0])
        said = f'is "{was}" in the rule of this name' if was else "has no use in the rule of this name"
        yield (differing[0],), f"{said}; remove it, or give the rule another name"
        return
    yield from _useless(layer, first)
    yield from _lacking(rule)
    yield from _doubled(rule)
    yield from _unknown(rule, known)
    yield from _no_subjects(rule, known)
    yield from _unread(rule, known)


def _kindless(name: str, known: Catalogue) -> str:
    near = get_close_matches(name, [rule.name for rule in known.rules], n=1)
    kind = f"is missing; write rule = one of {', '.join(get_args(Kind))}"
    return f'{kind}; or was the default rule "{near[0]}" meant?' if near else kind


def _useless(layer: Layer, first: Layer) -> Iterator[Finding]:
    rule = layer.whole
    own = _LIMITS if (first.whole.warning, first.whole.critical) != (None, None) else frozenset()
    used = _USED.get(str(rule.rule), own)
    for key in sorted((_JUDGING - used) & layer.written.model_fields_set):
        why = f'with rule = "{rule.rule}"' if rule.rule in _USED else "here, for it judges by what was before"
        yield (key,), f"has no use {why}; remove it"


def _lacking(rule: RuleSettings) -> Iterator[Finding]:
    has_limit = rule.warning is not None or rule.critical is not None
    match rule.rule:
        case "absent" if not rule.subject:
            yield ("subject",), 'is missing; write what should be there, as subject = "process:web:gunicorn"'
        case "state" if rule.state is None:
            yield ("state",), 'is missing; write state = "state"'
        case "state" if not has_limit and not rule.wanted:
            yield ("wanted",), 'is missing; write wanted = "RUNNING", or the words of warning or critical'
        case "change" if (rule.metric is None) == (rule.state is None):
            yield ("metric",), "one of metric and state is to be judged; write that one"
        case "above" | "below" | "age" | "ratio" | "forecast" if rule.metric is None:
            yield ("metric",), 'is missing; write which number is judged, as metric = "used_ratio"'
    if rule.rule == "forecast" and rule.limit is None:
        yield ("limit",), 'is missing; write what the number is forecast to reach, as limit = "500 GB"'
    if not has_limit and (
        rule.rule in ("above", "below", "age", "ratio", "forecast") or (rule.rule == "change" and rule.metric)
    ):
        yield ("warning",), "is missing, and so is critical; write one of the two"


def _unknown(rule: RuleSettings, known: Catalogue) -> Iterator[Finding]:
    for key, names in (("metric", list(known.metrics)), ("per", list(known.metrics)), ("state", list(known.states))):
        name = getattr(rule, key)
        if known.is_whole and name is not None and name not in names:
            mend = _meant(name, names, f"there are {', '.join(sorted(names))}")
            yield (key,), f'no source tells a {"state" if key == "state" else "number"} "{name}"; {mend}'
    for word, name in (rule.excused or {}).items():
        if known.is_whole and name not in known.metrics:
            mend = _meant(name, known.metrics, "name one that tells that the word is well")
            yield ("excused", word), f'no source tells a number "{name}"; {mend}'
    if rule.kind is not None and rule.kind not in kinds.names():
        yield ("kind",), f'no source is of kind "{rule.kind}"; kinds: {", ".join(kinds.names())}'


def _meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """The nearest of the known names; where none is near, what else to do."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f'did you mean "{near[0]}"?' if near else otherwise


def _doubled(rule: RuleSettings) -> Iterator[Finding]:
    """Words of which a rule says two things."""
    said = {key: getattr(rule, key) for key in ("wanted", "warning", "critical")}
    words = {key: listed for key, listed in said.items() if isinstance(listed, tuple)}
    for (one, listed), (other, more) in combinations(words.items(), 2):
        for word in listed:
            if word in more:
                yield (other,), f'"{word}" stands in {one} too; remove it from one of the two'


def _no_subjects(rule: RuleSettings, known: Catalogue) -> Iterator[Finding]:
    """Patterns that can mean no subject, since none is of that kind."""
    for pattern in rule.subject or ():
        kind, sign, _ = pattern.partition(":")
        meant = any(fnmatchcase(one, kind) for one in known.subjects)
        if known.subjects and not meant and (sign or not any(one in kind for one in "*?[")):
            near = get_close_matches(kind, known.subjects, n=1, cutoff=0.5)
            mend = f'did you mean "{near[0]}:..."?' if near and sign else f'write "*:{pattern}" or "*/{pattern}"'
            kinds_of = ", ".join(f"{one}:..." for one in known.subjects if one != NODE)
            yield ("subject",), f'"{pattern}" means no subject, as {kinds_of}; {mend}'


def _unread(rule: RuleSettings, known: Catalogue) -> Iterator[Finding]:
    """Limits that are no words or no numbers, or in an order in which one of them would never count."""
    unit = unit_of(rule, known.metrics)
    read: dict[str, Quantity] = {}
    for key in ("warning", "critical", "clear"):
        written = getattr(rule, key)
        if written is None:
            continue
        if rule.rule == "state" or (rule.rule == "change" and rule.state):
            if not isinstance(written, tuple):
                yield (key,), f'expected a list of words but got {written}; write {key} = ["FATAL"]'
            continue
        try:
            read[key] = quantity(list(written) if isinstance(written, tuple) else written, unit)
        except ValueError as error:
            yield (key,), str(error)
    if rule.limit is not None and not isinstance(rule.limit, tuple):
        try:
            quantity(rule.limit, known.metrics.get(rule.metric or ""))
        except ValueError as error:
            yield ("limit",), str(error)
    for key, one in read.items():
        if rule.rule in ("age", "change", "ratio", "own") and one.value < 0:
            yield (key,), "may not be below 0; write a larger one"
    yield from _disordered(str(rule.rule), read)


def _disordered(kind: str, read: dict[str, Quantity]) -> Iterator[Finding]:
    sign = -1 if kind in ("below", "forecast") else 1
    numbers = {key: sign * one.value for key, one in read.items()}
    if kind == "ratio" or not numbers:
        return
    first = min((numbers[key] for key in ("warning", "critical") if key in numbers), default=0.0)
    if "warning" in numbers and numbers.get("critical", first) < numbers["warning"]:
        yield ("critical",), f"is met before warning is, as the rule says {kind}; exchange the two"
    if numbers.get("clear", first) > first:
        yield ("clear",), "lies beyond the limit that it should lie before; write one on its sound side"


def _elsewhere(config: Config, layer: Layer) -> Iterator[Finding]:
    """Names of hubs, environments, groups and nodes that there are none of."""
    nodes = list(config.nodes)
    sets = {"hub": list(config.hubs), "environment": list(config.environments), "group": list(config.groups)}
    for key, table in {**sets, "node": nodes, "sibling": nodes}.items():
        name = getattr(layer.written, key)
        is_ours = key == "node" and name is not None and matches(name, list(OWN))
        if name is not None and not is_ours and not matches(name, table):
            what = "node" if key == "sibling" else key
            mend = _meant(name, table, f"there are {', '.join(table) or 'none'}")
            yield ("rules", layer.index or 0, key), f'there is no {what} "{name}"; {mend}'

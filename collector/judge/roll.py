"""Which rules are in force, in words: what each judges, where, and from where on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.config import KEEPER, Config, Quantity, Rule
from collector.config.rulebook import NODE, Layer
from collector.judge.rules import in_force
from collector.model import Level
from collector.store.records import NodeRecord
from collector.wording import amount


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule and where it applies: `where` in the file's words, or `subjects` of the one `node` that it judges now."""

    rule: Rule
    where: str = ""
    node: str = ""
    subjects: tuple[str, ...] = ()


def everywhere(config: Config) -> Iterator[Entry]:
    """Each rule as it stands, by default or in the file."""
    for layers in config.rulebook.families.values():
        for layer in layers:
            said = layers[:1] if layer is layers[0] else (layers[0], layer)
            yield Entry(config.rulebook.rule(said), _where(layer))


def _where(layer: Layer) -> str:
    whole = layer.whole
    keys = ("hub", "environment", "group", "node", "kind")
    words = [f"{key} {getattr(whole, key)}" for key in keys if getattr(whole, key) is not None]
    return ", ".join([*words, *(whole.subject or ())]) or "everywhere"


def on(config: Config, record: NodeRecord) -> Iterator[Entry]:
    """The rules in force on a node, each with the subjects that it judges now; what is switched off is left out."""
    found: dict[int, tuple[Rule, list[str]]] = {}
    place = config.place(record.node)
    for rule in config.rulebook.of(place, NODE) if record.node != KEEPER else ():
        found.setdefault(id(rule), (rule, []))[1].append(NODE)
    for name, subject in record.subjects.items():
        for rule in in_force(config, record, subject) if subject.present else ():
            found.setdefault(id(rule), (rule, []))[1].append(name)
    order = {name: place for place, name in enumerate(config.rulebook.families)}
    for rule, subjects in sorted(found.values(), key=lambda one: order[one[0].name]):
        if not rule.off:
            yield Entry(rule, node=record.node, subjects=tuple(subjects))


def judges(rule: Rule) -> str:
    """What a rule looks at: `memory_available per memory_total below`."""
    if rule.about:
        return rule.about
    if rule.kind == "absent":
        return "what should be there and is not"
    what = f"{rule.metric} per {rule.per}" if rule.per else rule.metric or rule.state
    if rule.kind == "ratio":
        return f"{what} against the same on {rule.sibling or 'the hub'}"
    if rule.kind == "state":
        return f"{what} is not {' or '.join(rule.wanted)}" if rule.wanted else what
    if rule.kind == "forecast" and rule.limit:
        return f"{what} forecast to reach {amount(rule.limit.value, rule.limit.unit or rule.unit or 'count')}"
    words = {"age": f"age of {what}", "change": f"change of {what}{f' {rule.way}' if rule.way else ''}"}
    return words.get(rule.kind, f"{what} {rule.kind}")


def limit(rule: Rule, level: Level) -> str:
    """From where on a rule finds something as bad as that, in words; empty if it never does."""
    if words := [word for word, of in rule.words.items() if of == level]:
        return ", ".join(words)
    if found := dict(rule.limits).get(level):
        return written(rule, found)
    bare = rule.kind == "absent" or bool(rule.wanted) or (rule.kind == "change" and bool(rule.state))
    return "any" if bare and rule.level == level else ""


def written(rule: Rule, limit: Quantity) -> str:
    """A limit with its unit."""
    unit = limit.unit or rule.limit_unit or (rule.unit if not rule.per else None)
    return amount(limit.value, unit or "count")

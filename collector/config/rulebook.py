"""The rules in force: those that sources bring along, changed and added to by almanac.toml. Pure.

Rules of one name are layers. The first is the default one, or the first of the file; each later one takes from it what
it leaves out, and where several apply to a subject, the last that says something has the word. So a rule that names a
default one and a node changes that default on this node alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

from collector.config.catalogue import Catalogue
from collector.config.quantity import Quantity, quantity
from collector.config.rules import DefaultRule, RuleSettings
from collector.model import Level, Unit

NODE = "node"
"""What a rule calls the node as a whole, where it would name a subject."""
Origin = Literal["default", "changed", "file"]


@dataclass(frozen=True, slots=True)
class Place:
    """A node as rules apply to it: its name, and the hubs, environments and groups that it is of."""

    node: str
    hubs: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it judges one subject.

    words: how bad each word of a state is.   wanted: if not empty, any other word is as bad as `level`.
    unit: of what the judged number is.       limit_unit: of what the limits are.
    source_kind: judges what sources of this kind tell.   origin: who says so.
    """

    name: str
    kind: str
    origin: Origin
    metric: str = ""
    per: str = ""
    state: str = ""
    warning: Quantity | None = None
    critical: Quantity | None = None
    clear: Quantity | None = None
    limit: Quantity | None = None
    words: Mapping[str, Level] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    excused: Mapping[str, str] = field(default_factory=dict)
    level: Level = Level.WARNING
    way: str = ""
    sibling: str = ""
    passes: int = 1
    subjects: tuple[str, ...] = ()
    runbook: str = ""
    off: bool = False
    about: str = ""
    says: str = ""
    unit: Unit | None = None
    limit_unit: Unit | None = None
    source_kind: str = ""

    @property
    def limits(self) -> tuple[tuple[Level, Quantity], ...]:
        """The limits that there are, the gravest first."""
        both = ((Level.CRITICAL, self.critical), (Level.WARNING, self.warning))
        return tuple((level, limit) for level, limit in both if limit is not None)


@dataclass(frozen=True, slots=True)
class Layer:
    """A rule of one name as it stands in the file (`index` in its list; None: it is a default), completed by the first
    of that name."""

    written: RuleSettings
    whole: RuleSettings
    index: int | None

    def is_of(self, place: Place) -> bool:
        """Whether it applies to a node."""
        asked = (
            (self.whole.node, (place.node,)),
            (self.whole.hub, place.hubs),
            (self.whole.environment, place.environments),
            (self.whole.group, place.groups),
        )
        return all(pattern is None or matches(pattern, names) for pattern, names in asked)

    def judges(self, subject: str, kind: str | None) -> bool:
        """Whether it applies to a subject of a node that it applies to, `kind` being that of its source; None: any."""
        wanted = self.whole.subject or (() if self.whole.metric or self.whole.state else (NODE,))
        if None not in (self.whole.kind, kind) and self.whole.kind != kind:
            return False
        return (not wanted and subject != NODE) or any(fnmatchcase(subject, pattern) for pattern in wanted)


def matches(pattern: str, names: Sequence[str]) -> bool:
    """Whether one of the names is meant by a pattern."""
    return any(name == pattern or fnmatchcase(name, pattern) for name in names)


class Rulebook:
    """All rules, those of the file in its order after the default ones."""

    def __init__(self, written: Sequence[RuleSettings], known: Catalogue) -> None:
        self._catalogue = known
        self._made: dict[tuple[str, tuple[int | None, ...]], Rule] = {}
        self._of: dict[tuple[Place, str, str | None], tuple[Rule, ...]] = {}
        self._judging: dict[tuple[tuple[int, ...], str, str | None], tuple[Rule, ...]] = {}
        self._alike: dict[tuple[str, tuple[int | None, ...]], tuple[Layer, ...]] = {}
        self._at: dict[Place, tuple[tuple[Layer, ...], ...]] = {}
        self._written = written

    @cached_property
    def families(self) -> dict[str, tuple[Layer, ...]]:
        """The layers of each name, the first of each complete by itself."""
        found: dict[str, tuple[Layer, ...]] = {rule.name: (Layer(rule, rule, None),) for rule in self._catalogue.rules}
        for index, rule in enumerate(self._written):
            layers = found.get(rule.name, ())
            whole = layers[0].whole.model_copy(update=rule.written()) if layers else rule
            found[rule.name] = (*layers, Layer(rule, whole, index))
        return found

    def of(self, place: Place, subject: str, kind: str | None = None) -> tuple[Rule, ...]:
        """The rules in force for a subject of a node, also those that are switched off."""
        asked = (place, subject, kind)
        if asked not in self._of:
            self._of[asked] = self._among(self._families_at(place), subject, kind)
        return self._of[asked]

    def _among(self, families: tuple[tuple[Layer, ...], ...], subject: str, kind: str | None) -> tuple[Rule, ...]:
        """Those of some families that judge a subject. Most nodes have the same rules, and many the same subjects."""
        asked = (tuple(map(id, families)), subject, kind)
        if asked not in self._judging:
            of_each = (tuple(one for one in layers if one.judges(subject, kind)) for layers in families)
            self._judging[asked] = tuple(self.rule(found) for found in of_each if found)
        return self._judging[asked]

    def at(self, place: Place) -> Iterator[tuple[Layer, ...]]:
        """The layers that apply to a node, those of one name together."""
        return iter(self._families_at(place))

    def named(self, name: str, place: Place, subject: str) -> Rule | None:
        """The rule in force of a name, None where there is none. `source host` is found by the rule `source`."""
        known = (name, name.partition(" ")[0])
        layers = next((self.families[one] for one in known if one in self.families), ())
        found = tuple(layer for layer in layers if layer.is_of(place) and layer.judges(subject, None))
        return self.rule(found) if found else None

    def _families_at(self, place: Place) -> tuple[tuple[Layer, ...], ...]:
        if place not in self._at:
            applying = (tuple(one for one in layers if one.is_of(place)) for layers in self.families.values())
            self._at[place] = tuple(self._alike.setdefault(_key(layers), layers) for layers in applying if layers)
        return self._at[place]

    def rule(self, layers: Sequence[Layer]) -> Rule:
        """What layers of one name say together."""
        key = _key(layers)
        if key not in self._made:
            first = self.families[key[0]][0]
            whole = first.whole
            for layer in layers:
                whole = whole.model_copy(update=layer.written.written())
            changed = any(layer.index is not None for layer in layers)
            origin: Origin = "file" if first.index is not None else "changed" if changed else "default"
            self._made[key] = rule_of(whole, origin, self._catalogue.metrics)
        return self._made[key]


def _key(layers: Sequence[Layer]) -> tuple[str, tuple[int | None, ...]]:
    """By what layers of one name are told from others."""
    return layers[0].written.name, tuple(layer.index for layer in layers)


def rule_of(whole: RuleSettings, origin: Origin, units: Mapping[str, Unit | None]) -> Rule:
    """A complete rule as a value. Raises ValueError where a number can't be read."""
    unit = unit_of(whole, units)
    limits = {key: getattr(whole, key) for key in ("warning", "critical", "clear")}
    numbers = {key: quantity(limit, unit) for key, limit in limits.items() if _is_number(limit)}
    if _is_number(whole.limit):
        numbers["limit"] = quantity(whole.limit, units.get(whole.metric or ""))
    words = {
        word: level
        for level, listed in ((Level.WARNING, whole.warning), (Level.CRITICAL, whole.critical))
        for word in (listed if isinstance(listed, tuple) else ())
    }
    return Rule(
        name=whole.name,
        kind=str(whole.rule),
        origin=origin,
        metric=whole.metric or "",
        per=whole.per or "",
        state=whole.state or "",
        words=words,
        wanted=whole.wanted or (),
        excused=whole.excused or {},
        level=Level.CRITICAL if whole.level == "critical" else Level.WARNING,
        way=whole.way or "",
        sibling=whole.sibling or "",
        passes=whole.passes or 1,
        subjects=whole.subject or (),
        runbook=whole.runbook or "",
        off=whole.off,
        about=whole.about if isinstance(whole, DefaultRule) else "",
        says=whole.says if isinstance(whole, DefaultRule) else "",
        unit=units.get(whole.metric or ""),
        limit_unit=unit,
        source_kind=whole.kind or "",
        **numbers,
    )


def unit_of(whole: RuleSettings, units: Mapping[str, Unit | None]) -> Unit | None:
    """Of what the limits of a rule are numbers; None where any will do: a load per processor, a change."""
    match whole.rule:
        case "age" | "forecast":
            return "seconds"
        case "ratio":
            return "ratio"
        case "above" | "below" if not whole.per:
            return units.get(whole.metric or "")
        case "above" | "below":
            return "ratio" if units.get(whole.metric or "") == units.get(whole.per or "") else None
        case "own":
            return "seconds"
    return None


def _is_number(limit: object) -> bool:
    return limit is not None and not isinstance(limit, tuple)

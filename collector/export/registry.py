"""What the pages of instances tell: instances.json, another part of the export contract (see `documents`).

There is one only where instances are asked. Mail addresses are in it only if they may be published.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.export.readings import Chart, Standing, Time
from collector.model import LevelWord


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A value that instances tell. label: what it is called.   made: what is made of its parts, such as `sum`; empty if
    it is shown as it is.   is_configured: whether almanac.toml names it.   told: by how many instances.
    is_number: whether all of them tell a number."""

    name: str
    label: str
    made: str
    is_configured: bool
    told: int
    is_number: bool


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """A value of one instance, a number with its unit or a word, and when it was last read."""

    value: float | str
    unit: str
    time: Time
    standing: Standing


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """Where a server is. country: ISO 3166-1, `name`: in the locale.   is_exact: whether the point, degrees north and
    east, is the address's own.   is_approximate: whether the country is what the table of Almanac says."""

    country: str
    name: str
    latitude: float | None
    longitude: float | None
    is_exact: bool
    is_approximate: bool


@dataclass(frozen=True, slots=True)
class InstanceEntry:
    """An instance of the registry, and what it last told.

    subject: its name among the subjects of all instances, None if it told nothing yet or is not asked any more.
    email: None if it is not published.   answered: when it last did.   outcome, reason: how asking it ended last.
    chart: its place on a map.
    """

    uuid: str
    url: str
    organisation: str
    contact: str
    email: str | None
    enabled: bool
    added: Time
    page: str
    level: LevelWord
    subject: str | None
    answered: Time | None
    outcome: str
    reason: str
    address: str | None
    place: PlaceEntry | None
    chart: Chart | None = None
    told: dict[str, ToldEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareEntry:
    """So many enabled instances are in a country; code and name are empty of those of which that is not known."""

    country: str
    name: str
    count: int
    ratio: float


@dataclass(frozen=True, slots=True)
class DistributionEntry:
    """A chart over the enabled instances that were asked and told something: see `statistics.Distribution`."""

    field: str
    label: str
    chart_type: str
    of_groups: str
    of_numbers: str
    unit: str
    rows: tuple[tuple[str, float], ...]
    left_out: int
    chart: Chart


@dataclass(frozen=True, slots=True)
class Registry:
    """instances.json. node: what all instances are called where they are told as a node is.   located: what says where
    addresses are, with its date.   fault: why that is not the database that was named, empty if it is.
    world: where all are that are asked."""

    version: int
    node: str
    locale: str
    located: str
    fault: str
    fields: tuple[FieldEntry, ...]
    instances: tuple[InstanceEntry, ...]
    countries: tuple[ShareEntry, ...]
    world: Chart | None
    distributions: tuple[DistributionEntry, ...]

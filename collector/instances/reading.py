"""What an instance's answers tell, as values of `instance:UUID`: each field a number or a word. Pure, and never raises.

A configured field is found by its path; what else the answers hold is told under its own path, as `stats.users`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from collector.config.instances import Crawled
from collector.instances import ADDRESS, BASE
from collector.instances.register import subject_of
from collector.instances.statistics import Value, aggregated
from collector.model import Fault, Observation, Reading, State, printable
from collector.sources.command import MOST_VALUES, within
from collector.store.instances import Instance


@dataclass(frozen=True, slots=True)
class At:
    """An instance, and the address of its host."""

    instance: Instance
    address: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is kept of an answer: configured fields, names that are on record, and so many others that there are not
    more than MOST_VALUES of these two: else whoever tells other names each time would have pages grow for ever."""

    fields: Mapping[str, Crawled]
    known: Set[str] = frozenset()

    def kept(self, found: Mapping[str, Value], faults: list[Fault]) -> Iterator[tuple[str, Value]]:
        """Of what was found, in its order."""
        room, left = MOST_VALUES - len(self.known - self.fields.keys() - {BASE, ADDRESS}), list[str]()
        for name, value in found.items():
            is_new = name not in self.fields and name not in self.known
            if is_new and room <= 0:
                left.append(name)
                continue
            room -= is_new
            yield name, value
        if left:
            text = f"tells {len(left)} values beyond {MOST_VALUES}, which are not kept; name those that you want in"
            faults.append(Fault(0, printable(left[0]), f"{text} instances.fields"))


class NoObject(Exception):
    """An answer is no JSON object (RFC 8259); why."""


def merged(bodies: Sequence[bytes]) -> dict[str, object]:
    """All answers as one object; of equal keys the last one counts. Raises NoObject."""
    whole: dict[str, object] = {}
    for body in bodies:
        try:
            read = json.loads(body)
        except (ValueError, RecursionError) as error:
            reason = (
                error.msg if isinstance(error, json.JSONDecodeError) else "no UTF-8, too deep, or too long a number"
            )
            raise NoObject(f"answers what is no JSON: {reason}") from error
        if not isinstance(read, dict):
            raise NoObject('answers JSON, but no object such as {"users": 12}')
        whole |= read
    return whole


def reading(at: At, asked: int, answer: Mapping[str, object], wanted: Wanted) -> Reading:
    """All values in an answer, as of when it was asked for (UTC seconds)."""
    one, fields = at.instance, wanted.fields
    subject, faults = subject_of(one.uuid), list[Fault]()
    kept = list(wanted.kept(dict(_values(answer, fields, faults)), faults))
    units = {name: field.unit for name, field in fields.items()}
    numbers = (
        Observation(subject, name, asked, value, units.get(name, "count"))
        for name, value in kept
        if isinstance(value, float)
    )
    words = (State(subject, name, asked, value) for name, value in kept if isinstance(value, str))
    served = State(subject, BASE, asked, one.url, one.organisation)
    host = State(subject, ADDRESS, asked, at.address)
    return Reading(tuple(numbers), (served, host, *words), faults=tuple(faults))


def _values(
    answer: Mapping[str, object], fields: Mapping[str, Crawled], faults: list[Fault]
) -> Iterator[tuple[str, Value]]:
    """Configured fields first, so that none of them is among what is too much."""
    for name, field in fields.items():
        value = found_at(answer, field.path or name)
        if value is None:
            continue
        if field.aggregation is None:
            yield from within(name, value, faults)
        elif (number := aggregated(value, field.aggregation)) is not None:
            yield name, number
        else:
            what = f"has no {field.aggregation}: it is empty, or holds what is no number"
            faults.append(Fault(0, printable(name), what))
    taken = {field.path or name for name, field in fields.items()}
    others = {key: value for key, value in answer.items() if key not in taken and key not in fields}
    for path, value in within("", others, faults):
        if not _is_taken(path, taken):
            yield path, value


def _is_taken(path: str, taken: Set[str]) -> bool:
    """Whether a path, or what it is a part of, is told as a field already."""
    parts = path.split(".")
    return any(".".join(parts[:end]) in taken for end in range(1, len(parts) + 1))


def found_at(answer: Mapping[str, object], path: str) -> object:
    """What stands at a path, such as `stats.users` or `disks.0`; None if there is nothing."""
    if path in answer:
        return answer[path]
    value: object = answer
    for key in path.split("."):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key[:9]) < len(value):
            value = value[int(key[:9])]
        else:
            return None
    return value

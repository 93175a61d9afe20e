"""Which nodes and which processes are meant. Pure.

Within one kind any name will do, between kinds all must fit: `--group web --environment lab` means what is of the group
web on nodes of the environment lab, and nothing else. Every name may be a pattern as the shell knows them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from collector.config import Config
from collector.model import AlmanacError, printable
from collector.wording import instead


class NothingMeant(AlmanacError):
    """Words that mean no node or no process."""


@dataclass(frozen=True, slots=True)
class Places:
    """The nodes meant, by name, environment, group of nodes and hub; of a kind that is empty, all."""

    nodes: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The processes meant, by the group that supervisord tells and by `group:name`; of a kind that is empty, all."""

    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def mean(self, group: str, name: str) -> bool:
        """Whether a process is one of these."""
        return _is_one([group], self.groups) and _is_one(called_by(group, name), self.names)


def called_by(group: str, name: str) -> frozenset[str]:
    """What a process is called: `group:name`, a unit by its name, and a program in no group by its bare name too."""
    full = f"{group}:{name}" if group else name
    return frozenset({full, name} if group in ("", name) else {full})


def nodes(config: Config, places: Places) -> tuple[str, ...]:
    """The nodes meant, in the order of the configuration. Raises NothingMeant for a name of nothing, or if no node fits
    all kinds."""
    kinds: tuple[tuple[str, tuple[str, ...], Collection[str]], ...] = (
        ("node", places.nodes, config.nodes),
        ("environment", places.environments, config.environments),
        ("group", places.groups, config.groups),
        ("hub", places.hubs, config.hubs),
    )
    for kind, wanted, known in kinds:
        expect(f"{config.file}: there is no {kind}", wanted, known)
    meant = tuple(
        node
        for node in config.nodes
        if _is_one([node], places.nodes)
        and _is_one(config.environments_of(node), places.environments)
        and _is_one(config.groups_of(node), places.groups)
        and _is_one(config.hubs_of(node), places.hubs)
    )
    if not meant:
        raise NothingMeant(f"{config.file}: no node fits all that is asked for; leave one of the options out")
    return meant


def expect(complaint: str, wanted: Iterable[str], known: Collection[str], where: str = "") -> None:
    """Raises NothingMeant for the first name or pattern that is none of the known, with the nearest: the complaint, the
    name, and where it is missing."""
    for word in wanted:
        if not any(_fits(name, word) for name in known):
            raise unknown(complaint, word, known, where)


def unknown(complaint: str, word: str, known: Collection[str], where: str = "") -> NothingMeant:
    """The complaint, the name, where it is missing, and the nearest of the known, or which there are."""
    mend = printable(instead(word, known))
    return NothingMeant(f'{complaint} "{printable(word)}"{where}' + (f"; {mend}" if mend else ""))


def _is_one(names: Iterable[str], wanted: Collection[str]) -> bool:
    return not wanted or any(_fits(name, word) for name in names for word in wanted)


def _fits(name: str, word: str) -> bool:
    """A name that holds a bracket or a star is meant by itself too."""
    return name == word or fnmatchcase(name, word)

"""Which problems are meant: `hub=ZZ subject=svn/* rule=late`. Pure.

Every word must fit. A node, a subject and a rule may be patterns as the shell knows them; a subject is meant by its
name (`disk:/data`) or by its label (`/data`, `svn/dybsvn`).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from collector.config import Config
from collector.model import AlmanacError
from collector.store.records import ProblemRecord
from collector.wording import instead


class NoSelector(AlmanacError):
    """Words that mean no problems."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Words by their kind; none at all means every problem."""

    words: Mapping[str, str]

    @property
    def text(self) -> str:
        """As it is kept, and read back by `parse`."""
        return shlex.join(f"{kind}={word}" for kind, word in self.words.items())

    def means(self, config: Config, problem: ProblemRecord) -> bool:
        """Whether a problem is one of these."""
        return all(_KINDS[kind](config, problem, word) for kind, word in self.words.items())


def parse(words: Iterable[str]) -> Selector:
    """Raises NoSelector that tells the first word that is none."""
    found = {}
    for word in words:
        kind, sign, value = word.partition("=")
        if not sign or kind not in _KINDS or not value:
            near = get_close_matches(kind, _KINDS, n=1)
            mend = f"{near[0]}={value or 'NAME'}" if near else f"one of {', '.join(f'{one}=NAME' for one in _KINDS)}"
            raise NoSelector(f'"{word}" selects nothing; write {mend}')
        found[kind] = value
    return Selector(found)


def read(text: str) -> Selector:
    """A selector as it is kept."""
    return parse(shlex.split(text))


def concerns(config: Config, selector: Selector) -> bool:
    """Whether a configuration has nodes that a selector names; those may have no problem."""
    known = _known(config) | {"node": tuple(config.nodes)}
    return all(_has(names, selector.words[kind]) for kind, names in known.items() if kind in selector.words)


def expect(config: Config, selector: Selector) -> None:
    """Raises NoSelector for a hub, environment, group or node that the configuration does not have."""
    for kind, names in _known(config).items():
        word = selector.words.get(kind)
        if word is not None and not _has(names, word):
            mend = instead(word, names)
            raise NoSelector(f'{config.file}: there is no {kind} "{word}"' + (f"; {mend}" if mend else ""))


def _known(config: Config) -> dict[str, tuple[str, ...]]:
    """The names of a configuration by the kind of word that means them."""
    sets = {"hub": tuple(config.hubs), "environment": tuple(config.environments), "group": tuple(config.groups)}
    return {**sets, "node": (*config.nodes, *config.watched)}


def _has(names: Iterable[str], word: str) -> bool:
    return any(fnmatchcase(name, word) for name in names)


def _hub(config: Config, problem: ProblemRecord, word: str) -> bool:
    """A problem of a hub's backups, or of one of its nodes that belongs to no hub's backups."""
    kind, _, rest = (problem.subject or "").partition(":")
    return word in config.hubs_of(problem.node) and (kind != "tarball" or rest.startswith(f"{word}/"))


def _subject(config: Config, problem: ProblemRecord, word: str) -> bool:
    if problem.subject is None:
        return False
    label = problem.subject.partition(":")[2]
    names = [problem.subject, label, *(label.removeprefix(f"{hub}/") for hub in config.hubs_of(problem.node))]
    return any(fnmatchcase(name, word) for name in names)


_KINDS: dict[str, Callable[[Config, ProblemRecord, str], bool]] = {
    "hub": _hub,
    "environment": lambda config, problem, word: word in config.environments_of(problem.node),
    "group": lambda config, problem, word: word in config.groups_of(problem.node),
    "node": lambda _, problem, word: fnmatchcase(problem.node, word),
    "subject": _subject,
    "rule": lambda _, problem, word: fnmatchcase(problem.rule, word),
}

"""A node's document as an audience is shown it: without logs it may not read, and without the names of nodes it may not
know. Pure.

Sentences name other nodes: `The copy of ... differs from dayabay`, `Is behind gateway`, the reason of a jump host that
does not answer. Whole words that are a hidden node's name, title or address become `another node`. What a shown node is
made of, such as the name of one of its processes, is its own and stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar, cast

from collector.config import Config
from collector.export.documents import NodeDocument

OTHER, OTHER_VM = "another node", "another VM"
_SENTENCES = frozenset({"text", "reason", "note", "detail", "alt", "message", "summary", "person"})
"""Fields that hold sentences."""
_POINTERS = frozenset({"node"})
"""Fields that hold the name of a node and nothing else; in a document of another node they point to it."""
_WORD = re.compile(r"[\w-]+(?:\.[\w-]+)*")
Told = TypeVar("Told")


@dataclass(frozen=True)
class Hidden:
    """The words by which an audience would know nodes and VMs that it is not shown. `vms`: those of them of VMs."""

    words: frozenset[str]
    vms: frozenset[str] = frozenset()

    @classmethod
    def of(cls, config: Config, shown: Collection[str], former: Iterable[str] = ()) -> Hidden:
        """Names, titles and addresses of all nodes but those shown, and the names of `former` ones, unless a node that
        is shown bears the same."""
        known = {word for name in config.nodes if name in shown for word in _names(config, name)}
        others = {word for name in config.nodes if name not in shown for word in _names(config, name)}
        return cls(frozenset((others | set(former)) - known))

    @cached_property
    def _single(self) -> frozenset[str]:
        """Those that are one word, as texts are cut; to look these up costs the same however many there are."""
        return frozenset(word for word in self.words if _WORD.fullmatch(word))

    @cached_property
    def _odd(self) -> tuple[re.Pattern[str], ...]:
        """The others, such as `Z9:229` and titles of several words; the longest first."""
        odd = sorted(self.words - self._single, key=len, reverse=True)
        return tuple(re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])") for word in odd)

    @cached_property
    def _digest(self) -> str:
        return sha256(repr(sorted(self.words)).encode()).hexdigest()

    def also(self, vms: Collection[str], shown: Collection[str]) -> Hidden:
        """With the names of VMs, and without those of nodes that are shown."""
        return Hidden((self.words | set(vms)) - set(shown), frozenset(vms) - set(shown))

    def renamed(self, file: str) -> str:
        """What a file is called whose content goes with its name, `DAY.DIGEST.json`, once it is freed of them."""
        stem = file.removesuffix(".json").rpartition(".")[0]
        return f"{stem}.{sha256((file + self._digest).encode()).hexdigest()[:12]}.json" if self.words else file

    def named(self, text: str) -> str | None:
        """The first word of a text by which a hidden node is known, None if there is none."""
        found = next((one[0] for one in _WORD.finditer(text) if one[0] in self._single), None)
        return found or next((match[0] for odd in self._odd if (match := odd.search(text))), None)

    def without(self, text: str) -> str:
        """A sentence that does not name them."""
        for odd in self._odd:
            text = odd.sub(lambda word: self._other(word[0]), text)
        return _WORD.sub(lambda word: self._other(word[0]) if word[0] in self._single else word[0], text)

    def _other(self, word: str) -> str:
        return OTHER_VM if word in self.vms else OTHER

    def cut(self, told: Told) -> Told:
        """A value of the export with its sentences and pointers freed of them; the same object if it has none."""
        if isinstance(told, tuple):
            parts = tuple(map(self.cut, told))
            same = all(one is other for one, other in zip(parts, told, strict=True))
            return told if same else cast(Told, parts)
        if not is_dataclass(told) or isinstance(told, type):
            return told
        changes = dict(self._changes(told))
        return replace(told, **changes) if changes else told

    def _changes(self, told: Any) -> Iterator[tuple[str, object]]:
        for field in fields(told):
            old = getattr(told, field.name)
            new = self._field(field.name, old)
            if new is not old and new != old:
                yield field.name, new

    def _field(self, name: str, value: object) -> object:
        if isinstance(value, str):
            if name in _POINTERS:
                return OTHER if value in self.words else value
            return self.without(value) if name in _SENTENCES else value
        return self.cut(value)


def _names(config: Config, name: str) -> Iterator[str]:
    node = config.nodes[name]
    yield from (word for word in (name, node.title, node.address) if word)


def narrowed(document: NodeDocument, hidden: Hidden, logs: bool) -> NodeDocument:
    """A node's document as it is shown; `logs`: whether logs are read."""
    has_some = document.events or document.logs or document.excerpts
    return hidden.cut(document if logs or not has_some else replace(document, events=(), logs=(), excerpts=()))

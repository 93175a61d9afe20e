"""RST for hubs, environments, groups and nodes that have none, and how it is known again while nobody has edited it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.export.documents import Manifest
from collector.model import printable
from collector.pages.declared import declarations
from sphinxext.almanac.names import quoted

KINDS = ("hub", "environment", "group", "node")


def wanted(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    """Kind, name and page of each object that has RST of its own."""
    yield from (("hub", name, entry.page) for name, entry in manifest.hubs.items())
    yield from (("environment", name, entry.page) for name, entry in manifest.environments.items())
    yield from (("group", name, entry.page) for name, entry in manifest.groups.items())
    yield from (("node", name, entry.page) for name, entry in manifest.every.items())


def rst(kind: str, name: str) -> str:
    """A page: the name as its title, each sign that could be markup escaped, and the directive."""
    title = re.sub(r"([^\w\s]|_)", r"\\\1", printable(name))
    line = "=" * (2 * len(title))
    return f"{title}\n{line}\n\n.. almanac:{kind}:: {quoted(name)}\n"


def is_untouched(text: str) -> bool:
    """Whether a page is as it was generated: nothing in it is of a person's making."""
    last = text.rstrip("\n").rpartition("\n")[2]
    return any(kind in KINDS and text == rst(kind, name) for kind, name in declarations(last))

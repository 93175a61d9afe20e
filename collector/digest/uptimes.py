"""For how much of a week or a month everything was up, for one recipient: read from the record, told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from collector.amounts import amount
from collector.config import Config
from collector.digest.period import Period
from collector.digest.words import line
from collector.life import uptimes
from collector.life.uptime import Month, Uptime
from collector.life.uptimes import NodeUptimes
from collector.store.store import Store

MOST = 50


class Share(NamedTuple):
    """How much of the known time something was up, for how long it was not, and of how much time nothing is known."""

    where: str
    up: str
    rest: str


def shares(config: Config, past: Period, is_about: Callable[[str], bool]) -> tuple[Share, ...]:
    """Environments and nodes that somebody is told of, then processes and units that were down; the worst first of
    each. Empty without a record. Raises StoreError."""
    if not config.database.exists():
        return ()
    span = Month(past.name, (past.start, past.end))
    with Store.open(config.database) as store:
        nodes = {node: uptimes.of_node(config, store.db, node, span) for node in config.nodes if is_about(node)}
    return tuple(_share(name, one) for name, one in _named(config, nodes))[:MOST]


def _named(config: Config, nodes: Mapping[str, NodeUptimes]) -> Iterator[tuple[str, Uptime]]:
    known = dict(nodes)
    whole = [name for name, one in config.environments.items() if one.nodes and set(one.nodes) <= known.keys()]
    yield from _worst_first((f"environment {name}", uptimes.of_environment(config, known, name)) for name in whole)
    yield from _worst_first((name, found.node) for name, found in nodes.items())
    subjects = ((f"{node} {name}", one) for node, found in nodes.items() for name, one in found.subjects.items())
    yield from _worst_first((name, one) for name, one in subjects if one.down)


def _worst_first(some: Iterator[tuple[str, Uptime]]) -> list[tuple[str, Uptime]]:
    """Those of which nothing is known last."""
    return sorted(some, key=lambda pair: (pair[1].ratio is None, pair[1].ratio))


def _share(name: str, one: Uptime) -> Share:
    up = "not known" if one.ratio is None else amount(one.ratio, "ratio")
    spans = (("down for", one.down), ("not known for", one.unknown if one.ratio is not None else 0))
    rest = ", ".join(f"{word} {amount(seconds, 'seconds')}" for word, seconds in spans if seconds)
    return Share(line(name, 200), up, rest)

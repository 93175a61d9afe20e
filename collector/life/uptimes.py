"""The uptimes of a fleet within a month, read from the record: nodes, their processes and units, environments."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from collector.config import Config
from collector.life.uptime import Month, Uptime, is_up, node_is_up, together, uptime
from collector.store import history


@dataclass(frozen=True, slots=True)
class NodeUptimes:
    """Of a node, and by name of its processes and units; and how often each of those was found started anew."""

    node: Uptime
    subjects: dict[str, Uptime]
    restarts: dict[str, int]


def of_node(config: Config, db: sqlite3.Connection, node: str, month: Month) -> NodeUptimes:
    """Costs a look at the passes of that month only."""
    every = config.site.every
    asked = history.attempts(db, node, month.span)
    answered = [(time, node_is_up(outcome)) for time, outcome in asked]
    told = history.states(db, node, month.span, [time for time, _ in asked])
    subjects = {
        name: uptime([(time, is_up(state)) for time, state in points], month.span, every)
        for name, points in told.items()
    }
    restarts = history.restarts(db, node, month.span)
    return NodeUptimes(uptime(answered, month.span, every), subjects, restarts)


def of_environment(config: Config, nodes: dict[str, NodeUptimes], name: str) -> Uptime:
    """The nodes of an environment as one."""
    return together(nodes[node].node for node in config.environments[name].nodes if node in nodes)

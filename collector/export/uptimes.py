"""Uptimes as the export tells them: of the month of the pass, up to that, and of the month before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from collector.config import Config
from collector.export.documents import NodeDocument
from collector.export.readings import UptimeDocument
from collector.life import uptimes
from collector.life.uptime import Uptime, months, together


def with_uptimes(config: Config, db: sqlite3.Connection, until: int, document: NodeDocument) -> NodeDocument:
    """A node's document with the uptimes of the node and of its processes and units, as of a pass."""
    found = [
        (month.name, uptimes.of_node(config, db, document.name, month))
        for month in months(until, config.site.time_zone)
    ]
    told = {
        name: tuple(
            _document(month, of.subjects[name], of.restarts.get(name, 0)) for month, of in found if name in of.subjects
        )
        for name in {name for _, of in found for name in of.subjects}
    }
    subjects = tuple(replace(one, uptime=told[one.name]) if one.name in told else one for one in document.subjects)
    return replace(document, subjects=subjects, uptime=tuple(_document(month, of.node) for month, of in found))


def of_environment(documents: Iterable[NodeDocument], nodes: Sequence[str]) -> tuple[UptimeDocument, ...]:
    """The uptimes of some nodes as one, month by month."""
    months_of = [document.uptime for document in documents if document.name in nodes]
    return tuple(_document(some[0].month, together(map(_uptime, some))) for some in zip(*months_of, strict=True))


def _document(month: str, one: Uptime, restarts: int = 0) -> UptimeDocument:
    return UptimeDocument(month, one.ratio, one.up, one.down, one.unknown, restarts)


def _uptime(told: UptimeDocument) -> Uptime:
    return Uptime(told.up, told.down, told.unknown)

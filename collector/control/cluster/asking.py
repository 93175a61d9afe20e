"""Clusters as they are now, asked for as a pass asks, and recorded nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.config import Config
from collector.control.cluster import backend
from collector.control.cluster.courses import Unreadable
from collector.control.cluster.known import Known
from collector.model import Answer, Outcome
from collector.question import Sought
from collector.sources import cluster
from collector.sweep import sweep


def sources(config: Config, node: str) -> dict[str, cluster.Settings]:
    """The sources of a node that tell of clusters, by their labels."""
    return {one.label: one for one in config.sources_of(node) if isinstance(one, cluster.Settings)}


def ask(config: Config, nodes: Iterable[str], now: int) -> Iterator[tuple[Known, ...]]:
    """Asks the nodes and yields what each one's clusters said, as it comes in. `now`: UTC seconds."""
    meant = list(nodes)
    labels = {label for node in meant for label in sources(config, node)}
    for answer in sweep(config, meant, now, Sought(labels)):
        told = {one.source: one for one in answer.answers}
        mine = sources(config, answer.node).values()
        yield tuple(_known(answer.node, settings, told.get(settings.label), answer.reason) for settings in mine)


def _known(node: str, settings: cluster.Settings, answer: Answer | None, why: str) -> Known:
    if answer is None or answer.outcome is not Outcome.OK:
        return Known(node, settings.label, settings, None, answer.reason if answer else why)
    try:
        return Known(node, settings.label, settings, backend.of(settings).read(answer.body))
    except Unreadable as error:
        return Known(node, settings.label, settings, None, str(error))

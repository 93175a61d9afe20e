"""The textfile that Prometheus' node_exporter passes on (its textfile collector): how the last pass found the fleet.

Written by prometheus_client in the text format 0.0.4, names and units as https://prometheus.io/docs/practices/naming/
says. What is not known is not there; a pass that breaks leaves the file of the one before, whose time tells its age.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collector import files
from collector.config import KEEPER, Config
from collector.export.documents import Manifest, NodeDocument
from collector.export.read import read_node
from collector.export.readings import Subject
from collector.model import AlmanacError, LevelWord

MISSING = 'watch.textfile needs the library prometheus-client; install it with: pip install "sphinxext-almanac[watch]"'
LEVELS: tuple[LevelWord, ...] = ("critical", "warning", "unknown")
_Row = tuple[Sequence[str], float]


class TextfileError(AlmanacError):
    """The textfile can't be written; all else of the pass is as it should be."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, what it says, its labels, and their values with the number of each."""

    name: str
    says: str
    labels: tuple[str, ...]
    rows: tuple[_Row, ...]


def write(config: Config, manifest: Manifest, took: float) -> TextfileError | None:
    """Puts the file in its place; why that could not be. `took`: seconds of the whole pass. Raises NoExport."""
    place = config.watch.textfile
    if place is None:
        return None
    documents = (read_node(config.export, manifest, node) for node in manifest.nodes)
    try:
        itself = read_node(config.export, manifest, KEEPER)
        text = written(families(manifest, itself, documents, took))
    except ImportError:
        return TextfileError(MISSING)
    try:
        if not place.parent.is_dir():
            return TextfileError(f"{place}: there is no folder {place.parent}; make it, or correct watch.textfile")
        files.replace(place, text)
    except OSError as error:
        return TextfileError(f"{place}: can't be written: {error.strerror}; mend that, or correct watch.textfile")
    return None


def written(told: Iterable[Family]) -> bytes:
    """Metrics in the text format, every label value escaped. Raises ImportError without prometheus_client."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  an optional library
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415
    from prometheus_client.registry import Collector  # noqa: PLC0415

    class Once(Collector):
        def collect(self) -> Iterator[Any]:
            for family in told:
                gauge = GaugeMetricFamily(family.name, family.says, labels=family.labels)
                for labels, value in family.rows:
                    gauge.add_metric(labels, value)
                yield gauge

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Once())
    return generate_latest(registry)


def families(
    manifest: Manifest, itself: NodeDocument, documents: Iterable[NodeDocument], took: float
) -> Iterator[Family]:
    """All metrics: of the pass, which is `itself`, of nodes, of problems and of backups. Pure."""
    yield from _of_pass(manifest, took)
    yield from _of_answers(itself)
    nodes = tuple(([one.name], float(one.reached)) for one in manifest.nodes.values())
    yield Family("almanac_node_reached", "Whether the node answered in the last pass", ("node",), nodes)
    for name, says, held in (
        ("almanac_problems", "Problems of which somebody is to be told", False),
        ("almanac_problems_held", "Problems that are acknowledged or silenced", True),
    ):
        levels = [one.level for one in manifest.problems if (one.held is not None) == held]
        yield Family(name, says, ("level",), tuple(([level], float(levels.count(level))) for level in LEVELS))
    backups = [(node, backup) for node in documents for backup in node.subjects if backup.kind == "tarball"]
    yield from _of_backups(backups, manifest)


def _of_pass(manifest: Manifest, took: float) -> Iterator[Family]:
    night = manifest.last_pass
    if night is None:
        return
    for name, says, value in (
        ("start_time_seconds", "When the last pass began, in seconds since 1970", _seconds(night.started)),
        ("due_time_seconds", "When the next pass is promised, in seconds since 1970", _seconds(night.due)),
        ("duration_seconds", "How long the last pass took", took),
        ("nodes_asked", "Nodes that the last pass asked", float(night.asked)),
        ("nodes_reached", "Nodes that answered the last pass", float(night.reached)),
    ):
        yield Family(f"almanac_pass_{name}", says, (), (((), value),))


def _of_answers(itself: NodeDocument) -> Iterator[Family]:
    """What the pass tells of all answers together."""
    metrics = [metric for subject in itself.subjects if subject.kind == "pass" for metric in subject.metrics]
    for told, name, says in (
        ("read", "read_bytes", "Bytes of all answers"),
        ("faults", "faults", "Pieces of answers that could not be understood"),
    ):
        rows = [
            ((), one.value) for one in metrics if one.name == told and one.standing == "known" and one.value is not None
        ]
        yield Family(f"almanac_pass_{name}", says, (), tuple(rows))


def _of_backups(backups: Sequence[tuple[NodeDocument, Subject]], manifest: Manifest) -> Iterator[Family]:
    began = _seconds(manifest.last_pass.started) if manifest.last_pass else 0.0
    measures: tuple[tuple[str, str, Callable[[float, float], float]], ...] = (
        ("time_seconds", "When the newest backup of the item was made, in seconds since 1970", lambda time, _: time),
        ("age_seconds", "How old the newest backup of the item was at the last pass", lambda time, _: began - time),
        ("size_bytes", "How large the newest backup of the item is", lambda _, size: size),
    )
    known = [
        ((node.name, backup.hub or "", backup.label), _seconds(size.time), size.value)
        for node, backup in backups
        for size in backup.metrics
        if size.name == "size" and size.standing == "known" and size.value is not None and size.time is not None
    ]
    for name, says, measure in measures:
        rows = tuple((labels, measure(time, size)) for labels, time, size in known)
        yield Family(f"almanac_backup_{name}", says, ("node", "hub", "item"), rows)


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()

"""What a report may tell, read from the export once: the manifest, and the nodes on which something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.digest.recipients import Concern
from collector.export.documents import Manifest, NodeDocument
from collector.export.read import read_manifest, read_node
from collector.export.readings import Chart, ProblemDocument, Subject

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem, the hub that it belongs to, and the picture of what it is about."""

    problem: ProblemDocument
    hub: str | None
    chart: Chart | None = None

    @property
    def key(self) -> Key:
        """The same night after night."""
        return key_of(self.problem)

    @property
    def concern(self) -> Concern:
        """Whom it concerns."""
        return Concern(self.problem.node, self.hub, self.problem.level)


@dataclass(frozen=True, slots=True)
class Facts:
    """An export as reports tell it. `folder`: where its pictures are.   held: acknowledged or silenced problems.
    hidden: what was wrong before its node, or what it is read from, stopped answering."""

    folder: Path
    manifest: Manifest
    troubles: tuple[Trouble, ...]
    held: tuple[Trouble, ...]
    hidden: frozenset[Key]
    documents: dict[str, NodeDocument]


def read(folder: Path) -> Facts:
    """The facts of an export folder. Raises NoExport."""
    manifest = read_manifest(folder)
    amiss = [name for name, entry in manifest.every.items() if entry.problems or entry.level != "ok"]
    nodes = dict.fromkeys([*(problem.node for problem in manifest.problems), *amiss])
    documents = {node: read_node(folder, manifest, node) for node in nodes if node in manifest.every}
    troubles = tuple(_troubles(manifest.problems, documents))
    return Facts(
        folder,
        manifest,
        tuple(one for one in troubles if one.problem.held is None),
        tuple(one for one in troubles if one.problem.held is not None),
        frozenset(key_of(one) for document in documents.values() for one in document.hidden),
        documents,
    )


def key_of(problem: ProblemDocument) -> Key:
    """What stays the same of a problem, night after night."""
    return problem.node, problem.subject or "", problem.rule


def _troubles(problems: Iterable[ProblemDocument], documents: dict[str, NodeDocument]) -> Iterable[Trouble]:
    for problem in problems:
        document = documents.get(problem.node)
        subjects = document.subjects if document else ()
        subject = next((one for one in subjects if one.name == problem.subject), None)
        yield Trouble(problem, subject.hub if subject else None, _chart(subject) if subject else None)


def _chart(subject: Subject) -> Chart | None:
    """The picture that says most in a mail: a size rather than anything else, over the last month."""
    drawn = sorted((one for one in subject.metrics if one.charts), key=lambda one: one.unit != "bytes")
    return next((chart for one in drawn for chart in one.charts if chart.range == "month"), None)

"""The figures of the overview: how many of each kind there are, and how they stand. Pure.

Each subject counts in exactly one part, so that the parts of a figure add up to it. What is not known is a part of its
own, never left out and never taken for well or ill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from collector.export.documents import Count, CountPart, NodeDocument
from collector.export.readings import Subject
from collector.model import LevelWord, Outcome, worst_word

Stand = tuple[str, LevelWord]
"""A part, and how bad one thing in it is."""

LABELS = {
    "tarball": "Backups",
    "process": "Processes",
    "unit": "Units",
    "instance": "Instances",
    "clusternode": "Nodes of clusters",
    "vm": "VMs",
}
"""The kinds that are counted. Those whose state has no word of ours are told by their own."""
ORDER = (
    "reached",
    "fresh",
    "running",
    "active",
    "starting",
    "without an answer",
    "not reached",
    "late",
    "suspect",
    "failed",
    "in error",
)
LAST = ("stopped", "set aside", "inactive", "unknown", "not judged")
LATE = frozenset({"late", "behind", "none", "never seen", "not copied"})
"""Rules that say of a backup that there should be a newer one."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "process": {
        "RUNNING": "running",
        "STARTING": "starting",
        "STOPPING": "stopped",
        "STOPPED": "stopped",
        "EXITED": "stopped",
        "BACKOFF": "failed",
        "FATAL": "failed",
    },
    "unit": {"active": "active", "reloading": "active", "activating": "starting", "deactivating": "inactive"},
}
OF_CLUSTERS: Mapping[str, Mapping[str, Stand]] = {
    "vm": {
        "running": ("running", "ok"),
        "stopped": ("stopped", "unknown"),
        "set aside": ("set aside", "unknown"),
        "unknown": ("unknown", "unknown"),
    },
    "clusternode": {
        "online": ("online", "ok"),
        "drained": ("drained", "warning"),
        "offline": ("offline", "critical"),
        "silent": ("silent", "critical"),
    },
}
"""What is counted by its state alone, for more than its state may be wrong with it; all others are in error."""


def counts(documents: Sequence[NodeDocument]) -> Iterator[Count]:
    """The figures; a kind that is not watched has none."""
    yield _count("Nodes", [_reached(one) for one in documents])
    for kind, label in LABELS.items():
        stands = [
            _backup(document, subject) if kind == "tarball" else _worded(subject)
            for document in documents
            for subject in document.subjects
            if subject.kind == kind and (subject.present or kind not in OF_CLUSTERS)
        ]
        if stands:
            yield _count(label, stands)
    yield from _stored(subject for document in documents for subject in document.subjects)


def _count(label: str, stands: Sequence[Stand]) -> Count:
    levels: dict[str, list[LevelWord]] = {}
    for part, level in stands:
        levels.setdefault(part, []).append(level)
    middle = sorted(part for part in levels if part not in ORDER + LAST)
    parts = (part for part in (*ORDER, *middle, *LAST) if part in levels)
    told = tuple(CountPart(part, len(levels[part]), worst_word(levels[part])) for part in parts)
    return Count(label, len(stands), "count", "", told)


def _reached(document: NodeDocument) -> Stand:
    """Whether the last pass got through, and anything answered there: a supervisord that is asked by TCP from this
    machine may be down though the machine is not."""
    if not document.reached:
        return "not reached", document.level
    asked = [source for source in document.sources if source.asked is not None]
    if asked and all(source.outcome != Outcome.OK for source in asked):
        return "without an answer", document.level
    return "reached", "ok"


def _backup(document: NodeDocument, subject: Subject) -> Stand:
    """Fresh, late or suspect; unknown where the last answer did not tell."""
    if not subject.selected:
        return "not judged", "unknown"
    if subject.level in ("ok", "unknown"):
        return ("fresh" if subject.level == "ok" else "unknown"), subject.level
    rule = next((problem.rule for problem in document.problems if problem.subject == subject.name), "")
    return ("late" if rule in LATE else "suspect"), subject.level


def _worded(subject: Subject) -> Stand:
    """The state of something that runs or should."""
    state = next((state for state in subject.states if state.name == "state"), None)
    if state is None or state.value is None or state.standing != "known" or not subject.present:
        return "unknown", "unknown"
    if subject.kind in OF_CLUSTERS:
        error: LevelWord = "warning" if subject.level == "warning" else "critical"
        return OF_CLUSTERS[subject.kind].get(state.value, ("in error", error))
    if subject.level in ("warning", "critical"):
        return "failed", subject.level
    part = WORDS.get(subject.kind, {}).get(state.value, state.value.lower())
    return part, "unknown" if part in LAST else subject.level


def _stored(subjects: Iterable[Subject]) -> Iterator[Count]:
    """How much the newest backups are together, of those whose size the last pass read; the others are counted only."""
    backups = [subject for subject in subjects if subject.kind == "tarball" and subject.present]
    sizes = [
        metric.value
        for backup in backups
        for metric in backup.metrics
        if metric.name == "size" and metric.standing == "known" and metric.value is not None
    ]
    if backups:
        noun = "tarball" if len(sizes) == 1 else "tarballs"
        unknown = f", {len(backups) - len(sizes)} unknown" if len(sizes) < len(backups) else ""
        yield Count("Newest backups together", sum(sizes) if sizes else None, "bytes", f"{len(sizes)} {noun}{unknown}")

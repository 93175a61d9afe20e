"""What of a manifest is to alarm somebody: all that is wrong but what is acknowledged, silenced or behind. Pure."""

from __future__ import annotations

from collector.export.documents import Manifest
from collector.export.readings import ProblemDocument


def alarming(manifest: Manifest) -> list[ProblemDocument]:
    """The problems of which somebody is to be told, the gravest first."""
    return [problem for problem in manifest.problems if problem.held is None]


def held_nodes(manifest: Manifest) -> frozenset[str]:
    """The nodes that did not answer, of which nobody is to be told."""
    held = {problem.node for problem in manifest.problems if problem.subject is None and problem.held is not None}
    alarms = {problem.node for problem in alarming(manifest) if problem.subject is None}
    behind = {node.name for node in manifest.nodes.values() if node.behind is not None}
    return frozenset((held - alarms) | behind)


def is_quiet(manifest: Manifest) -> bool:
    """Whether nobody is to be told of anything: all is well, or held for every node that is not."""
    held = {problem.node for problem in manifest.problems} | held_nodes(manifest)
    return not alarming(manifest) and all(one.level == "ok" or one.name in held for one in manifest.nodes.values())

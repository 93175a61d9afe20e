"""Names are checked when Sphinx reads them: a wrong one warns, with the nearest that would be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from sphinxext.almanac.arrange import KINDS
from sphinxext.almanac.domain import export_of, unknown
from sphinxext.almanac.export import Export, nearest
from sphinxext.almanac.slots import Selector

logger = logging.getLogger(__name__)

Question = tuple[str, ...]
"""Kind and name; for subjects kind, node and name; for readings and charts kind, node, subject and name."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The check of one directive or role, at its place in the source."""

    env: BuildEnvironment
    location: Any

    def check(self, selector: Selector) -> None:
        """Warns of the first name of a selector that the export does not know, or that there is none to fill from."""
        asked = self.env.get_domain("almanac").data["asked"].setdefault(self.env.docname, {})
        export = export_of(self.env)
        if export is None:
            if self.env.config.almanac_export is None:
                self._warn('there is no export to show; set almanac_export = "path" in conf.py')
            return
        for question in questions(selector):
            known = asked[question] = answer(export, question)
            if not known:
                self._warn(_sentence(export, question))
                break

    def _warn(self, message: str) -> None:
        logger.warning("%s", message, location=self.location, type="almanac", subtype="name")


def questions(selector: Selector) -> Iterator[Question]:
    """Each name that a selector relies on."""
    kind, node = selector["slot"], selector.get("node")
    if kind in ("node", "hub", "environment", "group"):
        yield kind, selector["name"]
    for field in ("hub", "environment", "group", "node", "file"):
        if field in selector:
            yield field, selector[field]
    if kind == "status" and "kind" in selector:
        yield "kind", selector["kind"]
    subject = selector.get("name" if kind == "subject" else "subject")
    if node is not None and subject is not None:
        yield "subject", node, subject
        if "metric" in selector:
            yield kind if kind in ("state", "chart") else "metric", node, subject, selector["metric"]


def answer(export: Export, question: Question) -> bool:
    """Whether the export knows the name; what belongs to a node that has gone is known as the node is."""
    kind, name = question[0], question[1]
    if kind == "kind":
        return name in KINDS or name in export.kinds
    if len(question) == 2:
        return export.knows(kind, name)
    if export.entry("node", name) is None:
        return export.knows("node", name)
    subject = export.subject(name, question[2])
    return subject is not None and (len(question) == 3 or question[3] in _readings(subject, kind))


def _readings(subject: Any, kind: str) -> list[str]:
    if kind == "chart":
        return [metric.name for metric in subject.metrics if metric.charts]
    return [one.name for one in subject[f"{kind}s"]]


def _sentence(export: Export, question: Question) -> str:
    kind = question[0]
    if kind == "kind":
        near = nearest(question[1], [*KINDS, *sorted(export.kinds)])
        return f'there is no kind "{question[1]}"' + (f'; did you mean "{near}"?' if near else "")
    if len(question) < 4:
        return unknown(export, kind, " ".join(question[1:]))
    names = _readings(export.subject(question[1], question[2]), kind)
    near = nearest(question[3], names)
    hint = f'did you mean "{near}"?' if near else f"it has {', '.join(names) or 'none'}"
    return f'there is no {kind} "{question[3]}" of "{question[2]}" on the node "{question[1]}"; {hint}'

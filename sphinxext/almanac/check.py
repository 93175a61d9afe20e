"""Names are checked when Sphinx reads them: a wrong one warns, with the nearest that would be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from sphinxext.almanac.arrange import KINDS
from sphinxext.almanac.domain import export_of, unknown
from sphinxext.almanac.each import FOLDERS
from sphinxext.almanac.export import Export, nearest
from sphinxext.almanac.slots import Selector

logger = logging.getLogger(__name__)

WORDS = {"metric": "metric", "kind": "kind", "label": "subject"}
"""Names that are looked for on all nodes, and what each is called."""
Question = tuple[str, ...]
"""Kind and name; for subjects kind, node and name; for readings and charts kind, node, subject and name."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The check of one directive or role, at its place in the source."""

    env: BuildEnvironment
    location: Any

    def check(self, selector: Selector) -> None:
        """Warns of each name of a selector that the export does not know, or that there is none to fill from."""
        asked = self.env.get_domain("almanac").data["asked"].setdefault(self.env.docname, {})
        export = export_of(self.env)
        if export is None:
            if self.env.config.almanac_export is None:
                self._warn('there is no export to show; set almanac_export = "path" in conf.py')
            return
        wrong = set[Question]()
        for question in questions(selector):
            if wrong.isdisjoint((("node", question[1]), ("subject", *question[1:3]))):
                asked[question] = answer(export, question)
                if not asked[question]:
                    wrong.add(question)
                    self._warn(_sentence(export, question))

    def check_page(self, page: str, words: Sequence[str]) -> None:
        """Warns if a page that is named beside some words is not of this site; those of objects come and go."""
        export = export_of(self.env)
        tables = ("nodes", "hubs", "environments", "groups") if export else ()
        made = {entry.page for table in tables for entry in export.manifest[table].values()} if export else set()
        known = self.env.found_docs | made
        if page not in known and page.partition("/")[0] not in FOLDERS.values():
            near = nearest(page, [*words, *sorted(known)])
            self._warn(f'there is no page "{page}"' + (f'; did you mean "{near}"?' if near else ""))

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
    if kind in ("compare", "status"):
        for field, word in (("metric", "metric"), ("kind", "kind"), ("subject", "label")):
            if field in selector:
                yield word, selector[field]
    subject = selector.get("name" if kind == "subject" else "subject")
    if node is not None and subject is not None:
        yield "subject", node, subject
        if "metric" in selector:
            yield kind if kind in ("state", "chart") else "metric", node, subject, selector["metric"]


def answer(export: Export, question: Question) -> bool:
    """Whether the export knows the name; what belongs to a node that has gone is known as the node is."""
    kind, name = question[0], question[1]
    if kind in WORDS and len(question) == 2:
        return name in _fleet_wide(export, kind)
    if len(question) == 2:
        return export.knows(kind, name)
    if export.entry("node", name) is None:
        return export.knows("node", name)
    subject = export.subject(name, question[2])
    return subject is not None and (len(question) == 3 or question[3] in _readings(subject, kind))


def _fleet_wide(export: Export, word: str) -> list[str]:
    """The names that a word may have on any node; kinds that are ours are known also where none is watched."""
    return [*(KINDS if word == "kind" else ()), *export.vocabulary[word]]


def _readings(subject: Any, kind: str) -> list[str]:
    if kind == "chart":
        return [metric.name for metric in subject.metrics if metric.charts]
    return [one.name for one in subject[f"{kind}s"]]


def _sentence(export: Export, question: Question) -> str:
    kind = question[0]
    if kind in WORDS and len(question) == 2:
        near = nearest(question[1], _fleet_wide(export, kind))
        return f'there is no {WORDS[kind]} "{question[1]}"' + (f'; did you mean "{near}"?' if near else "")
    if len(question) < 4:
        return unknown(export, kind, " ".join(question[1:]))
    names = _readings(export.subject(question[1], question[2]), kind)
    near = nearest(question[3], names)
    hint = f'did you mean "{near}"?' if near else f"it has {', '.join(names) or 'none'}"
    return f'there is no {kind} "{question[3]}" of "{question[2]}" on the node "{question[1]}"; {hint}'

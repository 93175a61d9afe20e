"""Directives and roles: each leaves one slot, an empty node with a selector, and checks the names that it was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_id
from sphinx.util.typing import OptionSpec

from sphinxext.almanac.check import Asking
from sphinxext.almanac.domain import AlmanacDomain, export_of
from sphinxext.almanac.each import FOLDERS
from sphinxext.almanac.export import nearest
from sphinxext.almanac.kiosk import USUAL, WORDS, asked
from sphinxext.almanac.names import split, split_reading, unquoted
from sphinxext.almanac.slotnode import slot

LEVELS = ("critical", "warning", "unknown", "ok")
OVERVIEW = ("headline", "fleet", "counts", "changes", "activity")
RANGES = ("month", "year", "all")


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    return lambda text: str(directives.choice(text, words))


def _counted(text: str) -> str:
    return str(directives.positive_int(text))


class SlotDirective(SphinxDirective):
    """What the directives share: a selector from argument and options, its names checked, a slot."""

    has_content = False
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """The slot."""
        return [self.slot(self.selector())]

    def selector(self) -> dict[str, str]:
        """What the slot shows."""
        given = {key: unquoted(text) for key, text in self.options.items() if text is not None}
        return {"slot": self.name.rpartition(":")[2], **given}

    def slot(self, selector: dict[str, str]) -> slot:
        """A slot for a selector."""
        Asking(self.env, self.get_location()).check(selector)
        node = slot(selector=selector)
        self.set_source_info(node)
        return node


class Declaration(SlotDirective):
    """`.. almanac:node:: SDU` and its kin: declares the object, and leaves a slot with its page."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {"no-index-entry": directives.flag}

    def run(self) -> list[nodes.Node]:
        """An index entry, and the slot as target."""
        selector = self.selector()
        kind = selector["slot"]
        name = " ".join(filter(None, (selector.get("node"), selector["name"])))
        anchor = make_id(self.env, self.state.document, f"almanac-{kind}", name)
        made = self.slot(selector)
        made["ids"].append(anchor)
        self.state.document.note_explicit_target(made)
        domain = self.env.get_domain("almanac")
        assert isinstance(domain, AlmanacDomain)
        domain.note_object(kind, name, anchor, self.get_location())
        index = addnodes.index(entries=[])
        if "no-index-entry" not in self.options:
            index["entries"].append(("single", f"{name.replace(';', ',')} ({kind})", anchor, "", None))
        return [index, made]

    def selector(self) -> dict[str, str]:
        """`name`, for a subject the `node` too."""
        kind, text = self.name.rpartition(":")[2], self.arguments[0]
        if kind != "subject":
            return {"slot": kind, "name": unquoted(text)}
        node, subject = split(text, export_of(self.env))
        if not subject:
            raise self.error('expected a node and a subject; write .. almanac:subject:: NODE "SUBJECT"')
        return {"slot": kind, "node": node, "name": subject}


class Each(SlotDirective):
    """`.. almanac:each:: subject`: this page is the mould of a page for every subject."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The slot. No page links to the mould itself, so it belongs into no table of contents and no search."""
        kind = self.arguments[0]
        if kind not in FOLDERS:
            near = nearest(kind, list(FOLDERS))
            hint = f'did you mean "{near}"?' if near else f"write one of {', '.join(FOLDERS)}"
            raise self.error(f'there are no pages for each "{kind}"; {hint}')
        domain = self.env.get_domain("almanac")
        assert isinstance(domain, AlmanacDomain)
        domain.note_mould(kind, self.get_location())
        self.env.metadata[self.env.docname] |= {"orphan": "", "nosearch": ""}
        return [self.slot({"slot": "each", "kind": kind})]


class Overview(SlotDirective):
    """`.. almanac:overview:: headline`: a piece of the overview; all of them without an argument."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """One slot, or one for each piece."""
        pieces = self.arguments[0].split() if self.arguments else OVERVIEW
        for piece in pieces:
            if piece not in OVERVIEW:
                raise self.error(f'there is no piece "{piece}" of the overview; write one of {", ".join(OVERVIEW)}')
        return [self.slot({"slot": piece}) for piece in pieces]


class Kiosk(SlotDirective):
    """`.. almanac:kiosk::`: the screens of a wall display, a line each."""

    has_content = True

    def selector(self) -> dict[str, str]:
        """The lines, each checked."""
        text = "\n".join(self.content) if self.content else USUAL
        try:
            lines = asked(text)
        except ValueError as error:
            raise self.error(str(error)) from None
        for line in lines:
            if line.what not in WORDS:
                Asking(self.env, self.get_location()).check_page(line.what, WORDS)
        return {**super().selector(), "display": self.env.docname, "screens": "\n".join(map(str, lines))}


class Menu(SlotDirective):
    """`.. almanac:menu::`: a touch menu that steers wall displays, the page of one a line."""

    has_content = True

    def selector(self) -> dict[str, str]:
        """The pages, each checked."""
        displays = [line.strip().removeprefix("/") for line in self.content if line.strip()] or ["kiosk"]
        for display in displays:
            Asking(self.env, self.get_location()).check_page(display, ())
        return {**super().selector(), "displays": "\n".join(displays)}


class Problems(SlotDirective):
    """`.. almanac:problems::`: what is wrong now, the worst first."""

    option_spec: ClassVar[OptionSpec] = {
        "hub": directives.unchanged_required,
        "environment": directives.unchanged_required,
        "group": directives.unchanged_required,
        "node": directives.unchanged_required,
        "level": _one_of(LEVELS),
        "most": _counted,
    }


class Status(SlotDirective):
    """`.. almanac:status::`: a table of nodes with their subjects."""

    option_spec: ClassVar[OptionSpec] = {
        "hub": directives.unchanged_required,
        "environment": directives.unchanged_required,
        "group": directives.unchanged_required,
        "state": directives.unchanged_required,
        "kind": directives.unchanged_required,
    }


class Nodes(SlotDirective):
    """`.. almanac:nodes::`: a table of nodes; `.. almanac:processes::`: of what is kept running on them;
    `.. almanac:logs::`: of the days of which lines of their logs are kept."""

    option_spec: ClassVar[OptionSpec] = {
        "hub": directives.unchanged_required,
        "environment": directives.unchanged_required,
        "group": directives.unchanged_required,
    }


class Table(SlotDirective):
    """`.. almanac:hubs::`, `.. almanac:environments::`, `.. almanac:groups::`: a table of all there are;
    `.. almanac:closed::`: of what was wrong lately; `.. almanac:instances::`: of the instances of an application;
    `.. almanac:statistics::`: charts and tables over them; `.. almanac:clusters::`: of clusters of VMs and all that is
    wrong with them; `.. almanac:vms::`: of all VMs."""


class Compare(SlotDirective):
    """`.. almanac:compare:: used_ratio`: the same metric of many subjects, small, on one scale."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        "hub": directives.unchanged_required,
        "environment": directives.unchanged_required,
        "group": directives.unchanged_required,
        "kind": directives.unchanged_required,
        "subject": directives.unchanged_required,
    }

    def selector(self) -> dict[str, str]:
        """The metric, and the options."""
        return {**super().selector(), "metric": unquoted(self.arguments[0])}


class Chart(SlotDirective):
    """`.. almanac:chart:: SDU tarball:ZZ/svn/dybsvn`: the pictures of a subject."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {"metric": directives.unchanged_required, "range": _one_of(RANGES)}

    def selector(self) -> dict[str, str]:
        """Node and subject, and the options."""
        node, subject = split(self.arguments[0], export_of(self.env))
        if not subject:
            raise self.error("expected a node and a subject; write .. almanac:chart:: NODE SUBJECT")
        return {**super().selector(), "node": node, "subject": subject}


class Reading(SphinxRole):
    """`:almanac:value:` and `:almanac:state:`: a metric or a state of a subject, within a sentence."""

    default: ClassVar[str | None] = None

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A slot within the sentence."""
        kind = self.name.rpartition(":")[2]
        node, subject, metric = split_reading(self.text, export_of(self.env), self.default)
        if not subject or not metric:
            return self._refused(f'expected node, subject and {kind} but got "{self.text}"')
        selector = {"slot": kind, "node": node, "subject": subject, "metric": metric}
        Asking(self.env, self.get_location()).check(selector)
        made = slot(selector=selector)
        self.set_source_info(made)
        return [made], []

    def _refused(self, reason: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        message = self.inliner.reporter.warning(reason, line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class Value(Reading):
    """`:almanac:value:`SDU tarball:ZZ/svn/dybsvn size``"""


class State(Reading):
    """`:almanac:state:`web-2 process:web:gunicorn``, or with the name of the state behind it."""

    default = "state"


DIRECTIVES: dict[str, Any] = {
    **dict.fromkeys(("node", "hub", "environment", "group", "subject"), Declaration),
    "each": Each,
    "overview": Overview,
    "problems": Problems,
    "kiosk": Kiosk,
    "menu": Menu,
    "status": Status,
    "nodes": Nodes,
    "processes": Nodes,
    "logs": Nodes,
    "hubs": Table,
    "environments": Table,
    "groups": Table,
    "closed": Table,
    "instances": Table,
    "statistics": Table,
    "clusters": Table,
    "vms": Table,
    "compare": Compare,
    "chart": Chart,
}
ROLES: dict[str, Any] = {"value": Value(), "state": State()}

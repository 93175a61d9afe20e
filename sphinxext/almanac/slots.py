"""Slots: what a directive or a layout leaves in a page, and how it is written there as a comment.

A selector is a flat dict of texts: `{"slot": "chart", "node": "SDU", "subject": "tarball:ZZ/svn/dybsvn"}`; what was
not given is absent. It holds names that people wrote, never data.

    slot                                 fields
    node, hub, environment, group        name
    subject                              node, name
    item, problem                        name: the page that the export gives it
    each                                 kind: stands in a mould only, for one object after the other
    reference                            node, name, text: a link within a sentence
    headline, fleet, counts, changes, activity
    problems                             hub, environment, group, node, level, most
    status                               hub, environment, group, state, kind
    nodes, processes, logs               hub, environment, group
    log                                  node, name: the day; of all nodes without one
    instance                             node: what all of them are called, name: its UUID
    instances, statistics, clusters, vms
    hubs, environments, groups, closed
    chart                                node, subject, metric, range
    compare                              metric, hub, environment, group, kind, subject
    value, state                         node, subject, metric
    stockchart                           file, id
    kiosk                                display: the page it stands on; screens: lines, see `kiosk`
    menu                                 displays: the pages of displays, a line each
    any other                            left by a layout: its template has the whole export
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

Selector = Mapping[str, str]

WITHIN = ("value", "state", "reference")
"""Slots that stand within a sentence."""
MARK = "<!--almanac:"
_COMMENT = re.compile(r"<!--almanac:(\{[^<>]*\})-->")
_ESCAPES = str.maketrans({character: f"\\u{ord(character):04x}" for character in "-<>&"})

FIELDS: dict[str, tuple[str, ...]] = {
    "node": ("name",),
    "hub": ("name",),
    "environment": ("name",),
    "group": ("name",),
    "item": ("name",),
    "problem": ("name",),
    "reference": ("node", "name", "text"),
    "subject": ("node", "name"),
    "problems": ("hub", "environment", "group", "node", "level", "most"),
    "status": ("hub", "environment", "group", "state", "kind"),
    "nodes": ("hub", "environment", "group"),
    "processes": ("hub", "environment", "group"),
    "logs": ("hub", "environment", "group"),
    "log": ("node", "name"),
    "instance": ("node", "name"),
    "compare": ("metric", "hub", "environment", "group", "kind", "subject"),
    "chart": ("node", "subject", "metric", "range"),
    "value": ("node", "subject", "metric"),
    "state": ("node", "subject", "metric"),
    "stockchart": ("file", "id"),
    "kiosk": ("display", "screens"),
    "menu": ("displays",),
}


def comment(selector: Selector) -> str:
    """A selector as a comment that nothing within it can end."""
    return f"{MARK}{json.dumps(selector, sort_keys=True).translate(_ESCAPES)}-->"


def filled(frame: str, render: Callable[[Selector], str]) -> str:
    """A frame with each slot replaced by what `render` makes of its selector, in one pass: nothing is scanned twice."""
    return "".join(render(piece) if isinstance(piece, dict) else piece for piece in pieces(frame))


def pieces(frame: str) -> list[str | dict[str, str]]:
    """A frame as its texts and the selectors between them, in turn."""
    split: list[str | dict[str, str]] = list(_COMMENT.split(frame))
    split[1::2] = [json.loads(selector) for selector in split[1::2] if isinstance(selector, str)]
    return split

"""The node that a directive leaves where a page shows something of the export, and which builders keep it as a slot."""

from __future__ import annotations

from docutils import nodes
from sphinx.builders import Builder

FRAMED = ("html", "dirhtml")
"""The builders whose pages are filled; for all others slots become docutils nodes."""


class slot(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801 - nodes are named for the tag that they are
    """Where a page shows something of the export: `selector` says what."""


def framed(builder: Builder) -> bool:
    """Whether a builder's pages have slots."""
    return builder.name in FRAMED and bool(builder.config.almanac_export)

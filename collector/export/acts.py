"""The activity log as the export tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from collector.export.documents import ActivityDocument
from collector.export.subjects import exact
from collector.store.activity import Activity

SHOWN = 12
"""So many of the latest are told on the overview, and on the page of each node."""


def activity_document(one: Activity) -> ActivityDocument:
    """A row."""
    return ActivityDocument(
        exact(one.time), one.person, one.login, one.act, one.node, one.subject, one.outcome, one.text
    )


def activity_documents(rows: Iterable[Activity]) -> tuple[ActivityDocument, ...]:
    """Rows, in their order."""
    return tuple(activity_document(one) for one in rows)

"""A globbed toctree of nodes or hubs may find none: a fleet without a hub is no fault of the page that lists them."""

from __future__ import annotations

from logging import Filter, LogRecord, getLogger
from typing import Any

from sphinx.application import Sphinx

_TOCTREES = getLogger("sphinx.sphinx.directives.other")
"""Where Sphinx warns of it. With a subtype but no type, so that `suppress_warnings` can't name it (9.0.4)."""


class EmptyFleet(Filter):
    """Drops that one warning on pages that show something of the export; all others keep it."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__()
        self.app = app

    def filter(self, record: LogRecord) -> bool:
        """See Filter.filter."""
        env = self.app.env
        shown = env.get_domain("almanac").data["asked"]
        return getattr(record, "subtype", None) != "empty_glob" or env.docname not in shown


def allow_empty(app: Sphinx) -> None:
    """From here on; several builds in one process take turns. See the event builder-inited."""
    forbid_empty(app, None)
    _TOCTREES.addFilter(EmptyFleet(app))


def forbid_empty(_app: Sphinx, _exception: Any) -> None:
    """Up to here. See the event build-finished."""
    for left in [one for one in _TOCTREES.filters if isinstance(one, EmptyFleet)]:
        _TOCTREES.removeFilter(left)

"""What can go wrong with pages, in words for people."""

from __future__ import annotations

from collector.model import AlmanacError


class PagesError(AlmanacError):
    """The pages can't be built; those of the last good build stay."""

    exit_status = 4

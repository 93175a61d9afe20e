"""Waiting for an event itself, as long as a slow machine takes, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300
"""Seconds after which what was waited for will not come any more."""


def until(come: Callable[[], object]) -> None:
    """Waits until something is so; a server that can't be reached yet is no answer."""
    end = time.monotonic() + PATIENCE
    while not _answer(come):
        assert time.monotonic() < end, f"it did not come within {PATIENCE} s"
        time.sleep(0.05)


def _answer(come: Callable[[], object]) -> object:
    try:
        return come()
    except OSError:
        return False

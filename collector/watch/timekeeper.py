"""Notes each stage of a pass as it begins and ends, so that the next pass can tell where a pass broke or was killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from collector.model import AlmanacError, printable
from collector.store.store import Store

LONGEST = 300
"""Characters of why a stage broke."""


class Timekeeper:
    """The stages of the pass that `started` then (UTC seconds). The first is the whole of it and holds the others."""

    def __init__(self, store: Store, started: int) -> None:
        self.started, self.pass_id = started, store.begin_pass(started)
        self._store = store
        self._number = -1
        self._ended: list[tuple[int, float, str]] = []

    @contextmanager
    def stage(self, name: str = "") -> Iterator[None]:
        """One stage. Raises StoreError if that can't be noted, and whatever the stage does."""
        self._number += 1
        number, began = self._number, monotonic()
        self._store.begin_stage(self.pass_id, number, name)
        try:
            yield
        except BaseException as error:
            with suppress(AlmanacError):  # the stage's own error is the one to tell
                self._end(number, monotonic() - began, _reason(error))
            raise
        self._end(number, monotonic() - began)

    def note(self, name: str, reason: str) -> None:
        """Notes something that is no stage, and why it went wrong, empty if it did not; as far as it can be noted."""
        self._number += 1
        with suppress(AlmanacError):
            self._store.begin_stage(self.pass_id, self._number, name)
            self._end(self._number, 0.0, reason)

    def _end(self, number: int, took: float, reason: str = "") -> None:
        """Notes an end, and those that could not be noted before: when a stage breaks on a full disk, what it leaves
        may be taken away only later. What no later end brings along is lost."""
        self._ended.append((number, took, reason))
        while self._ended:
            self._store.end_stage(self.pass_id, *self._ended[0])
            del self._ended[0]


def _reason(error: BaseException) -> str:
    """Why a stage broke, in one line; what is no error of ours may hold anything, so that only its kind is told."""
    lines = str(error).splitlines() if isinstance(error, AlmanacError) else []
    return printable(next(iter(lines), type(error).__name__))[:LONGEST]

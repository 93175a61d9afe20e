"""Many pictures drawn into files, by processes beside this one."""

from __future__ import annotations

import os
from contextlib import suppress
from types import TracebackType

from collector import files
from collector.chart.crew import Crew
from collector.chart.job import HEIGHT, WIDTH, Job

BATCH = 8
"""So many pictures are sent at once."""


class Workshop:
    """Draws pictures of one size; use it in a `with` statement, which ends its helpers however it is left.

    Pictures that it has drawn go again if it is left by an error before they are kept: nothing names them.

    drawn: how many pictures were finished.
    """

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, cores: int | None = None) -> None:
        self._size = width, height
        self._cores = len(os.sched_getaffinity(0)) if cores is None else cores
        self._waiting: list[Job] = []
        self._ordered: list[str] = []
        self._made: list[str] = []
        self._crew: Crew | None = None

    @property
    def drawn(self) -> int:
        """Each is two files."""
        return len(self._made) // 2

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._crew is not None:
            self._crew.dismiss()
            self._crew = None
        files.forsake(self._ordered)
        if kind is not None:
            for file in (*self._made, *self._ordered):
                with suppress(OSError):
                    os.unlink(file)  # noqa: PTH108
        self._ordered, self._made = [], []

    def open(self) -> Crew:
        """Starts who draws, if that is not done: before anything is ordered, he then is ready when it is."""
        if self._crew is None:
            self._crew = Crew(*self._size, self._cores)
        return self._crew

    def prepare(self) -> None:
        """As `open`, but what keeps it from that is told only when there is something to draw."""
        with suppress(OSError):
            self.open()

    def order(self, job: Job) -> None:
        """Has a picture drawn; its files are in their places after `finish`."""
        self._waiting.append(job)
        self._ordered += (job.light, job.dark)
        if len(self._waiting) >= BATCH:
            self.hasten()

    def hasten(self) -> None:
        """Has what was ordered drawn at once."""
        if self._waiting:
            self.open().send(self._waiting)
            self._waiting.clear()

    def finish(self) -> None:
        """Waits for all that was ordered. Raises DrawingError, OSError."""
        self.hasten()
        if self._ordered:
            self.open().wait()
            self._made += self._ordered
            self._ordered.clear()

"""Many pictures drawn into files, by processes beside this one: one while few are waiting, more for many.

A helper is a Python of its own (`collector.chart.helper`), started anew, not forked: it shares no database, no lock
and no thread with this process, which does without all that draws. It reads jobs from its standard input and ends with
it, so none outlives a pass.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from types import TracebackType
from typing import IO

from collector import files
from collector.chart import digest
from collector.chart.job import Job, send
from collector.chart.picture import Picture
from collector.model import AlmanacError, printable

ENOUGH = 400
"""So many pictures take about twice as long to draw as one more helper takes to start."""
BATCH = 8
"""So many pictures are sent at once."""
_AHEAD = 2
"""So many batches are with a helper: while it draws one, the next is on its way."""
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(16 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}
"""Has glibc keep the memory of a picture for the next one, instead of giving back and asking for each sheet."""


class DrawingError(AlmanacError):
    """A process that draws charts ended by itself; the export before stays."""

    exit_status = 4


class Workshop:
    """Draws pictures of one size; use it in a `with` statement, which ends its helpers however it is left.

    Pictures that it has drawn go again if it is left by an error: nothing names them.

    drawn: how many pictures were finished.
    """

    def __init__(self, width: int, height: int, cores: int | None = None) -> None:
        self._size = width, height
        self._cores = len(os.sched_getaffinity(0)) if cores is None else cores
        self._waiting: list[Job] = []
        self._ordered: list[Path] = []
        self._helpers: list[_Helper] = []
        self._idle: SimpleQueue[_Helper] = SimpleQueue()
        self._threads = ThreadPoolExecutor(_AHEAD * max(self._cores, 1))
        self._sent: list[Future[None]] = []
        self._done: list[None] = []  # grows by one for each batch; to ask all that were sent would cost a lock each
        self._synced: list[Future[None]] = []
        self._made: list[Path] = []

    @property
    def drawn(self) -> int:
        """Each is two files."""
        return len(self._made) // 2

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for helper in self._helpers:
            helper.kill()
        self._threads.shutdown(cancel_futures=True)
        for helper in self._helpers:
            helper.close()
        files.forsake(self._ordered)
        if kind is not None:
            for file in self._made:
                with suppress(OSError):
                    file.unlink()

    def digest(self, picture: Picture) -> str:
        """What a picture of this size is called by."""
        return digest.digest(picture, *self._size)

    def order(self, job: Job) -> None:
        """Has a picture drawn; its files are in their places after `finish`. A core is left to this process."""
        self._waiting.append(job)
        self._ordered += (job.light, job.dark)
        if len(self._waiting) >= BATCH:
            self._send()
            self._hire(self._cores - 1)

    def hasten(self) -> None:
        """Says that nothing more is ordered before `finish`: what is drawn goes to disk meanwhile."""
        if self._waiting:
            self._send()
        self._hire(self._cores - 1)
        self._synced += [self._threads.submit(helper.sync) for helper in self._helpers]

    def finish(self) -> None:
        """Waits for all that was ordered. Raises DrawingError, OSError."""
        self.hasten()
        self._hire(self._cores)
        for sent in (*self._sent, *self._synced):
            sent.result()
        for helper in self._helpers:
            helper.sync()
        files.place(self._ordered)
        self._made += self._ordered
        for done in (self._sent, self._done, self._synced, self._ordered):
            done.clear()

    def _send(self) -> None:
        self._sent.append(self._threads.submit(self._by_helper, tuple(self._waiting)))
        self._waiting.clear()

    def _hire(self, most: int) -> None:
        """Starts a helper, if there is work for one more and there may be so many."""
        behind = BATCH * (len(self._sent) - len(self._done))
        if behind and (not self._helpers or (len(self._helpers) < most and behind >= ENOUGH * len(self._helpers))):
            self._helpers.append(_Helper(self._size))
            for _ in range(_AHEAD):
                self._idle.put(self._helpers[-1])

    def _by_helper(self, jobs: Sequence[Job]) -> None:
        helper = self._idle.get()
        try:
            helper.draw(jobs)
        finally:
            self._done.append(None)
            self._idle.put(helper)


class _Helper:
    """One process more, which draws what it is sent."""

    def __init__(self, size: tuple[int, int]) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "collector.chart.helper"]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, **_MEMORY})
        self._size = size
        self._sending, self._waiting = Lock(), Lock()
        self._last_words: str | None = None

    def draw(self, jobs: Sequence[Job]) -> None:
        """Sends jobs and waits until as many are drawn; of those who wait, none cares whose they were. Raises what
        stopped the helper from writing, or DrawingError."""
        try:
            with self._sending:
                send(_end(self._process.stdin), (self._size, jobs))
            with self._waiting:
                fault: OSError | None = pickle.load(_end(self._process.stdout))  # noqa: S301 - our own process
        except (EOFError, BrokenPipeError) as error:
            with self._waiting:
                raise DrawingError(self._epitaph()) from error
        if fault is not None:
            raise fault

    def sync(self) -> None:
        """Waits until all that it has drawn is on disk. Raises as `draw` does."""
        self.draw(())

    def kill(self) -> None:
        """Ends the process, whatever it is doing; who waits for an answer gets none."""
        self._process.kill()

    def close(self) -> None:
        """Gives the pipes back; nobody may be waiting any more."""
        with suppress(BrokenPipeError), self._process:
            pass

    def _epitaph(self) -> str:
        if self._last_words is None:
            self._last_words = printable(_end(self._process.stderr).read().strip().rpartition(b"\n")[2])
        status, last = self._process.wait(), self._last_words
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with exit status {status}"
        return (
            f"a process that draws charts {how}{f' ({last})' if last else ''}; the export before stays; see whether"
            " memory ran out, then run: almanac export"
        )


def _end(pipe: IO[bytes] | None) -> IO[bytes]:
    """An end of a pipe that was asked for."""
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe

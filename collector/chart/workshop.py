"""Many pictures drawn into files: by this process while they are few, by one more process for each ENOUGH of them.

A helper is a Python of its own (`collector.chart.helper`), started anew, not forked: it shares no database, no lock
and no thread with this process. It reads jobs from its standard input and ends with it, so none outlives a pass.
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
from types import TracebackType
from typing import IO, NamedTuple

from collector import files
from collector.chart.painter import Painter
from collector.chart.picture import Picture
from collector.model import AlmanacError, printable

ENOUGH = 64
"""So many pictures take about as long to draw as a helper takes to start."""
BATCH = 8
"""So many pictures are sent at once: few enough that all helpers end at about the same time."""


class DrawingError(AlmanacError):
    """A process that draws charts ended by itself; the export before stays."""

    exit_status = 4


class Job(NamedTuple):
    """A picture, and the files that its light and dark drawing go to."""

    picture: Picture
    light: Path
    dark: Path


def draw(painter: Painter, jobs: Sequence[Job]) -> None:
    """Draws each picture into files aside; `files.settle` puts them in their places. Raises OSError."""
    for picture, light, dark in jobs:
        drawn = painter.draw(picture)
        files.aside(light, drawn.light)
        files.aside(dark, drawn.dark)


class Workshop:
    """Draws pictures of one size; use it in a `with` statement, which ends its helpers however it is left.

    Pictures that it has drawn go again if it is left by an error: nothing names them.

    drawn: how many pictures were finished.
    """

    def __init__(self, width: int, height: int, cores: int | None = None) -> None:
        self._painter = Painter(width, height)
        self._cores = len(os.sched_getaffinity(0)) if cores is None else cores
        self._waiting: list[Job] = []
        self._ordered: list[Path] = []
        self._helpers: list[_Helper] = []
        self._idle: SimpleQueue[_Helper] = SimpleQueue()
        self._threads = ThreadPoolExecutor(max(self._cores, 1))
        self._sent: list[Future[None]] = []
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
        """See Painter.digest."""
        return self._painter.digest(picture)

    def order(self, job: Job) -> None:
        """Has a picture drawn; its files are in their places after `finish`."""
        self._waiting.append(job)
        self._ordered += (job.light, job.dark)
        if len(self._waiting) >= ENOUGH and self._cores > 1:
            if len(self._helpers) < self._cores:
                self._helpers.append(_Helper(self._painter))
                self._idle.put(self._helpers[-1])
            self._send()

    def finish(self) -> None:
        """Waits for all that was ordered. Raises DrawingError, OSError."""
        if self._helpers:
            self._send()
        draw(self._painter, self._waiting)
        for sent in self._sent:
            sent.result()
        files.settle(self._ordered)
        self._made += self._ordered
        for done in (self._waiting, self._sent, self._ordered):
            done.clear()

    def _send(self) -> None:
        for start in range(0, len(self._waiting), BATCH):
            self._sent.append(self._threads.submit(self._by_helper, self._waiting[start : start + BATCH]))
        self._waiting.clear()

    def _by_helper(self, jobs: Sequence[Job]) -> None:
        helper = self._idle.get()
        try:
            helper.draw(jobs)
        finally:
            self._idle.put(helper)


class _Helper:
    """One process more, which draws what it is sent."""

    def __init__(self, painter: Painter) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "collector.chart.helper"]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
        self._size = painter.width, painter.height

    def draw(self, jobs: Sequence[Job]) -> None:
        """Sends jobs and waits until they are drawn. Raises what stopped the helper from writing, or DrawingError."""
        try:
            send(self._process.stdin, (self._size, jobs))
            fault: OSError | None = pickle.load(self._answers)  # noqa: S301 - our own process
        except (EOFError, BrokenPipeError) as error:
            raise DrawingError(self._epitaph()) from error
        if fault is not None:
            raise fault

    def kill(self) -> None:
        """Ends the process, whatever it is doing; who waits for an answer gets none."""
        self._process.kill()

    def close(self) -> None:
        """Gives the pipes back; nobody may be waiting any more."""
        with suppress(BrokenPipeError), self._process:
            pass

    @property
    def _answers(self) -> IO[bytes]:
        return open_end(self._process.stdout)

    def _epitaph(self) -> str:
        status, said = self._process.wait(), open_end(self._process.stderr).read()
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with exit status {status}"
        last = printable(said.strip().rpartition(b"\n")[2])
        return (
            f"a process that draws charts {how}{f' ({last})' if last else ''}; the export before stays; see whether"
            " memory ran out, then run: almanac export"
        )


def open_end(pipe: IO[bytes] | None) -> IO[bytes]:
    """An end of a pipe that was asked for."""
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe


def send(pipe: IO[bytes] | None, value: object) -> None:
    """Sends a value to the process at the other end, at once."""
    end = open_end(pipe)
    pickle.dump(value, end, protocol=pickle.HIGHEST_PROTOCOL)
    end.flush()

"""The processes that draw, as who has pictures drawn sees them.

They are a Python of their own (`collector.chart.helper`), started anew: they share no database, no lock and no thread
with this process, which does without all that draws. They end with it: when it has gone they find that no token can
come any more, and those that are drawing then are killed by the kernel.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from collector.chart.job import TOKEN, Answer, Job
from collector.model import AlmanacError, printable

_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(16 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}
"""Has glibc keep the memory of a picture for the next one, instead of giving back and asking for each sheet."""
_ALONE = {"OPENBLAS_NUM_THREADS": "1"}
"""A process that forks has no threads."""


_ROOM = 64 << 20
"""Bytes of lots that are kept until they are drawn."""


class DrawingError(AlmanacError):
    """A process that draws charts ended by itself; the export before stays."""

    exit_status = 4


class Crew:
    """So many processes that draw pictures of one size; they begin to load what they need at once.

    Lots are taken by whoever is free. Who sends waits only while very many are under way.
    """

    def __init__(self, width: int, height: int, count: int) -> None:
        self._jobs, self._end = os.memfd_create("almanac-pictures"), 0
        self._tokens, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = _started((width, height, count), self._jobs, theirs.fileno())
        except BaseException:
            os.close(self._jobs)
            self._tokens.close()
            raise
        finally:
            theirs.close()
        self._under_way, self._is_used, self._is_lost = 0, False, False
        self._fault: OSError | None = None

    @property
    def pid(self) -> int:
        """Of the process that started the others, which end with it."""
        return self._process.pid

    def send(self, jobs: Sequence[Job]) -> None:
        """Has a lot drawn. What comes between is told by `wait`."""
        lot = pickle.dumps(jobs, protocol=pickle.HIGHEST_PROTOCOL)
        if self._end + len(lot) > _ROOM:
            self._gather()
        os.pwrite(self._jobs, lot, self._end)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._tokens.send(TOKEN.pack(self._end, len(lot)))
        self._end += len(lot)
        self._under_way, self._is_used = self._under_way + 1, True

    def wait(self) -> None:
        """Waits until all that was sent is on disk and in its place. Raises what kept it from that, or DrawingError."""
        self._gather()
        if self._is_lost:
            raise DrawingError(self._epitaph())
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    def _gather(self) -> None:
        """Takes the answers to all lots, of which none has to be kept then."""
        while self._under_way and not self._is_lost:
            try:
                answer: Answer = pickle.load(_end(self._process.stdout))  # noqa: S301 - our own process
            except EOFError:
                self._is_lost = True
            else:
                self._under_way -= answer.lots
                self._fault = self._fault or answer.fault
        os.ftruncate(self._jobs, 0)
        self._end = 0

    def dismiss(self) -> None:
        """Ends the processes, whatever they are doing, and waits until none of them writes any more."""
        self._tokens.close()  # of which those that have nothing to do end
        if self._under_way or not self._is_used:
            self._process.kill()
        while _end(self._process.stdout).read(1 << 16):
            pass
        with self._process:
            os.close(self._jobs)

    def _epitaph(self) -> str:
        last = printable(_end(self._process.stderr).read().strip().rpartition(b"\n")[2])
        status = self._process.wait()
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with exit status {status}"
        return (
            f"a process that draws charts {how}{f' ({last})' if last else ''}; the export before stays; see whether"
            " memory ran out, then run: almanac export"
        )


def _started(numbers: Sequence[int], jobs: int, tokens: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "collector.chart.helper", *map(str, (*numbers, jobs, tokens))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(jobs, tokens),
        env={**os.environ, **_MEMORY, **_ALONE},
    )


def _end(pipe: IO[bytes] | None) -> IO[bytes]:
    """An end of a pipe that was asked for."""
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe

"""Processes that draw: one that loads all that it takes, then as many forks of it as are asked for.

usage: python -m collector.chart.helper WIDTH HEIGHT COUNT JOBS TOKENS

JOBS and TOKENS are open files, see `job`; answers go to standard output. Only `collector.chart.crew` starts it. All end
with who writes the tokens, and where one of the forks breaks, as that one did. Ctrl-C is left to who started them.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from collector import files
from collector.chart.job import TOKEN, Answer, Job

if TYPE_CHECKING:
    from collector.chart.painter import Painter

LOT = 160
"""So many files are brought to disk together."""
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_GENTLY = 5
"""Who ordered the pictures, and has more to do, goes first."""


class Helper:
    """Draws what tokens tell of, and answers once that is on disk, which is waited for while more is drawn."""

    def __init__(self, painter: Painter, jobs: int, tokens: socket.socket) -> None:
        self._painter, self._jobs, self._tokens = painter, jobs, tokens
        self._drawn: list[Path] = []
        self._answer = Answer(0)
        self._disk = ThreadPoolExecutor(1)

    def work(self) -> None:
        """Until there are no more tokens."""
        with self._disk:
            while token := self._next():
                size, place = TOKEN.unpack(token)[::-1]
                try:
                    self._draw(pickle.loads(os.pread(self._jobs, size, place)))  # noqa: S301 - from who started us
                except OSError as error:
                    self._answer = self._answer._replace(fault=error)
                self._answer = self._answer._replace(lots=self._answer.lots + 1)
                if len(self._drawn) >= LOT:
                    self._settle()

    def _next(self) -> bytes:
        """The next token. If there is none yet, what is drawn does not wait for more."""
        if self._answer.lots:
            try:
                return self._tokens.recv(TOKEN.size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._settle()
        return self._tokens.recv(TOKEN.size)

    def _draw(self, jobs: list[Job]) -> None:
        for picture, light, dark in jobs:
            both = self._painter.draw(picture)
            files.aside(light, both.light)
            files.aside(dark, both.dark)
            self._drawn += (light, dark)

    def _settle(self) -> None:
        self._disk.submit(_settled, self._drawn, self._answer)
        self._drawn, self._answer = [], Answer(0)


def _settled(drawn: list[Path], answer: Answer) -> None:
    try:
        files.settle(drawn)
    except OSError as error:
        answer = answer._replace(fault=error)
    os.write(sys.stdout.fileno(), pickle.dumps(answer))


def main() -> None:
    """Forks, and waits. Each has a painter of its own: FreeType goes on reading the file of its font."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    width, height, count, jobs, tokens = map(int, sys.argv[1:])
    os.nice(_GENTLY)
    gc.disable()
    from collector.chart.painter import Painter  # noqa: PLC0415  nothing that this loads is looked through for garbage

    gc.freeze()
    gc.enable()
    for _ in range(count):
        if not os.fork():
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            Helper(Painter(width, height), jobs, socket.socket(fileno=tokens)).work()
            os._exit(0)
    for _ in range(count):
        _, status = os.wait()
        if code := os.waitstatus_to_exitcode(status):
            _end_as(code)
    os._exit(0)


def _end_as(code: int) -> None:
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()

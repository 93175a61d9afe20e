"""Processes that draw: one that loads all that it takes, then as many forks of it as are asked for.

usage: python -m collector.chart.helper WIDTH HEIGHT COUNT JOBS TOKENS

JOBS and TOKENS are open files, see `job`; answers go to standard output. Only `collector.chart.crew` starts it. All end
with who writes the tokens, and where one of the forks breaks, as that one did. Ctrl-C is left to who started them.

The forks draw, and the first process puts what they have drawn in its place: threads that wait for the disk beside one
that draws would wake up again and again only to find that they cannot go on.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from collector import files
from collector.chart.job import TOKEN, Answer, Job
from collector.spread import fork

if TYPE_CHECKING:
    from collector.chart.painter import Painter

LOT = 160
"""So many files are brought to disk together."""
_GENTLY = 5
"""Who ordered the pictures, and has more to do, goes first."""


class Helper:
    """Draws what tokens tell of, and hands over what is to be brought to disk, with the answer to give then."""

    def __init__(self, painter: Painter, jobs: int, tokens: socket.socket, drawn: IO[bytes]) -> None:
        self._painter, self._jobs, self._tokens, self._out = painter, jobs, tokens, drawn
        self._drawn: list[str] = []
        self._answer = Answer(0)

    def work(self) -> None:
        """Until there are no more tokens."""
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
        pickle.dump((self._drawn, self._answer), self._out)
        self._out.flush()
        self._drawn, self._answer = [], Answer(0)


def settle(drawn: IO[bytes]) -> None:
    """Brings what a fork has drawn to disk, and answers, until there comes no more."""
    with drawn, suppress(EOFError):
        while True:
            paths, answer = pickle.load(drawn)  # noqa: S301 - from a fork of ours
            try:
                files.settle(paths)
            except OSError as error:
                answer = answer._replace(fault=error)
            except Exception as error:  # who waits for this answer would wait for ever
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                _end_as(1)
            try:
                os.write(sys.stdout.fileno(), pickle.dumps(answer))
            except OSError:  # who ordered them has gone; who draws would wait for ever to tell of the next ones
                _end_as(1)


def main() -> None:
    """Forks, brings what they draw to disk, and waits for them. Each draws with its copy of one painter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    width, height, count, jobs, tokens = map(int, sys.argv[1:])
    os.nice(_GENTLY)
    gc.disable()
    from collector.chart.painter import Painter  # noqa: PLC0415  nothing that this loads is looked through for garbage

    painter = Painter(width, height)
    gc.freeze()
    gc.enable()
    drawn = [_fork(painter, jobs, tokens) for _ in range(count)]
    with ThreadPoolExecutor(count) as threads:
        settled = threads.map(settle, drawn)
        for _ in range(count):
            _, status = os.wait()
            if code := os.waitstatus_to_exitcode(status):
                _end_as(code)
        list(settled)
    os._exit(0)


def _fork(painter: Painter, jobs: int, tokens: int) -> IO[bytes]:
    """A process that draws; what it has drawn comes through a pipe."""
    out, drawn = os.pipe()
    if not fork():
        Helper(painter, jobs, socket.socket(fileno=tokens), os.fdopen(drawn, "wb")).work()
        os._exit(0)
    os.close(drawn)
    return os.fdopen(out, "rb")


def _end_as(code: int) -> None:
    """At once, with all threads."""
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main()

"""Work that is spread over the processors: forks of this process do shares of it."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import os
import pickle
import signal
import struct
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import IO, Any, NoReturn, TypeVar

from collector.model import AlmanacError

T = TypeVar("T")
R = TypeVar("R")

LOT = 4
"""So many things are taken at once, one after the other: often they need the same."""
_WORTH = 6
"""So many lots are worth a process: to fork one takes about as long as one of them."""
_NUMBER = struct.Struct("I")
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_BREAKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SpreadError(AlmanacError):
    """A process that did a share of the work was ended by somebody else."""

    exit_status = 4


def spread(work: Callable[[T], R], things: Sequence[T], cores: int | None = None) -> list[R]:
    """As `map`, by a process on each processor that takes the next things whenever it is done with some. What `work`
    returns or raises has to be fit for a pickle; what else it does in memory is seen here only of things done here. For
    the main thread only, which is the one that signals break off.

    Raises what `work` does, or SpreadError; then no process works on.
    """
    lots = [range(first, min(first + LOT, len(things))) for first in range(0, len(things), LOT)]
    count = min(len(os.sched_getaffinity(0)) if cores is None else cores, len(lots) // _WORTH)
    if count <= 1:
        return list(map(work, things))
    with ExitStack() as stack:
        turns = stack.enter_context(_turns(len(lots)))

        def share() -> dict[int, R]:
            try:
                return {place: work(things[place]) for lot in _taken(turns) for place in lots[lot]}
            except BaseException:
                os.lseek(turns, 0, os.SEEK_END)  # nobody begins anything more
                raise

        helpers = []
        with suppress(OSError):  # without room for another process it is done by those that there are
            for _ in range(count - 1):
                helpers.append(stack.enter_context(_helped(share)))
        found = share()
        for answer in helpers:
            found |= answer()
    return [found[place] for place in range(len(things))]


@contextmanager
def _turns(count: int) -> Iterator[int]:
    """An open file of numbers from 0 on. Forks share the place in it, so that each number is read once."""
    turns = os.memfd_create("almanac-turns")
    try:
        os.write(turns, b"".join(map(_NUMBER.pack, range(count))))
        os.lseek(turns, 0, os.SEEK_SET)
        yield turns
    finally:
        os.close(turns)


def _taken(turns: int) -> Iterator[int]:
    """The numbers, one by one. Locked, for Linux lets two read at one place in a file that never had a name."""
    while True:
        fcntl.lockf(turns, fcntl.LOCK_EX)
        try:
            number = os.read(turns, _NUMBER.size)
        finally:
            fcntl.lockf(turns, fcntl.LOCK_UN)
        if not number:
            return
        yield _NUMBER.unpack(number)[0]


@contextmanager
def _helped(share: Callable[[], R]) -> Iterator[Callable[[], R]]:
    """A fork that does a share; gives what waits for that. It ends with the block, whatever it is doing."""
    helper = 0
    here, there = os.pipe()
    with os.fdopen(here, "rb") as answer:
        try:
            with _unbroken():
                try:
                    helper = fork()
                    if not helper:
                        _help(share, there)
                finally:
                    os.close(there)
            yield lambda: _answered(answer, helper)
        finally:
            # Who started us may have children forgotten as they end.
            with suppress(ProcessLookupError, ChildProcessError):
                if helper:
                    os.kill(helper, signal.SIGKILL)
                    os.waitpid(helper, 0)


@contextmanager
def _unbroken() -> Iterator[None]:
    """What would break off the block does so at its end. To block signals would not do: another thread takes them, and
    this one is broken off all the same."""
    came: list[int] = []
    put_off = True
    heard = {one: handler for one in _BREAKING if callable(handler := signal.getsignal(one))}

    def hear(number: int, frame: FrameType | None) -> None:
        if put_off:
            came.append(number)
        else:  # one that breaks off the putting back of handlers leaves this in the place of some
            heard[signal.Signals(number)](number, frame)

    try:
        for one in heard:
            signal.signal(one, hear)
        yield
    finally:
        put_off = False
        for one, handler in heard.items():
            signal.signal(one, handler)
        for number in came:
            signal.raise_signal(number)


def fork() -> int:
    """As os.fork. What is forked ends with the thread that forked it, and where a signal ends it at once: what its
    parent would undo then is not its own. Ctrl-C it leaves to the parent. Where a handler raises in the parent, its
    number is lost, see `_unbroken`."""
    parent, before = os.getpid(), signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _BREAKING)  # what is forked hears none as its parent does
        if not (forked := os.fork()):
            try:
                _stand_alone(parent)
            except BaseException:  # it must never go on as its parent does
                os._exit(1)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return forked


def _stand_alone(parent: int) -> None:
    for one in _BREAKING:
        if callable(signal.getsignal(one)):
            signal.signal(one, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it had ended before
        os._exit(1)


def _help(share: Callable[[], object], there: int) -> NoReturn:
    """Does a share in a fork, and nothing else of what its parent has begun."""
    status = 1
    try:
        gc.freeze()  # what is not looked through for garbage stays one in memory with the parent's
        with os.fdopen(there, "wb") as out:
            out.write(_outcome(share))
        status = 0
    finally:
        os._exit(status)


def _outcome(share: Callable[[], object]) -> bytes:
    """A pickle of what came of a share, of the error, and of where that was raised; one that can't be sent in words."""
    try:
        return pickle.dumps((share(), None, ""), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        told: BaseException = error
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
        except Exception:
            told = RuntimeError(f"{type(error).__name__}: {error}")
        return pickle.dumps((None, told, traceback.format_exc()))


def _answered(answer: IO[bytes], helper: int) -> Any:
    try:
        found, error, where = pickle.load(answer)  # noqa: S301 - from a fork of ours
    except (EOFError, pickle.UnpicklingError):  # it ended before, or within
        raise SpreadError(_epitaph(helper)) from None
    if error is not None:
        raise error from RuntimeError(where)
    return found


def _epitaph(helper: int) -> str:
    by = ""
    with suppress(ChildProcessError):
        ended = os.waitid(os.P_PID, helper, os.WEXITED | os.WNOWAIT)
        by = f" by {signal.Signals(ended.si_status).name}" if ended and ended.si_code != os.CLD_EXITED else ""
    return f"a process that did a share of the work was ended{by}; see whether memory ran out, and run this again"

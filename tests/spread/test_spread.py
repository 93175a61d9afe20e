"""Work spread over processes: done as by `map`, its errors told as if it had been done here, and no process left."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from collector.cli._breaking import ended_like_ctrl_c
from collector.spread import SpreadError, _answered, fork, spread
from tests.servers.waiting import PATIENCE, until

THINGS = range(100)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def helpers(folder: Path) -> list[int]:
    """The processes beside this one that have begun to work and said so by a file."""
    return [int(file.name) for file in folder.iterdir()]


def endless(folder: Path, count: int, me: int) -> Callable[[int], int]:
    """Work that goes on, and ends here, once so many helpers work too, of which none ever ends by itself."""

    def work(thing: int) -> int:
        if os.getpid() != me:
            (folder / f"{os.getpid()}").touch()
            threading.Event().wait()
        until(lambda: len(helpers(folder)) == count)
        raise KeyError(thing)

    return work


@contextmanager
def another_thread() -> Iterator[None]:
    """One that waits beside this one, and that signals can come to."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def signals_told() -> Iterator[socket.socket]:
    """A byte comes through it for each signal, once that has come to whichever thread it came to."""
    came, told = socket.socketpair()
    with came, told:
        told.setblocking(False)
        came.settimeout(PATIENCE)
        before = signal.set_wakeup_fd(told.fileno())
        try:
            yield came
        finally:
            signal.set_wakeup_fd(before)


def test_what_several_processes_do_comes_in_the_order_of_the_things(tmp_path: Path) -> None:
    def work(thing: int) -> tuple[int, int]:
        (tmp_path / f"{os.getpid()}").touch()
        until(lambda: len(helpers(tmp_path)) == 3)  # nobody does it all before the others have begun
        return thing, os.getpid()

    found = spread(work, THINGS, cores=3)
    assert [thing for thing, _ in found] == list(THINGS)
    assert {pid for _, pid in found} == set(helpers(tmp_path))
    assert os.getpid() in helpers(tmp_path)


@pytest.mark.parametrize(("things", "cores"), [(THINGS, 1), (range(10), 8), (range(0), 8)])
def test_what_is_not_worth_a_process_is_done_here(things: range, cores: int) -> None:
    assert spread(lambda thing: (thing, os.getpid()), things, cores) == [(thing, os.getpid()) for thing in things]


def test_all_is_done_where_there_is_no_room_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    open_files = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", refused)
    assert spread(abs, THINGS, cores=3) == list(THINGS)
    assert len(list(Path("/proc/self/fd").iterdir())) == open_files


def test_an_error_in_another_process_is_raised_here_as_it_was_and_tells_where(tmp_path: Path) -> None:
    me = os.getpid()

    def work(thing: int) -> None:
        if os.getpid() != me:
            (tmp_path / "failed").touch()
            raise PermissionError(13, "Permission denied", "/srv/page.html")
        until((tmp_path / "failed").exists)

    with pytest.raises(PermissionError) as raised:
        spread(work, THINGS, cores=2)
    assert (raised.value.errno, raised.value.filename) == (13, "/srv/page.html")
    assert "in work" in str(raised.value.__cause__)


def test_an_error_that_no_pickle_takes_is_told_in_its_words(tmp_path: Path) -> None:
    me = os.getpid()

    class OddError(Exception):
        def __init__(self, *, word: str) -> None:
            super().__init__(f"it is {word}")

    def work(thing: int) -> None:
        if os.getpid() != me:
            (tmp_path / "failed").touch()
            raise OddError(word="odd")
        until((tmp_path / "failed").exists)

    with pytest.raises(RuntimeError, match=r"^OddError: it is odd$"):
        spread(work, THINGS, cores=2)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_killed_ends_there_and_is_told(tmp_path: Path, by: signal.Signals) -> None:
    me = os.getpid()

    def work(thing: int) -> None:
        if os.getpid() != me:
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), by)
        until((tmp_path / "killed").exists)

    with ended_like_ctrl_c(), pytest.raises(SpreadError, match=f"was ended by {by.name}; see whether memory ran out"):
        spread(work, THINGS, cores=2)


def test_no_process_works_on_after_an_error_here(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        spread(endless(tmp_path, 2, os.getpid()), THINGS, cores=3)
    assert [is_there(pid) for pid in helpers(tmp_path)] == [False, False]


def test_no_process_outlives_the_one_that_spread_the_work(tmp_path: Path) -> None:
    program = (
        "import sys, threading; from pathlib import Path; import os; from collector.spread import spread\n"
        "def work(_): Path(sys.argv[1], str(os.getpid())).touch(); threading.Event().wait()\n"
        "spread(work, range(100), cores=3)"
    )
    with subprocess.Popen([sys.executable, "-c", program, tmp_path]) as process:
        until(lambda: len(helpers(tmp_path)) == 3)
        process.kill()
    until(lambda: not any(map(is_there, helpers(tmp_path))))


def test_ctrl_c_is_left_to_who_spread_the_work(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, threading; from pathlib import Path; from collector.spread import spread\n"
        "me = os.getpid()\n"
        "def work(_):\n"
        "    Path(sys.argv[1], str(os.getpid())).touch()\n"
        "    threading.Event().wait()\n"
        "try: spread(work, range(100), cores=3)\n"
        "except KeyboardInterrupt: print('broken off', os.getpid() == me, flush=True)"
    )
    command = [sys.executable, "-c", program, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        until(lambda: len(helpers(tmp_path)) == 3)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate()
    assert said == b"broken off True\n"
    assert not any(map(is_there, helpers(tmp_path)))


def test_a_fork_ends_with_who_forked_it(tmp_path: Path) -> None:
    child = fork()
    if not child:
        if grandchild := fork():
            (tmp_path / f"{grandchild}").touch()
            os._exit(0)
        threading.Event().wait()
    os.waitpid(child, 0)
    until(lambda: not any(map(is_there, helpers(tmp_path))))


def test_each_thing_is_done_once(tmp_path: Path) -> None:
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    spread(lambda thing: os.write(log, thing.to_bytes(4, "big")), range(40_000), cores=4)
    os.close(log)
    told = (tmp_path / "log").read_bytes()
    assert sorted(told[at : at + 4] for at in range(0, len(told), 4)) == [n.to_bytes(4, "big") for n in range(40_000)]


def test_half_an_answer_is_none() -> None:
    child = fork()
    if not child:
        threading.Event().wait()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(SpreadError, match="was ended by SIGKILL"):
        _answered(BytesIO(pickle.dumps(({}, None, "x" * 1000))[:500]), child)
    os.waitpid(child, 0)


BREAKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def broken_off_by_each() -> Iterator[None]:
    """Whatever the tests' own shell has them ignore."""
    before = [signal.signal(one, signal.default_int_handler) for one in BREAKING]
    try:
        yield
    finally:
        for one, handler in zip(BREAKING, before, strict=True):
            signal.signal(one, handler)


@pytest.mark.parametrize("by", BREAKING)
def test_a_signal_while_it_is_forked_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: signal.Signals
) -> None:
    forked, real = list[int](), os.fork

    def interrupted() -> int:
        if pid := real():
            forked.append(pid)
            os.kill(os.getpid(), by)
            came.recv(1)
        return pid

    monkeypatch.setattr(os, "fork", interrupted)
    with broken_off_by_each():
        before = [signal.getsignal(one) for one in BREAKING]
        with signals_told() as came, another_thread(), pytest.raises(KeyboardInterrupt):
            spread(endless(tmp_path, 1, os.getpid()), THINGS, cores=2)
        assert [signal.getsignal(one) for one in BREAKING] == before
    assert [is_there(pid) for pid in forked] == [False]


def test_a_signal_while_handlers_are_put_back_makes_none_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    real = signal.signal
    with broken_off_by_each():

        def interrupted(number: int, handler: Any) -> None:
            real(number, handler)
            if (number, handler) == (signal.SIGINT, signal.default_int_handler):
                signal.raise_signal(signal.SIGINT)

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(signal, "signal", interrupted)
            spread(abs, THINGS, cores=2)
        for one in BREAKING:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(one)


def test_a_signal_ends_what_is_hardly_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    me, real = os.getpid(), os.fork

    def killed() -> int:
        if not (pid := real()):
            os.kill(os.getpid(), signal.SIGTERM)
        return pid

    monkeypatch.setattr(os, "fork", killed)
    with broken_off_by_each(), pytest.raises(SpreadError, match="was ended by SIGTERM"):
        spread(lambda _: os.getpid() == me or os._exit(0), THINGS, cores=2)


def test_a_fork_that_can_not_begin_never_goes_on_as_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = os.getpid()

    def refused(parent: int) -> None:
        raise OSError(parent)

    monkeypatch.setattr("collector.spread._stand_alone", refused)
    with pytest.raises(SpreadError, match="was ended; see"):
        try:
            spread(abs, THINGS, cores=2)
        finally:
            (tmp_path / f"{os.getpid()}").touch()
            if os.getpid() != me:
                os._exit(0)
    assert helpers(tmp_path) == [me]


def test_ctrl_c_ends_no_fork(tmp_path: Path) -> None:
    me = os.getpid()

    def work(thing: int) -> int:
        if os.getpid() != me:
            (tmp_path / "begun").touch()
            os.kill(os.getpid(), signal.SIGINT)
        until((tmp_path / "begun").exists)
        return thing

    assert spread(work, THINGS, cores=2) == list(THINGS)

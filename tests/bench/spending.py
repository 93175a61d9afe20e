"""What a program costs: its wall time and processor time, all of its children with it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_FORGOTTEN = 61  # seconds; EXT4_RECENTCY_MIN and one


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    wall: float
    cpu: float


def spent(command: Sequence[object], fine: Collection[int] = (0,), **options: Any) -> Spent:
    """Runs a program until it and all that it left behind have ended; `options` are those of Popen.

    Raises RuntimeError with what it said if its exit status is not among `fine`.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # munin-html does not wait for its last children
    with tempfile.TemporaryFile() as said:
        start = time.monotonic()
        words = [str(word) for word in command]
        process = subprocess.Popen(words, stdout=said, stderr=said, start_new_session=True, **options)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime + _orphans(process.pid)
        wall = time.monotonic() - start
        if process.returncode not in fine:
            said.seek(0)
            told = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(words)} ended with status {process.returncode}:\n{told}")
    return Spent(wall, cpu)


def _orphans(group: int) -> float:
    """Waits for what is left of a process group, now our children: the processor time of it."""
    cpu = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-group, 0)
        except ChildProcessError:
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


def put_away(path: Path, attic: Path) -> None:
    """Moves a file or folder where nobody meets it. To delete it would cost whoever makes files next, see `rested`."""
    attic.mkdir(exist_ok=True)
    path.rename(Path(tempfile.mkdtemp(dir=attic), path.name))


def rested() -> None:
    """Waits until what was deleted before is forgotten: an ext4 without a journal looks through all inodes that became
    free within the last minute whenever a file is made, where their block of the disk was written since even within six
    (`recently_deleted` in fs/ext4/ialloc.c). Those of the round before are not what a pass has to do with that comes a
    night later."""
    os.sync()
    time.sleep(_FORGOTTEN)


def in_turn(rounds: int, ours: Callable[[], T], theirs: Callable[[], T]) -> list[tuple[T, T]]:
    """So many rounds of both, one right after the other."""
    return [(ours(), theirs()) for _ in range(rounds)]

"""Commands that are broken off: by Ctrl-C, and by what else ends them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """A lost terminal and `kill` break off as Ctrl-C does, so that what was begun is undone, or put on record."""

    def broken_off(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    heard = [one for one in (signal.SIGHUP, signal.SIGTERM) if signal.getsignal(one) is not signal.SIG_IGN]  # nohup
    before = {one: signal.signal(one, broken_off) for one in heard}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)

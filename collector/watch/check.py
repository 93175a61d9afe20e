"""What `[watch]` needs and is not there, found before a pass needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

from collector.config.watch import Watch
from collector.model import AlmanacError
from collector.watch import ping, textfile


class Unwatched(AlmanacError):
    """Nobody can be told of passes in a way that `[watch]` asks for."""


def lacking(watch: Watch) -> Iterator[Unwatched]:
    """One for each thing that is not there. The address of the switch is in no sentence."""
    if watch.ping_file is not None and not ping.address(watch):
        yield Unwatched(
            f"{watch.ping_file}: can't be read, or holds no address; write one such as https://hc-ping.com/... and"
            " nothing else, or correct watch.ping_file"
        )
    if ping.Switch(watch).is_there and find_spec("httpx2") is None:
        yield Unwatched(ping.MISSING)
    if watch.textfile is None:
        return
    folder = watch.textfile.parent
    if not os.access(f"{folder}/.", os.W_OK | os.X_OK):  # of a file there is no such name
        yield Unwatched(f"{folder}: there is no such folder, or it can't be written to; correct watch.textfile")
    if find_spec("prometheus_client") is None:
        yield Unwatched(textfile.MISSING)

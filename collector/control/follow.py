"""A log as it grows: through one connection that stays, from the file, or by asking supervisord every other second."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from secrets import token_hex
from shlex import quote

from collector.config import Config
from collector.control import logs
from collector.control.found import Process, sources
from collector.control.logs import Excerpt, Stream
from collector.model import AlmanacError
from collector.question import by_hand
from collector.reach import Limits, Unreached
from collector.reach.script import Section
from collector.sources import processes
from collector.sources._xmlrpc import request
from collector.sweep import hear

_ON_NODE = files(__package__).joinpath("follow.sh").read_text(encoding="utf-8")
_A_DAY, _MOST = 86_400.0, 10**12
_PAUSE = 2.0
"""Seconds between two questions to supervisord."""


class BrokenOff(AlmanacError):
    """Following a log has ended by itself."""

    exit_status = 1


class _Unwritable(Exception):
    """Nobody takes what is passed on."""


@dataclass
class Pieces:
    """What is added to a file, out of the frames in which it comes; what came before the first frame is none of it."""

    mark: str
    _rest: bytes = b""
    _frame: re.Pattern[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._frame = re.compile(rb"\n" + re.escape(self.mark.encode()) + rb" data\n")

    def of(self, chunk: bytes) -> Iterator[bytes]:
        """The pieces that a chunk completes: a piece is whole once the next frame begins."""
        self._rest += chunk
        found = list(self._frame.finditer(self._rest))
        for frame, following in pairwise(found):
            yield self._rest[frame.end() : following.start()]
        if found:
            self._rest = self._rest[found[-1].start() :]


def follow(config: Config, begun: Excerpt, stream: Stream, write: Callable[[bytes], object]) -> None:
    """Passes on what is added to a log after an excerpt of it, until somebody breaks it off. Raises BrokenOff when the
    connection ends, and at once for a log that can't be followed."""
    if begun.way == "file":
        _by_file(config, begun, write)
    elif begun.way == "supervisord":
        _by_supervisord(config, begun, stream, write)
    else:
        raise BrokenOff(f"{begun.process.full}: a unit's journal can't be followed; ask again in a while")


def _by_file(config: Config, begun: Excerpt, write: Callable[[bytes], object]) -> None:
    name, pieces = begun.process.node, Pieces(token_hex(16))
    values = {"mark": pieces.mark, "file": begun.path, "offset": str(begun.size or 0)}
    lines = ["{", *(f"{key}={quote(value)}" for key, value in values.items()), _ON_NODE, "exit", "}", ""]
    script = "\n".join(lines).encode("utf-8", "surrogateescape")

    def heard(chunk: bytes) -> None:
        for piece in pieces.of(chunk):
            try:
                write(piece)
            except OSError as error:  # ours, and no fault of the way there
                raise _Unwritable from error

    node = config.nodes[name]
    way = importlib.import_module(f"collector.reach.{node.reach}")
    try:
        way.ask(name, node, script, Limits(config.limits.connect, _A_DAY, _MOST), heard)
    except _Unwritable as error:
        raise error.__cause__ or error from None
    except Unreached as error:
        raise BrokenOff(f"{name}: {error}") from error
    raise BrokenOff(f"{name}: the connection has ended; run it again to go on")


def _by_supervisord(config: Config, begun: Excerpt, stream: Stream, write: Callable[[bytes], object]) -> None:
    offset = begun.size or 0
    while True:
        time.sleep(_PAUSE)
        more = _from(config, begun.process, stream, offset)
        if more.failure:
            raise BrokenOff(f"{begun.process.node}: {more.failure}")
        if more.size is not None and more.size < offset:
            more = _from(config, begun.process, stream, 0)  # it was emptied, or another one begun
        write(more.body)
        offset = more.size if more.size is not None else offset + len(more.body)


def _from(config: Config, process: Process, stream: Stream, offset: int) -> Excerpt:
    """What stands in a log from an offset on."""
    settings, wish = sources(config, process.node)[process.source], logs.Wish(stream, config.limits.output)
    asks = quote(request(logs.calls(process, stream, offset)))
    text = "\n".join([processes.spoken(settings), "file=", logs.ON_NODE, f"from_supervisord {asks}", 'exit "$failed"'])
    seconds = config.limits.section
    section = Section("0", text, seconds, config.limits.output)
    asked = by_hand(config, process.node, token_hex(16), [section], seconds)
    (heard,) = hear(config, [asked], int(time.time()))
    (found,) = logs.excerpts(heard, [process], wish)
    return found

"""Jobs followed to their end: through one connection to each cluster, made anew when it breaks.

The text that a back end makes tells in frames, `WORD` being `job=NUMBER`, `beat`, `silent` or `over`:

    MARK WORD
    ...
    MARK .
"""

from __future__ import annotations

import importlib
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from secrets import token_hex

from collector.config import Config
from collector.control.cluster import asking, backend
from collector.control.cluster.account import Account
from collector.control.cluster.courses import Course, Unreadable
from collector.model import printable
from collector.reach import Limits, Unreached

_A_WHILE, _MOST = 600.0, 10**9
"""Seconds and bytes of one connection: one that has died unnoticed is made anew after that."""
_PAUSE = 3.0
Place = tuple[str, str]
"""By which a cluster is asked: a node and the label of its source."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Jobs of which nothing more is heard, and why. They go on."""

    place: Place
    jobs: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Silent:
    """A cluster that says nothing for the moment, and why. It is asked again."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a job is now."""

    place: Place
    course: Course


@dataclass
class Frames:
    """What a node says, out of its frames; what stands between them is none of it."""

    mark: str
    _rest: bytes = b""
    _frame: re.Pattern[bytes] = field(init=False)

    def __post_init__(self) -> None:
        mark = re.escape(self.mark.encode())
        self._frame = re.compile(rb"\n" + mark + rb" ([a-z]+(?:=[0-9]+)?)\n(.*?)\n" + mark + rb" \.\n", re.DOTALL)

    def of(self, chunk: bytes) -> Iterator[tuple[str, bytes]]:
        """The frames that a chunk completes: a word, and what was said."""
        self._rest += chunk
        end = 0
        for match in self._frame.finditer(self._rest):
            end = match.end()
            yield match[1].decode(), match[2]
        self._rest = self._rest[end:]


class _Anew(Exception):
    """This connection has done what it was for."""


@dataclass
class _Watch:
    """Follows the jobs of one cluster, in a thread of its own."""

    config: Config
    place: Place
    account: Account | None
    patience: float
    arrived: SimpleQueue[Heard | Silent | Lost]
    left: set[int]
    why: str = ""
    told: bool = False
    hopeless: bool = False
    well: float = field(default_factory=time.monotonic)

    def watch(self) -> None:
        """Until all have ended, or for `patience` seconds nothing was heard of them."""
        try:
            while self.left and not self._is_lost:
                self._once()
                if self.why and not self._is_lost:
                    self._fall_silent()
                    time.sleep(_PAUSE)
        except Exception as error:  # whatever it is, who waits must hear of it
            self.why = f"following it failed unexpectedly: {type(error).__name__}: {printable(str(error))}"
        if self.left:
            self.arrived.put(Lost(self.place, tuple(sorted(self.left)), self.why))

    @property
    def _is_lost(self) -> bool:
        return self.hopeless or time.monotonic() - self.well > self.patience

    def _once(self) -> None:
        """One connection."""
        name, label = self.place
        node, settings = self.config.nodes[name], asking.sources(self.config, name)[label]
        frames = Frames(token_hex(16))
        script = backend.of(settings).follow(settings, self.account, sorted(self.left), frames.mark)
        self.why = "the connection has ended"

        def hear(chunk: bytes) -> None:
            for word, body in frames.of(chunk):
                self._take(word, body)

        way = importlib.import_module(f"collector.reach.{node.reach}")
        limits = Limits(self.config.limits.connect, _A_WHILE, _MOST)
        try:
            way.ask(name, node, f"{{\n{script}\nexit\n}}\n".encode(), limits, hear)
        except Unreached as error:
            self.why = str(error)
        except _Anew:
            pass

    def _take(self, word: str, body: bytes) -> None:
        if word in ("silent", "over"):
            self.why, self.hopeless = printable(body.strip()), word == "over"
            if self._is_lost:
                raise _Anew
            self._fall_silent()
            return
        self.well, self.why, self.told = time.monotonic(), "", False
        if word != "beat":
            self._tell(int(word.removeprefix("job=")), body)

    def _fall_silent(self) -> None:
        """Says so once, until something is heard again."""
        if not self.told:
            self.arrived.put(Silent(self.place, self.why))
        self.told = True

    def _tell(self, job: int, body: bytes) -> None:
        settings = asking.sources(self.config, self.place[0])[self.place[1]]
        try:
            course = backend.of(settings).course(job, body)
        except Unreadable as error:
            course = Course(job, "gone", reason=str(error))
        self.arrived.put(Heard(self.place, course))
        if course.is_over:
            self.left.discard(job)
            self.left |= set(course.further)
            if course.further or not self.left:
                raise _Anew


def follow(
    config: Config, jobs: Mapping[Place, Sequence[int]], accounts: Mapping[Place, Account | None], patience: float
) -> Iterator[Heard | Silent | Lost]:
    """What is heard of jobs, and of those that they begin, until all have ended or are lost. patience: seconds without
    a word after which they are. Whoever stops listening leaves them going."""
    arrived: SimpleQueue[Heard | Silent | Lost] = SimpleQueue()
    left = {place: set(some) for place, some in jobs.items() if some}
    for place, some in left.items():
        watch = _Watch(config, place, accounts[place], patience, arrived, set(some))
        threading.Thread(target=watch.watch, name=f"follow {place[0]}", daemon=True).start()
    while any(left.values()):
        heard = arrived.get()
        yield heard
        if isinstance(heard, Lost):
            left[heard.place].clear()
        elif isinstance(heard, Heard) and heard.course.is_over:
            left[heard.place].discard(heard.course.job)
            left[heard.place] |= set(heard.course.further)

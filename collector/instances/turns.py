"""The fan-out: instances are asked some at once, few of one server, each in a thread that is given up when its time is
over. One instance's fault stays its own.

Each has two turns: first its host is found, then it is asked there, for it is by its addresses that a server is known:
it may have as many names as somebody likes. A thread counts as long as it runs, also after it was given up.
"""

from __future__ import annotations

import queue
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from collector.config.instances import Instances
from collector.instances import asking
from collector.instances.address import server
from collector.instances.line import Line
from collector.model import Outcome
from collector.store.instances import Instance

_GRACE = 5.0
"""Seconds beyond an instance's own limit, which asking it keeps by itself."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an instance after so many seconds: its answers, and the address of its host, or why there are
    none."""

    instance: Instance
    outcome: Outcome
    reason: str = ""
    took: float = 0.0
    bodies: tuple[bytes, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a thread does for an instance: finds its host, or asks it where that is."""

    instance: Instance
    line: Line
    host: asking.Host | None = None

    @property
    def servers(self) -> frozenset[str]:
        """Of whom it asks something."""
        return frozenset(map(server, self.host.at)) if self.host else frozenset()


class Turns:
    """Turns that wait, that are being taken, and what has arrived, which alone the threads touch."""

    def __init__(self, settings: Instances, context: ssl.SSLContext, wanted: Iterable[Instance]) -> None:
        self._settings, self._context = settings, context
        self._end = time.monotonic() + settings.total
        self._waiting = [_Turn(one, Line()) for one in wanted]
        self._taken: dict[str, tuple[_Turn, float]] = {}  # by UUID, and when it is given up
        self._busy = 0
        self._servers: Counter[str] = Counter()
        self._arrived: queue.SimpleQueue[tuple[_Turn, Came | asking.Host]] = queue.SimpleQueue()

    def came(self) -> Iterator[Came]:
        """What came of each instance, in the order of coming."""
        while self._waiting or self._taken:
            self._take_more()
            until = min((given_up for _, given_up in self._taken.values()), default=self._end)
            try:
                turn, found = self._arrived.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                yield from self._overdue()
            else:
                yield from self._left(turn, found)

    def _take_more(self) -> None:
        for turn in list(self._waiting):
            if self._busy >= self._settings.jobs or time.monotonic() >= self._end:
                return
            if all(self._servers[one] < self._settings.per_host for one in turn.servers):
                self._waiting.remove(turn)
                self._busy += 1
                self._servers.update(turn.servers)
                given_up = min(time.monotonic() + self._settings.time_limit + _GRACE, self._end)
                self._taken[turn.instance.uuid] = turn, given_up
                threading.Thread(target=self._take, args=[turn], name=f"ask {turn.instance.url}", daemon=True).start()

    def _take(self, turn: _Turn) -> None:
        """Runs in a thread of its own."""
        began = time.monotonic()
        found: Came | asking.Host
        try:
            if turn.host is None:
                found = asking.found(turn.instance.url, self._settings)
            else:
                asked = asking.ask(turn.host, self._settings, self._context, turn.line)
                found = Came(turn.instance, Outcome.OK, "", time.monotonic() - began, asked.bodies, asked.address)
        except asking.Unanswered as error:
            found = Came(turn.instance, error.outcome, error.reason, time.monotonic() - began)
        except Exception as error:  # whatever it is, it is this instance's alone; its words may hold a header
            reason = f"could not be asked: {type(error).__name__}"
            found = Came(turn.instance, Outcome.FAILED, reason, time.monotonic() - began)
        self._arrived.put((turn, found))

    def _left(self, turn: _Turn, found: Came | asking.Host) -> Iterator[Came]:
        """A thread has ended; what comes of one that was given up has been told already."""
        self._busy -= 1
        self._servers.subtract(turn.servers)
        if self._taken.pop(turn.instance.uuid, None) is None:
            return
        if isinstance(found, Came):
            yield found
        else:
            self._waiting.insert(0, replace(turn, host=found))

    def _overdue(self) -> Iterator[Came]:
        """The instances whose time is over; when that of all is, whoever is left."""
        now = time.monotonic()
        for uuid, (turn, given_up) in list(self._taken.items()):
            if given_up <= now:
                del self._taken[uuid]
                turn.line.cut()
                yield Came(turn.instance, Outcome.TIMED_OUT, "did not end its answer in time and was given up")
        while now >= self._end and self._waiting:
            reason = "was not asked: the time of all instances is over; raise instances.total or instances.jobs"
            yield Came(self._waiting.pop(0).instance, Outcome.TIMED_OUT, reason)

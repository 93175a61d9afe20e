"""The fan-out: instances are asked some at once, few of one host, each in a thread that is given up when its time is
over. One instance's fault stays its own."""

from __future__ import annotations

import queue
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from collector.config import INSTANCES, Config
from collector.config.instances import Instances
from collector.instances.reading import At, NoObject, merged, reading
from collector.model import AlmanacError, Answer, NodeAnswer, Outcome, Reading, printable
from collector.store import instances
from collector.store.instances import Instance
from collector.store.store import Store

KIND = "instance"
_GRACE = 5.0
"""Seconds beyond an instance's own limit, which asking it keeps by itself."""
MISSING = 'instances need the library httpx2; install it with: pip install "sphinxext-almanac[instances]"'


class CrawlError(AlmanacError):
    """Instances can't be asked: why, and what to do. Nobody was asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """How asking one instance ended, after so many seconds, what it told, and at which address."""

    instance: Instance
    outcome: Outcome
    reason: str = ""
    took: float = 0.0
    values: dict[str, object] = field(default_factory=dict)
    address: str = ""


def crawl(config: Config, store: Store, pass_id: int, started: int, wanted: Iterable[Instance]) -> tuple[Told, ...]:
    """Asks instances and records what they told, as of the pass that started then (UTC seconds), in one transaction.
    Raises CrawlError, StoreError."""
    settings = settings_of(config)
    began = time.monotonic()
    told = tuple(
        sorted(_Asking(settings, wanted).told(), key=lambda one: (one.instance.organisation, one.instance.url))
    )
    answers = tuple(_answer(one, started) for one in told)
    whole = NodeAnswer(INSTANCES, started, Outcome.OK, took=time.monotonic() - began, answers=answers)
    readings = {
        one.instance.uuid: reading(At(one.instance, one.address), started, one.values, settings.fields_)
        if one.outcome is Outcome.OK
        else Reading()
        for one in told
    }
    store.record(pass_id, whole, readings)
    return told


def enabled(store: Store) -> tuple[Instance, ...]:
    """The instances that a pass asks."""
    return tuple(one for one in instances.everyone(store.db.conn) if one.is_asked)


def settings_of(config: Config) -> Instances:
    """What is configured of instances. Raises CrawlError."""
    if config.instances is None:
        raise CrawlError(
            f"{config.file}: instances: is missing; say what they are asked: [[instances.endpoints]] with"
            ' url = "/stats"'
        )
    return config.instances


def _answer(one: Told, asked: int) -> Answer:
    reason = f"{one.instance.url} {one.reason}" if one.reason else ""
    return Answer(INSTANCES, one.instance.uuid, KIND, asked, one.outcome, reason, took=one.took)


class _Asking:
    """Instances that wait, that are being asked, and what has arrived, which alone the askers' threads touch."""

    def __init__(self, settings: Instances, wanted: Iterable[Instance]) -> None:
        self._settings = settings
        self._context = _context(settings)
        self._end = time.monotonic() + settings.total
        self._waiting = list(wanted)
        self._asked: dict[str, tuple[Instance, float]] = {}  # by UUID: the instance, and when it is given up
        self._hosts: Counter[str | None] = Counter()
        self._arrived: queue.SimpleQueue[Told] = queue.SimpleQueue()

    def told(self) -> Iterator[Told]:
        """What came of each instance, in the order of coming."""
        while self._waiting or self._asked:
            self._ask_more()
            until = min((given_up for _, given_up in self._asked.values()), default=self._end)
            try:
                told = self._arrived.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                yield from self._overdue()
            else:
                # What comes from a thread after it was given up has been told already.
                if self._asked.pop(told.instance.uuid, None):
                    self._hosts[_host(told.instance)] -= 1
                    yield told

    def _ask_more(self) -> None:
        for one in list(self._waiting):
            if len(self._asked) >= self._settings.jobs or time.monotonic() >= self._end:
                return
            if self._hosts[_host(one)] < self._settings.per_host:
                self._waiting.remove(one)
                self._hosts[_host(one)] += 1
                given_up = min(time.monotonic() + self._settings.time_limit + _GRACE, self._end)
                self._asked[one.uuid] = one, given_up
                threading.Thread(target=self._ask, args=[one], name=f"ask {one.url}", daemon=True).start()

    def _ask(self, one: Instance) -> None:
        """Runs in a thread of its own."""
        from collector.instances import asking  # noqa: PLC0415  it needs an optional library

        began = time.monotonic()
        try:
            asked = asking.ask(one.url, self._settings, self._context)
            values = merged(asked.bodies)
            told = Told(one, Outcome.OK, "", time.monotonic() - began, values, asked.address)
        except asking.Unanswered as error:
            told = Told(one, error.outcome, error.reason, time.monotonic() - began)
        except NoObject as error:
            told = Told(one, Outcome.FAILED, printable(str(error)), time.monotonic() - began)
        except Exception as error:  # whatever it is, it is this instance's alone; its words may hold a header
            reason = f"could not be asked: {type(error).__name__}"
            told = Told(one, Outcome.FAILED, reason, time.monotonic() - began)
        self._arrived.put(told)

    def _overdue(self) -> Iterator[Told]:
        """The instances whose time is over; when that of all is, whoever is left."""
        now = time.monotonic()
        for uuid, (one, given_up) in list(self._asked.items()):
            if given_up <= now:
                del self._asked[uuid]
                self._hosts[_host(one)] -= 1
                yield Told(one, Outcome.TIMED_OUT, "did not end its answer in time and was given up")
        while now >= self._end and self._waiting:
            reason = "was not asked: the time of all instances is over; raise instances.total or instances.jobs"
            yield Told(self._waiting.pop(0), Outcome.TIMED_OUT, reason)


def _host(one: Instance) -> str | None:
    return urlsplit(one.url).hostname


def _context(settings: Instances) -> ssl.SSLContext:
    """How certificates are verified. Raises CrawlError, also where the library is missing."""
    try:
        from collector.instances import asking  # noqa: F401, PLC0415  it needs an optional library
    except ImportError as error:
        raise CrawlError(MISSING) from error
    context = ssl.create_default_context()
    try:
        if settings.ca_file:
            context.load_verify_locations(settings.ca_file)
    except OSError as error:
        raise CrawlError(
            f"instances.ca_file: {settings.ca_file} can't be read, or holds no certificate; name another"
        ) from error
    return context

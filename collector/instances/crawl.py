"""The instances of an application are asked, and what they tell is read and recorded."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.config import INSTANCES, Config
from collector.config.instances import Instances
from collector.instances.reading import At, NoObject, Wanted, merged, reading
from collector.instances.register import subject_of
from collector.model import AlmanacError, Answer, NodeAnswer, Outcome, Reading, printable
from collector.store import instances
from collector.store.instances import Instance
from collector.store.store import Store

if TYPE_CHECKING:
    from collector.instances.turns import Came

KIND = "instance"
MISSING = 'instances need the library httpx2; install it with: pip install "sphinxext-almanac[instances]"'


class CrawlError(AlmanacError):
    """Instances can't be asked: why, and what to do. Nobody was asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """How asking one instance ended, after so many seconds, and what it told."""

    instance: Instance
    outcome: Outcome
    reason: str
    took: float
    reading: Reading


def crawl(config: Config, store: Store, pass_id: int, started: int, wanted: Iterable[Instance]) -> tuple[Told, ...]:
    """Asks instances and records what they told, as of the pass that started then (UTC seconds), in one transaction.
    Raises CrawlError, StoreError."""
    settings = settings_of(config)
    context, began = _context(settings), time.monotonic()
    from collector.instances.turns import Turns  # noqa: PLC0415  it needs an optional library

    # Answers are read one after the other as they come: a small one may need much room when it is read.
    came = (_read(one, store, started, settings) for one in Turns(settings, context, wanted).came())
    told = tuple(sorted(came, key=lambda one: (one.instance.organisation, one.instance.url)))
    answers = tuple(_answer(one, started) for one in told)
    whole = NodeAnswer(INSTANCES, started, Outcome.OK, took=time.monotonic() - began, answers=answers)
    store.record(pass_id, whole, {one.instance.uuid: one.reading for one in told})
    return told


def _read(came: Came, store: Store, started: int, settings: Instances) -> Told:
    one = came.instance
    if came.outcome is not Outcome.OK:
        return Told(one, came.outcome, came.reason, came.took, Reading())
    known = instances.names(store.db, INSTANCES, subject_of(one.uuid))
    try:
        read = reading(At(one, came.address), started, merged(came.bodies), Wanted(settings.fields_, known))
    except NoObject as error:
        return Told(one, Outcome.FAILED, printable(str(error)), came.took, Reading())
    return Told(one, Outcome.OK, "", came.took, read)


def enabled(store: Store) -> tuple[Instance, ...]:
    """The instances that a pass asks."""
    return tuple(one for one in instances.everyone(store.db) if one.is_asked)


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

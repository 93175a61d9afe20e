"""The pass as cron runs it: each stage after the other, under one lock. One that breaks leaves those before it done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from collector.chart.workshop import Workshop
from collector.collect import Collected, Tell, beginning, gather, locked
from collector.config import Config, expect_nodes
from collector.instances import crawl
from collector.intake import taking
from collector.intake.spool import SpoolError
from collector.model import AlmanacError, NodeAnswer
from collector.question import Sought
from collector.store import cursors, instances, spent
from collector.store.errors import LockHeld
from collector.store.store import Store
from collector.sweep import sweep
from collector.watch.ping import Switch
from collector.watch.reading import COLLECTING, SOURCE, answer, reading, with_waiting
from collector.watch.timekeeper import Timekeeper

if TYPE_CHECKING:
    from collector.digest.stage import Reported
    from collector.export.documents import Manifest, PassDocument
    from collector.export.write import Exported
    from collector.pages.ahead import Ahead
    from collector.pages.site import Built
    from collector.publish import Generation
    from collector.watch.textfile import TextfileError

BROKEN = 4
"""What the dead man's switch is told of an end that no error of ours explains."""
_STAGES = 5
"""After the record, see `edition.rest` and `_stages`; instances are asked only where there are some."""


@dataclass(frozen=True, slots=True)
class Night:
    """What one pass did, stage by stage. `undelivered`: series files that could not be put where they are wanted, and
    pages of audiences that could not be built or published.
    unwritten: why there is no textfile of it.
    untold: why the dead man's switch does not know of it; empty if it does, None if there is none."""

    collected: Collected
    exported: Exported
    built: Built
    published: Generation | None
    undelivered: tuple[AlmanacError, ...]
    reported: Reported
    unwritten: TextfileError | None = None
    untold: str | None = None

    @property
    def refusals(self) -> tuple[AlmanacError, ...]:
        """What went wrong without ending the pass."""
        every = (self.built.refusal, *self.undelivered, *self.reported.undelivered, self.unwritten)
        return tuple(refusal for refusal in every if refusal is not None)

    @property
    def manifest(self) -> Manifest:
        """The fleet as this pass found it."""
        return self.exported.manifest

    @property
    def overtaken(self) -> PassDocument | None:
        """A pass on record later than this one, by a clock that was or is wrong: pages tell of that one."""
        last = self.manifest.last_pass
        return last if last and last.id != self.collected.pass_id else None


def steps(config: Config) -> int:
    """How many lines a pass tells: one of each node, then one of each stage."""
    return len(config.nodes) + _STAGES + bool(config.instances)


def run(config: Config, tell: Tell, drawing: Workshop | None = None) -> Night:
    """The whole pass over every node, now; charts are drawn in `drawing`, which may be prepared. Raises AlmanacError of
    the stage that broke, or that there is no node."""
    expect_nodes(config)
    switch = Switch(config.watch)
    try:
        with locked(config) as store:
            return _watched(config, store, switch, tell, drawing or Workshop())
    except LockHeld:
        raise  # the pass that holds it tells of itself
    except BaseException as error:
        switch.end(getattr(error, "exit_status", BROKEN))
        if switch.said:
            error.add_note(f"almanac: {switch.said}")
        raise


def _watched(config: Config, store: Store, switch: Switch, tell: Tell, drawing: Workshop) -> Night:
    """The pass under the lock: noted as it goes, and the switch told of its end."""
    stages = Timekeeper(store, beginning(store))
    switch.begin()
    try:
        with stages.stage():
            night = _stages(config, store, stages, tell, drawing)
        switch.end(max((refusal.exit_status for refusal in night.refusals), default=0))
    except BaseException as error:
        switch.end(getattr(error, "exit_status", BROKEN))
        raise
    finally:
        if switch.said is not None:
            stages.note(spent.PING, switch.said)
    return replace(night, untold=switch.said)


def _stages(config: Config, store: Store, stages: Timekeeper, tell: Tell, drawing: Workshop) -> Night:
    """Every stage of the pass."""
    began, started = monotonic(), stages.started
    untaken = _taken_in(config, store)
    with drawing, ExitStack() as begun:
        drawing.prepare()  # who draws loads what that takes while nodes are asked
        with stages.stage(COLLECTING):
            is_new = not config.doctrees.exists()
            if is_new:  # Sphinx takes longer for a whole site than nodes for their answers
                early = _sphinx(config, begun)
            asked, answers = monotonic(), _asked(config, store, started)
            # What follows the record is loaded while nodes answer.
            from collector import edition  # noqa: PLC0415
            from collector.watch import textfile  # noqa: PLC0415

            if not is_new:
                early = _sphinx(config, begun)
            collected = gather(config, store, started, answers, tell)
            _record_itself(config, store, started, collected, monotonic() - asked)
        with stages.stage("instances") if config.instances else nullcontext():
            uncrawled = _crawl(config, store, collected.pass_id, started, tell)
        beside = edition.Beside(drawing, early)
        exported, built, published, undelivered = edition.rest(config, store, tell, stages.stage, beside)
    tell("reporting")
    with stages.stage("reporting"):
        told = edition.reported(config, exported.manifest)
    unwritten = textfile.write(config, exported.manifest, monotonic() - began)
    return Night(collected, exported, built, published, (*untaken, *uncrawled, *undelivered), told, unwritten)


def _sphinx(config: Config, begun: ExitStack) -> Ahead | None:
    """Sphinx at work on what is expected, until the end of what has begun; what that takes is loaded here."""
    from collector.pages import ahead  # noqa: PLC0415

    return begun.enter_context(ahead.begun(config))


def _taken_in(config: Config, store: Store) -> tuple[AlmanacError, ...]:
    """Registers the instances that did so themselves since the pass before; why none could be."""
    if config.intake is None:
        return ()
    try:
        taking.exchange(config, store)
    except SpoolError as error:
        return (error,)
    return ()


def _asked(config: Config, store: Store, started: int) -> Iterator[NodeAnswer]:
    """What all nodes answer, which are asked from now on."""
    return sweep(config, list(config.nodes), started, Sought(cursors=cursors.every(store.db)))


def _crawl(config: Config, store: Store, pass_id: int, started: int, tell: Tell) -> tuple[AlmanacError, ...]:
    """Asks the instances of an application, where it is said what they are asked; why nobody could be."""
    if config.instances is None:
        return ()
    tell("asking instances")
    try:
        crawl.crawl(config, store, pass_id, started, crawl.enabled(store))
    except crawl.CrawlError as error:
        return (error,)
    from collector.geography import atlas  # noqa: PLC0415  most passes ask no instances

    fault = atlas.opened(config.instances.locations).fault
    return (fault,) if fault else ()


def _record_itself(config: Config, store: Store, started: int, collected: Collected, took: float) -> None:
    """What the pass tells of itself, and of the pass before."""
    before = spent.before(store.db, collected.pass_id)
    told = reading(collected, started, took, before, config.site.time_zone)
    if config.intake:
        told = with_waiting(told, started, instances.waiting(store.db))
    store.record(collected.pass_id, answer(started, took), {SOURCE: told})

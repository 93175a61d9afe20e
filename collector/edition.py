"""What follows the record: judging, export, pages, publication, reports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from time import time

from collector.audiences import building, serving
from collector.chart.workshop import Workshop
from collector.collect import Tell
from collector.config import Config
from collector.digest.stage import Reported, report
from collector.export import old_series, views, write
from collector.export.alarms import alarming
from collector.export.documents import Manifest
from collector.export.drawings import Drawings
from collector.export.write import Exported
from collector.life import stage
from collector.model import AlmanacError
from collector.pages import site
from collector.pages.ahead import Ahead
from collector.pages.site import Built
from collector.publish import Generation
from collector.store.store import Store

Timed = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes on beside a pass and may have begun before: charts are drawn, Sphinx runs."""

    drawing: Workshop | None = None
    ahead: Ahead | None = None


def reported(config: Config, manifest: Manifest) -> Reported:
    """The last stage. If nobody can be told by it, all of it is told where the pass runs."""
    try:
        return report(config, int(time()))
    except AlmanacError as error:
        return Reported((), (error,), frozenset(), tuple(alarming(manifest)))


def rest(
    config: Config,
    store: Store,
    tell: Tell,
    timed: Timed = lambda _: nullcontext(),
    beside: Beside = Beside(),
) -> tuple[Exported, Built, Generation | None, tuple[AlmanacError, ...]]:
    """All stages that follow the record: judging, export, pages, publication; charts are being drawn meanwhile. `timed`
    notes each."""
    with ExitStack() as begun:
        drawing = begun.enter_context(beside.drawing or Workshop())
        tell("judging")
        with timed("judging"):
            records = stage.Records(config, store, stage.last_pass(store))
            drawings = Drawings(records.config, store, records.last, config.export, drawing)
            with suppress(OSError):  # the export orders them again, and tells of what keeps it from that
                drawings.order(records)
            stage.judge_last(config, store, records)
        serving.guard(config, store)
        tell("exporting")
        with timed("exporting"):
            pressing = begun.enter_context(write.begun(config, store, records, drawings))
            undelivered = old_series.deliver(config, pressing.manifest)
        tell("building pages")
        with timed("building"):
            built = site.build(config, ready=pressing.finish, ahead=beside.ahead)
            views.export_views(config, store, pressing.finish())
            unbuilt = building.build(config)
    tell("publishing")
    with timed("publishing"):
        published, unserved = serving.serve(config, store)
    return pressing.finish(), built, published, (*undelivered, *unbuilt, *unserved)

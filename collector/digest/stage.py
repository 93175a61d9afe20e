"""The stage: what is due goes to the spool, then all that waits there is handed over, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from collector.config import Config
from collector.digest import FOLDER, period
from collector.digest.recipients import Reach, Recipient, recipients
from collector.export.alarms import alarming
from collector.export.read import read_manifest
from collector.export.readings import ProblemDocument
from collector.model import AlmanacError

if TYPE_CHECKING:
    from collector.digest.desk import Desk
    from collector.digest.facts import Facts


@dataclass(frozen=True, slots=True)
class Reported:
    """What the stage did: recipients who were sent something, what could not be delivered, the nodes that reports are
    about, and problems that no report is about, so that nobody is told of them but here."""

    sent: tuple[str, ...]
    undelivered: tuple[AlmanacError, ...]
    nodes: frozenset[str]
    untold: tuple[ProblemDocument, ...]


class Asked(NamedTuple):
    """What is asked for by hand: only this recipient, due or not; the last week or month instead of the last pass."""

    only: str | None = None
    kind: period.Kind | None = None


def report(config: Config, now: int, asked: Asked = Asked()) -> Reported:  # noqa: B008  immutable
    """Tells everybody who is to be told of the last pass, week and month. `now`: UTC seconds.
    Raises NoExport, UnreadableChannels, Undelivered if the spool can't be written."""
    people = recipients(config)
    if not people and not any((config.site.data / FOLDER).glob("*.json")):
        return Reported((), (), frozenset(), tuple(alarming(read_manifest(config.export))))
    # Loaded here, for where nobody is to be told nothing of mails is needed.
    from collector.digest import facts  # noqa: PLC0415
    from collector.digest.desk import Desk, Undelivered  # noqa: PLC0415

    told = facts.read(config.export)
    desk = Desk(config, told, now)
    try:
        desk.settle_doubts()
        for recipient in people:
            if asked.only in (None, recipient.name):
                _compose(desk, recipient, asked)
        sent = tuple(desk.deliver(people))
    except OSError as error:
        raise Undelivered(f"{error.filename}: {error.strerror}; no report is sent before that is mended") from error
    reaches = [Reach(config, report) for recipient in people for report in recipient.reports]
    nodes = frozenset(node for node in config.watched if any(reach.is_about(node) for reach in reaches))
    return Reported(sent, tuple(desk.complaints), nodes, tuple(_untold(told, reaches)))


def _compose(desk: Desk, recipient: Recipient, asked: Asked) -> None:
    due = asked.only is not None
    if asked.kind is None:
        desk.compose(recipient, due)
    for kind in period.KINDS:
        wanted = period.is_wanted(kind, recipient.reports)
        if (asked.kind is None and wanted) or (asked.kind == kind and (due or wanted)):
            desk.compose_period(recipient, kind, asked.kind == kind)


def _untold(told: Facts, reaches: Sequence[Reach]) -> Iterator[ProblemDocument]:
    for trouble in told.troubles:
        if not any(reach.is_about(trouble.problem.node, trouble.hub) for reach in reaches):
            yield trouble.problem

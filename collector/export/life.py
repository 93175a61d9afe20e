"""The problems of a node as the export tells them: wrong now, not yet confirmed, hidden, closed lately. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from collector.export.readings import HoldDocument, Metric, ProblemDocument, Subject
from collector.export.slug import page_slug
from collector.export.subjects import exact, label_of, moment
from collector.life.holds import Hold
from collector.store.records import ProblemRecord

Holding = Callable[[ProblemRecord], Hold | None]
CLOSED_DAYS = 35
"""So long a closed problem is told of: in the report of a month also what closed on its first day."""
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 7


def problem_id(problem: ProblemRecord) -> str:
    """A short name for people, `k3v9q2d`: always the same for the same node, subject and rule."""
    number = int.from_bytes(sha256("\0".join(problem.key).encode()).digest()[:8])
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))


@dataclass(frozen=True, slots=True)
class Lives:
    """The problems of a node by how they stand: `wrong` now, `pending`, `hidden` behind a node or source that does not
    answer, `closed` lately (the newest first). `held`: by its key, why nobody is alarmed of one."""

    wrong: tuple[ProblemRecord, ...] = ()
    pending: tuple[ProblemRecord, ...] = ()
    hidden: tuple[ProblemRecord, ...] = ()
    closed: tuple[ProblemRecord, ...] = ()
    held: Mapping[tuple[str, str, str], Hold] = field(default_factory=dict)


def lives(problems: Iterable[ProblemRecord], closed: Iterable[ProblemRecord], hold: Holding = lambda _: None) -> Lives:
    """The problems of a node sorted by how they stand, the gravest first. `hold`: why nobody is alarmed of one."""
    gravest = sorted(problems, key=lambda one: (-one.level, one.subject or "", one.rule))
    alive = [(one, hold(one)) for one in gravest if one.stage != "closed"]
    confirmed = [(one, held, _is_hidden(one, held)) for one, held in alive if one.stage != "pending"]
    return Lives(
        wrong=tuple(one for one, _, is_hidden in confirmed if not is_hidden),
        pending=tuple(one for one, _ in alive if one.known and one.stage == "pending"),
        hidden=tuple(one for one, _, is_hidden in confirmed if is_hidden),
        closed=tuple(closed),
        held={one.key: held for one, held in alive if held},
    )


def _is_hidden(problem: ProblemRecord, held: Hold | None) -> bool:
    return not problem.known or (held is not None and held.kind == "behind")


def problem_document(problem: ProblemRecord, told: Sequence[Subject], held: Hold | None = None) -> ProblemDocument:
    """A problem as pages show it, with the small chart of what it is about."""
    subject = next((one for one in told if one.name == problem.subject), None)
    metrics = subject.metrics if subject and problem.stage != "closed" else ()
    return ProblemDocument(
        node=problem.node,
        subject=problem.subject,
        label=subject.label if subject else problem.subject and label_of(problem.subject, None),
        rule=problem.rule,
        level=problem.level.word,
        text=problem.text,
        since=exact(problem.since),
        spark=max(metrics, key=_telling).spark if metrics else (),
        page=f"problems/{page_slug(problem.node, problem.subject or '', problem.rule)}",
        id=problem_id(problem),
        stage=problem.stage,
        found=problem.found,
        opened=exact(problem.opened),
        confirmed=moment(problem.confirmed),
        closed=moment(problem.closed),
        runbook=problem.runbook,
        held=_held(held) if held else None,
    )


def _held(hold: Hold) -> HoldDocument:
    made, until = moment(hold.made), moment(hold.until)
    return HoldDocument(hold.kind, hold.person, hold.note, made, until, hold.node, hold.subject)


def _telling(metric: Metric) -> tuple[bool, int]:
    """What a problem's small chart shows: a size rather than anything else, and what has most nights."""
    return metric.unit == "bytes", len(metric.spark) - metric.spark.count(None)

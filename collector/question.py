"""What a pass asks of one node, what it heard, and the answers in that. Pure: `reach` asks, `sweep` fans out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from collector.config import Config, SourceSettings, kinds
from collector.model import Answer, Cursor, NodeAnswer, Outcome, printable
from collector.reach import Limits, Reply
from collector.reach.script import Part, Parts, Section, split

Cursors = Mapping[tuple[str, str], Cursor]
"""Where sources go on, by node and source; of one that is not there, from the beginning."""
_UTC = ZoneInfo("UTC")
_QUOTED = 300
_PREAMBLE = 65_536  # bytes that a login shell may say before the script begins


@dataclass(frozen=True, slots=True)
class Question:
    """All sections of one node, framed by one random marker.

    broken: the reason, by label, for sources whose probe could not be made; they are answered without being asked.
    """

    node: str
    marker: str
    sections: tuple[Section, ...]
    broken: Mapping[str, str]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked for. only: labels of the sources to ask; all if None, and with none at all nodes are merely
    reached.   cursors: where sources go on that stopped somewhere."""

    only: Collection[str] | None = None
    cursors: Cursors = field(default_factory=dict)


ALL = Sought()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a question brought: the raw reply, or None with the outcome and the reason why there is none."""

    question: Question
    asked: int
    reply: Reply | None
    outcome: Outcome = Outcome.OK
    reason: str = ""


def question(config: Config, node: str, marker: str, sought: Sought = ALL) -> Question:
    """The question for a node, made of the probes of those of its sources that are sought."""
    sections, broken = [], {}
    for source in config.sources_of(node):
        if sought.only is not None and source.label not in sought.only:
            continue
        try:
            sections.append(_section(config, source, sought.cursors.get((node, source.label), {})))
        except Exception as error:  # a source may come from outside; its fault is its own
            broken[source.label] = f"the probe of {source.kind} failed: {type(error).__name__}: {printable(str(error))}"
    return Question(node, marker, tuple(sections), broken, _limits(config, sections, _seconds(config, node)))


def by_hand(config: Config, node: str, marker: str, sections: Sequence[Section], seconds: float) -> Question:
    """A question that no source asks, for all of which a node has so many seconds."""
    return Question(node, marker, tuple(sections), {}, _limits(config, sections, seconds))


def _limits(config: Config, sections: Sequence[Section], seconds: float) -> Limits:
    return Limits(config.limits.connect, seconds, _PREAMBLE + sum(section.room for section in sections))


def _section(config: Config, source: SourceSettings, cursor: Cursor) -> Section:
    probe = kinds.find(source.kind).probe
    text = probe(source, cursor) if kinds.resumes(source.kind) else probe(source)
    seconds = config.limits.section if source.time_limit is None else source.time_limit
    cap = config.limits.output if source.output_cap is None else source.output_cap
    return Section(source.label, text, seconds, cap)


def _seconds(config: Config, node: str) -> float:
    own = config.nodes[node].time_limit
    return config.limits.node if own is None else own


def answer(config: Config, heard: Heard) -> NodeAnswer:
    """The node's answer in what was heard: how reaching it ended, and an Answer for each source that was asked."""
    reply, parts = heard.reply, _split(heard)
    outcome, reason = _ended(heard, parts)
    return NodeAnswer(
        node=heard.question.node,
        asked=heard.asked,
        outcome=outcome,
        reason=reason,
        took=reply.took if reply else 0.0,
        skew=_skew(reply, parts) if reply and parts else None,
        answers=_answers(config, heard, _sections(heard, parts)),
    )


def sections(heard: Heard) -> tuple[Part, ...]:
    """What came of each section, in their order; of those of a node that was not reached, why."""
    return _sections(heard, _split(heard))


def _sections(heard: Heard, parts: Parts | None) -> tuple[Part, ...]:
    outcome, reason = _ended(heard, parts)
    if parts is None:
        return tuple(Part(section.label, outcome, reason) for section in heard.question.sections)
    return tuple(_completed(part, outcome, reason) for part in parts.sections)


def _split(heard: Heard) -> Parts | None:
    asked, reply = heard.question, heard.reply
    return split(reply.output, asked.marker, asked.sections) if reply else None


def _ended(heard: Heard, parts: Parts | None) -> tuple[Outcome, str]:
    """How the node as a whole ended, and why."""
    if heard.reply is None or parts is None:
        return heard.outcome, heard.reason
    return _judged(heard.question, heard.reply, parts)


def _skew(reply: Reply, parts: Parts) -> float | None:
    """The least that the node's clock must be off. It was read first after the script was sent, by which time a login
    shell may have dawdled, and last before the reply had come."""
    if parts.clock is None:
        return None
    last = max(parts.clock, *(part.ended or 0 for part in parts.sections), 0)
    return float(max(last - math.ceil(reply.sent + reply.took), min(parts.clock - int(reply.sent), 0)))


def _judged(asked: Question, reply: Reply, parts: Parts) -> tuple[Outcome, str]:
    """How the node as a whole ended. A whole reply is well, however its connection was closed."""
    if parts.whole:
        return Outcome.OK, ""
    if parts.clock is None and reply.outcome is not Outcome.CUT_OFF:
        return _of_login(asked, reply, parts)
    match reply.outcome:
        case Outcome.TIMED_OUT:
            return Outcome.TIMED_OUT, f"did not end within {asked.limits.node:g} s; raise nodes.{asked.node}.time_limit"
        case Outcome.TOO_LONG:
            return Outcome.TOO_LONG, f"sent more than {asked.limits.output} bytes, beyond what its sources may print"
        case Outcome.CUT_OFF:
            return Outcome.CUT_OFF, "the connection was lost in the middle of the answer"
    return Outcome.CUT_OFF, f"its shell ended in the middle of the answer (status {reply.status})"


def _of_login(asked: Question, reply: Reply, parts: Parts) -> tuple[Outcome, str]:
    """Not one word of ours was heard: what runs before it is the login shell with its start files."""
    said = parts.preamble.strip()
    if reply.outcome is Outcome.OK:
        last = printable(said[-_QUOTED:])
        return Outcome.FAILED, f"ran no shell for us (status {reply.status}): {last or 'it said nothing'}"
    did = f"did not run anything for us within {asked.limits.node:g} s"
    if reply.outcome is Outcome.TOO_LONG:
        did = f"printed more than {asked.limits.output} bytes before it ran anything for us"
    begins = f"; it says: {printable(said.splitlines()[0][:_QUOTED])}" if said else ""
    mend = "mend the start files of that account, such as .bashrc and .profile"
    return reply.outcome, f"its login shell {did}; {mend}{begins}"


def _completed(part: Part, outcome: Outcome, reason: str) -> Part:
    """A section that the reply does not hold whole ended as the node did."""
    if part.outcome is not Outcome.CUT_OFF or outcome is Outcome.OK:
        return part
    return Part(part.label, outcome, reason, None, part.began, None, part.body, part.errors)


def _answers(config: Config, heard: Heard, parts: Sequence[Part]) -> tuple[Answer, ...]:
    broken = [Part(label, Outcome.FAILED, reason) for label, reason in heard.question.broken.items()]
    by_label = {source.label: source for source in config.sources_of(heard.question.node)}
    return tuple(_answer(by_label[part.label], heard, part) for part in [*parts, *broken])


def _answer(source: SourceSettings, heard: Heard, part: Part) -> Answer:
    return Answer(
        node=heard.question.node,
        source=part.label,
        kind=source.kind,
        hub=source.hub,
        zone=source.time_zone or _UTC,
        asked=heard.asked,
        outcome=part.outcome,
        reason=part.reason,
        took=None if part.took is None else float(part.took),
        status=part.status,
        body=part.body,
    )

"""A shell command on many nodes at once: what each printed, on either stream, and how it ended there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from secrets import token_hex
from shlex import join, quote
from typing import Literal

from collector.config import Config
from collector.model import AlmanacError, Event, Outcome, printable
from collector.people.roles import Act
from collector.people.who import Deed
from collector.question import Heard, Question, by_hand, sections
from collector.reach.script import Section
from collector.sweep import hear

SUBJECT = "command"
"""What commands are called among the events of a node."""

End = Literal["done", "failed", "not known"]
_SPARE = 10.0
_LONGEST = 500
_SHELLS = frozenset({"sh", "dash", "ash", "ksh"})
_NOT_KNOWN = frozenset({Outcome.CUT_OFF, Outcome.TOO_LONG, Outcome.TIMED_OUT})


class NoScript(AlmanacError):
    """A text that can't be run on a node."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is run. title: what it is called in the record.   text: for the node's sh.   seconds: so long it may take.
    cap: so many bytes it may print, on each stream."""

    title: str
    text: str
    seconds: float
    cap: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it on one node.

    end: `not known` where it was broken off in the middle.   status: the command's own exit status, None if it did not
    end by itself.   why: one sentence, empty where the status says it all.   took: seconds, None if not known.
    output, errors: the beginning of standard output and the end of standard error, raw; whether each was cut.
    """

    node: str
    end: End
    outcome: Outcome
    status: int | None
    why: str
    took: int | None
    output: bytes = b""
    errors: bytes = b""
    output_cut: bool = False
    errors_cut: bool = False

    @property
    def words(self) -> str:
        """How it ended, for people."""
        return f"status {self.status}" if self.status is not None and not self.why else self.why


def of_words(words: tuple[str, ...]) -> tuple[str, str]:
    """Title and text of a command: one word is a text for the shell, several are a program and its arguments as they
    are. Raises NoScript."""
    text = words[0] if len(words) == 1 else join(words)
    return _shortened(printable(text)), _sendable("the command", text)


def of_script(name: str, content: bytes) -> tuple[str, str]:
    """Title and text of a script: run by the node's sh, or by what its first line names, to which it is given on
    standard input. Raises NoScript."""
    try:
        script = content.decode()
    except UnicodeDecodeError as error:
        raise NoScript(f"{name}: byte {error.start + 1} is no UTF-8; send a text") from error
    title = f"script {printable(name)} (SHA-256 {hashlib.sha256(content).hexdigest()[:12]})"
    first = re.match(r"#!\s*(\S.*?)\s*\n", script)
    interpreter = re.sub(r"^\S*/env\s+(-S\s+)?", "", first[1]) if first else "sh"
    if interpreter.rpartition("/")[2] in _SHELLS:
        return title, _sendable(name, script)
    return title, _sendable(name, f"printf '%s\\n' {quote(script)} | {join(interpreter.split())}")


def _sendable(name: str, text: str) -> str:
    if not text.strip():
        raise NoScript(f"{printable(name)} is empty; say what to run")
    if "\0" in text:
        raise NoScript(f"{printable(name)} holds a NUL character, which no shell can take; take it out")
    return text


def run(config: Config, nodes: Iterable[str], order: Order, now: int) -> Iterator[Ran]:
    """Runs it on nodes and yields what came of it on each, as it comes in. `now`: UTC seconds."""
    for heard in hear(config, [_question(config, node, order) for node in nodes], now):
        yield ran(heard, order)


def _question(config: Config, node: str, order: Order) -> Question:
    section = Section(SUBJECT, f"set +u\n{order.text}", order.seconds, order.cap, order.cap + 1)
    return by_hand(config, node, token_hex(16), [section], order.seconds + _SPARE)


def ran(heard: Heard, order: Order) -> Ran:
    """What stands in a node's reply."""
    (part,) = sections(heard)
    begun, over = part.began is not None, part.ended is not None
    end: End = "done" if part.outcome is Outcome.OK else "failed"
    if begun and part.outcome in _NOT_KNOWN and not over:
        end = "not known"
    well = part.outcome in (Outcome.OK, Outcome.FAILED) and part.status is not None
    return Ran(
        node=heard.question.node,
        end=end,
        outcome=part.outcome,
        status=part.status if well else None,
        why="" if well else _why(part.outcome, part.reason, order, over=begun and over),
        took=part.took,
        output=part.body,
        errors=part.errors[-order.cap :],
        output_cut=part.outcome is Outcome.TOO_LONG,
        errors_cut=len(part.errors) >= order.cap,  # the shell has dropped newlines at its end
    )


def _why(outcome: Outcome, reason: str, order: Order, *, over: bool) -> str:
    """Why it did not end by itself, with what to change; else why it was not begun, or not heard to its end."""
    if over and outcome is Outcome.TIMED_OUT:
        return f"did not end within {order.seconds:g} s and was killed; raise --timeout"
    if over and outcome is Outcome.TOO_LONG:
        return f"printed more than {order.cap} bytes and was ended; raise --size"
    return reason


def deed(order: Order, one: Ran) -> Deed:
    """What goes on record of it."""
    return Deed(Act.RUN, _told(order, one), one.node, SUBJECT)


def event(order: Order, one: Ran, now: int) -> Event:
    """What the node's history tells of it. `now`: UTC seconds."""
    return Event(SUBJECT, now, "info" if one.end == "done" else "error", _told(order, one))


def _told(order: Order, one: Ran) -> str:
    return f"{order.title}: {one.words}"


def interrupted(order: Order, node: str) -> Deed:
    """What goes on record of a node whose end nobody waited for."""
    return Deed(Act.RUN, f"{order.title}: broken off", node, SUBJECT)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text)} characters)"

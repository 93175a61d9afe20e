"""One sh program out of all the questions to a node, and their answers out of the bytes that come back. Pure.

The reply is a row of frames, each a line of its own that begins with the pass's random marker:

    MARK node CLOCK
    MARK begin NUMBER CLOCK SECONDS     followed by the section's standard output, byte for byte
    MARK end NUMBER CLOCK               followed by what is said of it: its status, and the end of
                                        its standard error
    MARK status STATUS
    MARK over

The newline before a frame belongs to the frame, so output without one at its end survives. What a section prints can't
look like a frame: the marker is drawn anew for each pass and no section is told it.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from collector.model import Outcome, printable

_FRAMES = 2_096  # bytes of frames that a section can add to a reply
_ON_NODE = files(__package__).joinpath("node.sh").read_text(encoding="utf-8")
_KILLED = 128 + 9
_LONGEST_REMARK = 300


@dataclass(frozen=True, slots=True)
class Section:
    """One question: its label, its sh text, and the seconds and bytes that it may use; `errors`: bytes of the end of
    its standard error.

    Raises ValueError if the text can't be sent to a shell.
    """

    label: str
    text: str
    seconds: float
    cap: int
    errors: int = 2_000

    def __post_init__(self) -> None:
        if "\0" in self.text:
            raise ValueError("its shell text holds a NUL character, which no shell can take")
        self.text.encode("utf-8", "surrogateescape")

    @property
    def room(self) -> int:
        """Bytes that it can add to a reply: what it says on either stream, and its frames."""
        return self.cap + self.errors + _FRAMES


@dataclass(frozen=True, slots=True)
class Part:
    """One section's answer: how it ended and why, its exit status if it has one, the node's clock before and after, and
    what it said: on standard output (`body`) and at the end on standard error (`errors`; the shell drops its NULs)."""

    label: str
    outcome: Outcome
    reason: str = ""
    status: int | None = None
    began: int | None = None
    ended: int | None = None
    body: bytes = b""
    errors: bytes = b""

    @property
    def took(self) -> int | None:
        """Seconds on the node's clock, None if not known; a clock that was set back meanwhile took no time."""
        return None if self.began is None or self.ended is None else max(0, self.ended - self.began)


@dataclass(frozen=True, slots=True)
class Parts:
    """A whole reply taken apart. `clock`: the node's when it began, None if it never did. `preamble`: what came before
    that: the login shell's words."""

    clock: int | None
    preamble: bytes
    whole: bool
    sections: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    word: bytes
    numbers: tuple[int, ...]
    payload: bytes


def compose(sections: Sequence[Section], marker: str, seconds: float) -> bytes:
    """The program that asks all sections one after another and ends within `seconds`, whatever happens to us."""
    lines = ["{", f"mark={shlex.quote(marker)}", f"total={_whole(seconds)}", "sections() {", ":"]
    for number, section in enumerate(sections):
        text = shlex.quote(f"exec < /dev/null\nset -u\n{section.text}")
        # One byte more than the cap is let through: that is how a cut is told from a perfect fit.
        lines.append(f"section {number} {_whole(section.seconds)} {section.cap + 1} {section.errors} {text}")
    lines += ["}", _ON_NODE, "}", ""]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


def split(raw: bytes, marker: str, sections: Sequence[Section]) -> Parts:
    """A reply taken apart, a Part for each section in the order given. Never raises, whatever the bytes."""
    preamble, frames = _framed(raw, marker.encode())
    begun = {frame.numbers[0]: place for place, frame in enumerate(frames) if _is(frame, b"begin", 3)}
    clock = next((frame.numbers[0] for frame in frames if _is(frame, b"node", 1)), None)
    return Parts(
        clock=clock or None,
        preamble=preamble,
        whole=any(frame.word == b"over" for frame in frames),
        sections=tuple(
            _part(section, number, frames[begun[number] : begun[number] + 4])
            if number in begun
            else Part(section.label, Outcome.CUT_OFF, "the node was not asked this: its reply ended before")
            for number, section in enumerate(sections)
        ),
    )


def _framed(raw: bytes, marker: bytes) -> tuple[bytes, list[_Frame]]:
    """What stands before the first frame, and each frame with what stands between it and the next."""
    pattern = rb"\n" + re.escape(marker) + rb" (node|begin|end|status|over)((?: \d{1,18})*)\n"
    found = list(re.finditer(pattern, raw))
    borders = [match.start() for match in found] + [len(raw)]
    return raw[: borders[0]], [
        _Frame(match[1], tuple(map(int, match[2].split())), raw[match.end() : border])
        for match, border in zip(found, borders[1:], strict=True)
    ]


def _is(frame: _Frame, word: bytes, numbers: int) -> bool:
    return frame.word == word and len(frame.numbers) == numbers


def _part(section: Section, number: int, frames: Sequence[_Frame]) -> Part:
    """One section from its `begin` frame and the three that may belong to it: end, status, the next section's."""
    begin, rest = frames[0], frames[1:]
    began, seconds = begin.numbers[1] or None, begin.numbers[2]
    body = begin.payload[: section.cap]
    if not rest or not _is(rest[0], b"end", 2) or rest[0].numbers[0] != number:
        reason = "the reply ended in the middle of its answer"
        return Part(section.label, Outcome.CUT_OFF, reason, None, began, None, body)
    ended = rest[0].numbers[1] or None
    status = rest[1].numbers[0] if len(rest) > 1 and _is(rest[1], b"status", 1) else None
    remark = rest[0].payload + (rest[1].payload if status is not None else b"")
    took = ended - began if began and ended and ended >= began else None
    outcome, reason = _judged(section, len(begin.payload), status, (seconds, took), remark)
    return Part(section.label, outcome, reason, status, began, ended, body, remark.rstrip(b"\n"))


def _judged(
    section: Section, length: int, status: int | None, times: tuple[int, int | None], remark: bytes
) -> tuple[Outcome, str]:
    """How a section ended. A cut body is told first: it is why the section was ended by SIGPIPE."""
    allowed, took = times
    if length > section.cap:
        return Outcome.TOO_LONG, f"printed more than {section.cap} bytes and was cut; raise its output_cap"
    if status is None:
        return Outcome.TIMED_OUT, "the node's time was used up by the sections before it; raise its time_limit"
    if status == _KILLED and (took is None or took >= allowed):
        limit = "its" if allowed >= section.seconds else "the node's"
        return Outcome.TIMED_OUT, f"did not end within {allowed} s and was killed; raise {limit} time_limit"
    if status != 0:
        return Outcome.FAILED, f"ended with status {status}{_quoted(remark)}"
    return Outcome.OK, ""


def _quoted(remark: bytes) -> str:
    """The last line of what a section said on standard error, where tools put their verdict."""
    last = next((line for line in reversed(_lines(remark))), "")
    return f": {last}" if last else ""


def _lines(raw: bytes) -> list[str]:
    return [printable(line.strip()[:_LONGEST_REMARK]) for line in raw.splitlines() if line.strip()]

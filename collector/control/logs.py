"""The end of a process's log: read from its file on the node byte for byte, or through supervisord where that can't be.

A section for each process. Its answer begins with lines `@failed SENTENCE` for ways that were of no use, and then holds

    @file SIZE     bytes of the whole file; below it what was asked for, as it is
    @rpc           supervisord's reply: the size, and the text
    @journal       journald's lines, for a unit
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from secrets import token_hex
from shlex import quote
from typing import Literal

from collector.config import Config
from collector.control.found import Process, sources
from collector.model import Fault, Outcome, printable
from collector.question import Heard, Question, by_hand, sections
from collector.reach.script import Part, Section
from collector.sources import _supervisord, processes
from collector.sources._xmlrpc import Call, aside, back, replies, request

Stream = Literal["stdout", "stderr"]
Way = Literal["file", "supervisord", "journal"]

ON_NODE = files(__package__).joinpath("log.sh").read_text(encoding="utf-8")
_BEGINS = re.compile(rb"^@(?:file ([0-9]+)|rpc|journal)\n", re.MULTILINE)
_FAILED = re.compile(rb"^@failed (.*)$", re.MULTILINE)
_SEARCHED_BY_RPC = 4_000_000
"""Bytes of a log that are fetched to be searched here, where only supervisord can read it."""
_JOURNAL_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a log: which one, how many bytes of its end, and what its lines must hold (empty: anything)."""

    stream: Stream
    size: int
    search: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What was read of a log. size: bytes of the whole log, None if not known. is_cut: it does not begin at the log's
    beginning.   failure: why there is nothing, empty if there is."""

    process: Process
    path: str
    way: Way | None
    body: bytes = b""
    size: int | None = None
    is_cut: bool = False
    failure: str = ""


def path_of(process: Process, stream: Stream) -> str:
    """The file on the node that a stream of a process goes to, empty if none is known."""
    return process.stdout if stream == "stdout" else process.stderr


def question(config: Config, node: str, meant: Sequence[Process], wish: Wish) -> Question:
    """Asks a node for the logs of some of its processes, a section each."""
    told, seconds = sources(config, node), config.limits.section
    texts = [text(told[process.source], process, wish) for process in meant]
    cap = 8 * wish.size + 65_536  # supervisord's reply may spell each byte out
    some = tuple(Section(str(number), one, seconds, cap) for number, one in enumerate(texts))
    return by_hand(config, node, token_hex(16), some, seconds * max(1, len(some)))


def text(settings: processes.Settings, process: Process, wish: Wish) -> str:
    """The sh text that reads one log."""
    here = settings.supervisor is not None and _supervisord.is_here(settings.supervisor)
    values = {
        "size": str(wish.size),
        "search": wish.search,
        "file": path_of(process, wish.stream) if here else "",
        "unit": process.name if process.keeper == "systemd" else "",
        "lines": "" if wish.search else str(_JOURNAL_LINES),
    }
    if process.keeper == "systemd":
        act = "from_journal"
    elif path_of(process, wish.stream):
        requests = [request(calls(process, wish.stream, -_asked(wish) + less)) for less in range(4)]
        act = f"from_file || from_supervisord {' '.join(map(quote, requests))}"
    else:
        act = f"say 'it has no {wish.stream} log of its own' 1"
    lines = [f"{name}={quote(value)}" for name, value in values.items()]
    return "\n".join([processes.spoken(settings), *lines, ON_NODE, act, 'exit "$failed"']) + "\n"


def calls(process: Process, stream: Stream, offset: int) -> list[Call]:
    """The calls that tell the size of a log and what stands in it from an offset on; one below zero is from its end."""
    name = f"Process{stream.title()}Log"
    return [
        Call(f"supervisor.tail{name}", (process.full, 0, 0)),
        Call(f"supervisor.read{name}", (process.full, offset, 0)),
    ]


def _asked(wish: Wish) -> int:
    return _SEARCHED_BY_RPC if wish.search else wish.size


def excerpts(heard: Heard, meant: Sequence[Process], wish: Wish) -> tuple[Excerpt, ...]:
    """What came of each log, in the order in which they were asked for."""
    return tuple(_excerpt(process, part, wish) for process, part in zip(meant, sections(heard), strict=True))


def _excerpt(process: Process, part: Part, wish: Wish) -> Excerpt:
    path, begins = path_of(process, wish.stream), _BEGINS.search(part.body)
    if begins is None or part.outcome not in (Outcome.OK, Outcome.FAILED):
        said = _FAILED.findall(part.body)
        return Excerpt(process, path, None, failure=printable(said[-1]) if said else part.reason or "nothing came back")
    body = part.body[begins.end() :]
    if begins[1] is not None:
        size = int(begins[1])
        return Excerpt(process, path, "file", body, size, is_cut=len(body) < size and not wish.search)
    if part.body[begins.start() :].startswith(b"@journal"):
        return Excerpt(process, "", "journal", body, None, is_cut=len(body) >= wish.size)
    return through_supervisord(process, path, body, wish)


def through_supervisord(process: Process, path: str, reply: bytes, wish: Wish) -> Excerpt:
    """What supervisord's reply to `calls` holds."""
    found = replies(reply.decode("utf-8", "backslashreplace"), 2, aside)
    if isinstance(found, Fault):
        return Excerpt(process, path, None, failure=f"{found.reason}: {found.text}")
    told, words = found
    if not isinstance(words, str):
        return Excerpt(process, path, None, failure=_refusal(words, path))
    size = told[1] if isinstance(told, list) and len(told) == 3 and isinstance(told[1], int) else None
    body = back(words).encode()
    is_cut = size is None or len(body) < size
    if wish.search:
        lines = [line for line in body.split(b"\n") if wish.search.encode() in line]
        body, is_cut = b"".join(line + b"\n" for line in lines)[-wish.size :], False
    return Excerpt(process, path, "supervisord", body, size, is_cut)


def _refusal(reply: object, path: str) -> str:
    """Why supervisord does not tell what stands in a log."""
    said = printable(str(reply.get("faultString"))) if isinstance(reply, dict) else "it told no text"
    if "'utf-8'" in said:
        return f"supervisord can't send what is no UTF-8; let this user read {printable(path)} on the node"
    return said

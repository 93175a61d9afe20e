"""Demos: programs that write a log into /tmp, as `dvic_log_TOKEN`, and whether they still run.

    demo:NAME    state: alive, dead, not running; started (a state: when, as the kernel counts), user, pid
                 lines warnings errors critical (count) since the pass before
    log:NAME     each line itself, kept for a time
    demo:CONTAINER/NAME, log:CONTAINER/NAME    the same of a demo in a running container of Docker

The first line of such a file tells whose it is, as version 1 of this format has it, its words set apart by one blank:

    dvic-log 1 PID START BOOT USER EXECUTABLE

START is field 22 of /proc/PID/stat (clock ticks since boot), BOOT is /proc/sys/kernel/random/boot_id or `-`, EXECUTABLE
goes on to the end of the line; NAME is its last part. A demo that ends well writes `dvic-log end` as its last line. All
other lines are of the demo, best `Level : text` with Log, Warning or Error. A file without such a first line is read
too, NAME being its token; whether it lives is not known then.

Process ids are used again: a demo is alive if PID began at START, since BOOT, and is of the user who owns the file. In
/tmp anybody may write: what is a link, a pipe, a file with a second name, or was swapped while it was opened, is not
read.

Containers are looked into by their own shell, which runs the same text. What that answers concerns demos of this
container only, whatever it says, and no more of them than would be looked at: anybody may have made it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as package
from secrets import token_hex
from shlex import quote
from typing import Annotated

from pydantic import Field, StringConstraints

from collector.config import SourceSettings
from collector.config.values import Bytes
from collector.model import Answer, Cursor, Event, Fault, LogLevel, Observation, Reading, State, printable
from collector.sources import _log_parts
from collector.sources._log_parts import Circumstances, Frame, Log

MOST_FILES = 200
MOST_CONTAINERS = 50
_ON_NODE, _IN_DOCKER = (
    package(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("_demos.sh", "_containers.sh")
)
_TOKEN = re.compile(r"(?:([A-Za-z0-9][A-Za-z0-9_.-]{0,200})/)?([A-Za-z0-9_.-]{1,200})", re.ASCII)
"""Where a file was read up to is known by container, if it is in one, and token."""
_FIRST = re.compile(rb"dvic-log 1 (\d{1,7}) (\d{1,20}) ([0-9a-f-]{1,40}) (\S{1,100}) ([^\n]{1,800})\n")
_ABOUT = re.compile(r"dvic-log (1 \d.*|end)")
_STATES = {"alive", "dead", "not running"}

_REFUSALS = {
    "refused": "is no plain file with one name, or was swapped meanwhile; it was not read",
    "closed": "may not be read by this user; a demo's log should be readable by all (mode 0644)",
}

Folder = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f\x7f]*$")]


class Settings(SourceSettings):
    """`kind = "demos"`: where their logs lie."""

    folder: Folder = Field("/tmp", description="the folder that holds the files dvic_log_*")  # noqa: S108 -- the format's
    docker: bool | None = Field(
        None, description="whether running containers are looked into; left out: where this user may use docker"
    )
    most: Bytes = Field(1_000_000, description="how much of each file a pass reads; the newest")
    level: LogLevel = Field("info", description="which lines are kept: of this level or a graver one; all are counted")


@dataclass(slots=True)
class _Demo:
    """A file, and what its first line says: pid, start, boot, user, executable; empty if it says nothing."""

    log: Log
    words: tuple[str, ...] = ()
    state: str = "unknown"

    @property
    def name(self) -> str:
        """What it is called."""
        return self.log.writer

    @property
    def events(self) -> list[Event]:
        """Its lines but those that are about the file itself."""
        return [event for event in self.log.events if not _ABOUT.fullmatch(event.text)]


@dataclass(slots=True)
class _Place:
    """What was read in one place, the node or a container: demos by the numbers of their files, and faults."""

    demos: dict[str, _Demo] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def probe(settings: Settings, cursor: Cursor) -> str:
    """The sh text that reads on from the cursor."""
    most = int(settings.most)
    known = _known(cursor)
    lines = [
        f"token={token_hex(16)} most={most} first={min(_log_parts.FIRST, most)}",
        f"folder={quote(settings.folder)} files={MOST_FILES}",
        f"lib={quote(_log_parts.ON_NODE + _ON_NODE)}",
        'eval "$lib"',
        known.pop("", _NONE_KNOWN),
        'demos "$folder" "$files"',
    ]
    if settings.docker is not False:
        some = [f"{name}) echo {quote(text)} ;;" for name, text in known.items()]
        lines += [_cases("known_in", [*some, f"*) echo {quote(_NONE_KNOWN)} ;;"]), _IN_DOCKER]
        lines.append(f"containers {'yes' if settings.docker else 'no'} {MOST_CONTAINERS}")
    return "\n".join([*lines, "frame over", 'exit "$failed"']) + "\n"


def _known(cursor: Cursor) -> dict[str, str]:
    """By container, empty for the node itself, the sh text that tells up to where the file of a token was read."""
    places: dict[str, list[str]] = {}
    for key, place in sorted(cursor.items()):
        if (match := _TOKEN.fullmatch(key)) and _log_parts.PLACE.fullmatch(place):
            places.setdefault(match[1] or "", []).append(f"{match[2]}) echo {place} ;;")
    return {container: _cases("known", some) for container, some in places.items()}


def _cases(name: str, some: Iterable[str]) -> str:
    """A sh function that tells something of a word."""
    return "\n".join([f"{name}() {{", "case $1 in", *some, "esac", "}"])


_NONE_KNOWN = "known() { :; }"


def parse(settings: Settings, answer: Answer) -> Reading:
    """What was read, the demos in the order in which their files were written last. Never raises."""
    told = list(_log_parts.frames(answer.body))
    around = Circumstances(answer.asked, _log_parts.zone(told), int(settings.most))
    here = _heard(told, "", around)
    if answer.body and not told:
        here.faults.append(Fault(0, printable(answer.body[:200]), "is no answer to what was asked of demos"))
    places = [here, *(_contained(settings, frame, around) for frame in told if frame.word == "container")]
    every = [demo for place in places for demo in place.demos.values()]
    whole = [one for one in every if one.log.ended]
    return Reading(
        observations=tuple(_numbers(whole, answer.asked)),
        states=tuple(_states(whole, answer.asked)),
        lines=tuple(_log_parts.kept((event for one in whole for event in one.events), settings.level)),
        faults=(
            *(fault for place in places for fault in place.faults),
            *(fault for one in every for fault in one.log.faults),
        ),
        cursor={one.log.name: one.log.place for one in whole if one.log.place},
    )


def _contained(settings: Settings, frame: Frame, around: Circumstances) -> _Place:
    """What a container answered, every line of it behind a `|`."""
    inner = b"\n".join(line.removeprefix(b"|") for line in frame.body.split(b"\n"))
    told = list(_log_parts.frames(inner))
    place = _heard(told, f"{frame.rest}/", around)
    if not told and settings.docker:
        place.faults.append(Fault(0, frame.rest, "can't be looked into: it is paused, or there is no shell in it"))
    return place


def _heard(told: Iterable[Frame], prefix: str, around: Circumstances) -> _Place:
    """What was read in one place, whose names begin so."""
    place = _Place()
    for frame in told:
        number, *words = frame.rest.split(" ")
        if frame.word == "failed":
            place.faults.append(Fault(0, prefix.rstrip("/"), frame.rest))
        elif frame.word in _REFUSALS:
            place.faults.append(Fault(0, prefix + " ".join(words), _REFUSALS[frame.word]))
        elif frame.word == "demo" and words and len(place.demos) < MOST_FILES:
            place.demos[number] = _Demo(Log(prefix + words[0], prefix + words[0], alone=True))
        elif number in place.demos:
            _hear(place.demos[number], frame, words, prefix, around)
    return place


def _hear(demo: _Demo, frame: Frame, words: list[str], prefix: str, around: Circumstances) -> None:
    match frame.word:
        case "first" if match := _FIRST.match(frame.body):
            demo.words = tuple(printable(word) for word in match.groups())
            name = demo.words[-1].rstrip("/").rpartition("/")[2]
            demo.log.writer = prefix + name if name else demo.log.name
        case "state" if " ".join(words) in _STATES:
            demo.state = " ".join(words)
        case _:
            demo.log.part(frame, words, around)


def _chosen(demos: Iterable[_Demo]) -> dict[str, _Demo]:
    """Of each name the one that tells its state: one that is alive, else the last one written."""
    found: dict[str, _Demo] = {}
    for one in demos:
        if one.words and (one.state == "alive" or one.name not in found or found[one.name].state != "alive"):
            found[one.name] = one
    return found


def _states(demos: Sequence[_Demo], asked: int) -> Iterator[State]:
    for name, demo in _chosen(demos).items():
        subject = f"demo:{name}"
        yield State(subject, "state", asked, demo.state)
        for metric, word in zip(("pid", "started", "user", "executable"), _told(demo.words), strict=False):
            yield State(subject, metric, asked, word)


def _told(words: tuple[str, ...]) -> tuple[str, ...]:
    pid, start, boot, user, executable = words
    return pid, f"{start} {boot}", user, executable


def _numbers(demos: Sequence[_Demo], asked: int) -> Iterator[Observation]:
    for name in dict.fromkeys(one.name for one in demos):
        events = [event for one in demos if one.name == name for event in one.events]
        yield from _log_parts.counts(events, f"demo:{name}", asked)

"""The screens of a wall display: what its page says, and what each pass makes of that.

A line of the directive is `WHAT [SECONDS] [TRANSITION] [off]`: one of the words below, or a page of the site. Without
seconds it is SECONDS; `off` leaves it out of the slideshow until a menu calls it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sphinxext.almanac.export import Export

WORDS = ("alarms", "fleet", "hubs")
USUAL = "alarms 20\nfleet 15\nhubs 15"
SECONDS = 15
TRANSITIONS = ("fade", "slide", "cut")
"""How a screen appears; the first is the usual one."""
_SHORTEST, _LONGEST = 3, 3600
_LINE = re.compile(
    rf"(?P<what>.+?)(?:\s+(?P<seconds>\d+))?(?:\s+(?P<transition>{'|'.join(TRANSITIONS)}))?(?:\s+(?P<off>off))?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the directive."""

    what: str
    seconds: int = SECONDS
    transition: str = TRANSITIONS[0]
    off: bool = False

    def __str__(self) -> str:
        """The line with all that may be left out."""
        return f"{self.what} {self.seconds} {self.transition}" + (" off" if self.off else "")


@dataclass(frozen=True, slots=True)
class Screen:
    """`show` is alarms, fleet, hub or page; `name` the hub or the page, else empty; `turn` counts its likes."""

    show: str
    line: Line
    name: str = ""
    turn: int = 1

    @property
    def key(self) -> str:
        """By which a display knows it again after the next pass: `alarms`, `hub ZZ`, `alarms 2`."""
        return " ".join(filter(None, (self.show, self.name, str(self.turn) if self.turn > 1 else "")))

    @property
    def title(self) -> str:
        """What a menu calls it."""
        said = {"alarms": "Alarms", "fleet": "The fleet", "hub": f"Hub {self.name}"}.get(self.show, self.name)
        return f"{said} ({self.turn})" if self.turn > 1 else said


def asked(text: str) -> list[Line]:
    """What each line asks for. Raises ValueError in one sentence."""
    return [_read(line.strip()) for line in text.splitlines() if line.strip()]


def _read(line: str) -> Line:
    match = _LINE.fullmatch(line)
    assert match is not None, "a line that is not empty matches"
    read = Line(
        what=match["what"].removeprefix("/"),
        seconds=int(match["seconds"] or SECONDS),
        transition=match["transition"] or TRANSITIONS[0],
        off=match["off"] is not None,
    )
    if not _SHORTEST <= read.seconds <= _LONGEST:
        raise ValueError(f"expected {_SHORTEST} to {_LONGEST} seconds but got {read.seconds} for {match['what']}")
    return read


def screens(export: Export, text: str) -> list[Screen]:
    """The screens of tonight; the alarms where there would be none."""
    found = [screen for line in asked(text) for screen in _screens(export, line)]
    turns = Counter[tuple[str, str]]()
    for index, screen in enumerate(found):
        turns[screen.show, screen.name] += 1
        found[index] = replace(screen, turn=turns[screen.show, screen.name])
    return found or [Screen("alarms", Line("alarms"))]


def _screens(export: Export, line: Line) -> Iterator[Screen]:
    if line.what == "hubs":
        unwell = (name for name, hub in export.manifest.hubs.items() if hub.level != "ok")
        yield from (Screen("hub", line, name) for name in unwell)
    else:
        yield Screen(line.what, line) if line.what in WORDS else Screen("page", line, line.what)

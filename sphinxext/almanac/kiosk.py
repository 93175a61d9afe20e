"""The screens of a wall display: what its page says, and what each pass makes of that.

A line of the directive is `WHAT SECONDS`: one of the words below, or a page of the site. Without seconds it is SECONDS.
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
_SHORTEST, _LONGEST = 3, 3600
_LINE = re.compile(r"(?P<what>.+?)(?:\s+(?P<seconds>\d+))?")


@dataclass(frozen=True, slots=True)
class Screen:
    """`show` is alarms, fleet, hub or page; `name` the hub or the page, else empty; `turn` counts its likes."""

    show: str
    seconds: int
    name: str = ""
    turn: int = 1

    @property
    def key(self) -> str:
        """By which a display knows it again after the next pass: `alarms`, `hub ZZ`, `alarms 2`."""
        return " ".join(filter(None, (self.show, self.name, str(self.turn) if self.turn > 1 else "")))


def asked(text: str) -> list[tuple[str, int]]:
    """What each line asks for, with its seconds. Raises ValueError in one sentence."""
    return [_read(line.strip()) for line in text.splitlines() if line.strip()]


def _read(line: str) -> tuple[str, int]:
    match = _LINE.fullmatch(line)
    assert match is not None, "a line that is not empty matches"
    seconds = int(match["seconds"] or SECONDS)
    if not _SHORTEST <= seconds <= _LONGEST:
        raise ValueError(f"expected {_SHORTEST} to {_LONGEST} seconds but got {seconds} for {match['what']}")
    return match["what"].removeprefix("/"), seconds


def screens(export: Export, text: str) -> list[Screen]:
    """The screens of tonight; the alarms where there would be none."""
    found = [screen for what, seconds in asked(text) for screen in _screens(export, what, seconds)]
    turns = Counter[tuple[str, str]]()
    for index, screen in enumerate(found):
        turns[screen.show, screen.name] += 1
        found[index] = replace(screen, turn=turns[screen.show, screen.name])
    return found or [Screen("alarms", SECONDS)]


def _screens(export: Export, what: str, seconds: int) -> Iterator[Screen]:
    if what == "hubs":
        unwell = (name for name, hub in export.manifest.hubs.items() if hub.level != "ok")
        yield from (Screen("hub", seconds, name) for name in unwell)
    else:
        yield Screen(what, seconds) if what in WORDS else Screen("page", seconds, what)

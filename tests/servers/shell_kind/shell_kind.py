"""A source from outside the repository, as its entry point makes it one: asks whatever the test says."""

from __future__ import annotations

from collector.config import SourceSettings
from collector.model import Answer, Reading, State, printable


class Settings(SourceSettings):
    text: str = "echo well"


def probe(settings: Settings) -> str:
    if settings.text == "raise":
        raise LookupError("no such probe")
    return settings.text


def parse(settings: Settings, answer: Answer) -> Reading:
    if answer.body.startswith(b"raise"):
        raise LookupError("no such parser")
    lines = answer.body.splitlines()
    return Reading(states=tuple(State(f"line:{n}", "text", answer.asked, printable(x)) for n, x in enumerate(lines)))

"""What `almanac check` tells of `[intake]`: what it lets others do, and what is not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

from collector.config import Config
from collector.config.intake import Intake
from collector.model import AlmanacError

MISSING = 'intake needs the library {}; install it with: pip install "sphinxext-almanac[intake]"'
_WHO = {
    "held": "whoever registers waits for approval: almanac instance approve UUID",
    "token": "only who shows a token registers",
    "open": "anybody registers, and is asked by the next pass",
}


class IntakeError(AlmanacError):
    """`almanac intake` can't run: why, and what to do."""


def expected(config: Config) -> Intake:
    """The settings. Raises IntakeError where there are none."""
    if config.intake is None:
        raise IntakeError(f"{config.file}: intake: is missing; write [intake], even with nothing below it")
    return config.intake


def told(config: Config) -> Iterator[str]:
    """A sentence for each thing that it lets others do."""
    if config.intake:
        yield f"intake: listens at {config.intake.listen}; {_WHO[config.intake.registration]}"
        if config.intake.uuid_suffices:
            yield (
                "intake: uuid_suffices: whoever knows the UUID of an instance may change it, and UUIDs stand on pages,"
                " in the export and in addresses"
            )
        who = _unapproved(config.intake)
        if who and config.instances and any(one.headers for one in config.instances.endpoints):
            yield (
                f"warning: intake: {who} has our next pass ask an address without approval, and is sent the headers of"
                ' [[instances.endpoints]]; leave secrets out of them, or write registration = "held" and no tokens'
            )


def _unapproved(settings: Intake) -> str:
    """Who names an address that is asked before anybody has looked at it; empty if nobody does."""
    if settings.registration == "open":
        return "whoever registers"
    if settings.registration == "token" and settings.uuid_suffices:
        return "whoever knows a UUID"
    return "whoever shows a token" if settings.tokens else ""


def lacking(config: Config) -> Iterator[IntakeError]:
    """What it needs and is not there."""
    if config.intake:
        for library in ("flask", "gunicorn"):
            if find_spec(library) is None:
                yield IntakeError(MISSING.format(library))
        folder = next(one for one in (config.spool, *config.spool.parents) if one.exists())
        if not os.access(folder, os.W_OK):
            yield IntakeError(f"{folder}: can't be written to; almanac intake must run as the user that runs passes")

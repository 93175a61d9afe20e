"""Delivery to other services through apprise, an optional library, imported only where there is such a message."""

from __future__ import annotations

import logging

from collector.digest.spool import Envelope
from collector.digest.way import Fate, Hand

MISSING = 'channels need the library apprise; install it with: pip install "sphinxext-almanac[channels]"'


def deliver(channel: str, envelope: Envelope, hand: Hand) -> Fate:
    """Sends title and text to one service. Its address is a secret and stands in no answer; apprise's log is off."""
    try:
        import apprise  # noqa: PLC0415  an optional library, wanted by few
    except ImportError:
        return Fate("later", MISSING)
    logging.getLogger("apprise").disabled = True
    service = apprise.Apprise()
    if not service.add(channel):
        return Fate("later", f"apprise can't read the address of {envelope.recipient}; mend it in channels")
    hand(envelope)
    try:
        done = service.notify(body=envelope.message, title=envelope.title, body_format=apprise.NotifyFormat.TEXT)
    except Exception as error:  # any of a hundred services' own
        return Fate("later", f"apprise failed: {type(error).__name__}")
    return Fate("sent") if done else Fate("later", "the service did not take it")

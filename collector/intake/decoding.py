"""The body of a request: a small object of JSON (RFC 8259), or a refusal. Pure."""

from __future__ import annotations

import json
from typing import NoReturn

from collector.intake.faults import Refusal

MOST_PARTS = 100
"""So many objects and lists are more than any request needs, and fewer than Python reads within one another."""


def decoded(kind: str, body: bytes) -> dict[str, object]:
    """The object in a body. kind: its media type. Raises Refusal."""
    if kind != "application/json":
        raise Refusal(415, "Send JSON, and say so: Content-Type: application/json.")
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        raise Refusal(400, f"The body holds more than {MOST_PARTS} objects and lists.")
    try:
        read = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Refusal(400, f"The body is no JSON: {error.msg} at character {error.pos}.") from error
    except UnicodeDecodeError as error:
        raise Refusal(400, "The body is no JSON: it is not UTF-8.") from error
    except ValueError as error:
        raise Refusal(400, "The body holds too long a number.") from error
    if not isinstance(read, dict):
        raise Refusal(400, 'The body must be an object, such as {"contact": "Ann"}.')
    return read


def _refuse(word: str) -> NoReturn:
    raise Refusal(400, f"The body is no JSON: {word} is no number.")

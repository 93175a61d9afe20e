"""Takes out of answers what was sent to get them: applications may tell the headers of a request, and what they tell is
published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.config.instances import Endpoint

_OPEN = ("accept", "cache-control", "content-type", "user-agent")
"""Headers that begin so are no secrets."""
_SHORTEST = 8
"""Characters. What is shorter may be a part of anything."""
_VEILED = b"***"


@dataclass(frozen=True, slots=True)
class Veil:
    """The secrets of endpoints, as an answer may hold them."""

    secrets: tuple[bytes, ...]

    @classmethod
    def of(cls, endpoints: Iterable[Endpoint]) -> Veil:
        """Of headers the values, and of credentials what follows their scheme, as `Bearer` (RFC 9110, 11.4)."""
        return cls(tuple(sorted({form for one in endpoints for form in _forms(one)}, key=len, reverse=True)))

    def over(self, body: bytes) -> bytes:
        """An answer without them."""
        for secret in self.secrets:
            body = body.replace(secret, _VEILED)
        return body


def _forms(endpoint: Endpoint) -> Iterator[bytes]:
    """As they are, and as JSON writes them, where a slash may be escaped (RFC 8259, 7)."""
    for name, header in endpoint.headers.items():
        value = header.get_secret_value()
        for secret in (value, value.partition(" ")[2].strip()):
            if len(secret) >= _SHORTEST and not name.lower().startswith(_OPEN):
                written = json.dumps(secret)[1:-1]
                yield from (form.encode() for form in (secret, written, written.replace("/", "\\/")))

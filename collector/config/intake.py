"""The model of `[intake]`: how applications register themselves, and which displays are steered from elsewhere."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, model_validator

from collector.config.base import Settings
from collector.config.instances import AnyNetwork
from collector.config.values import Bytes, Count, Many

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,200}")
"""What may stand after `Bearer` in a header (RFC 6750, 2.1), and is long enough not to be guessed."""


def _token(value: Any) -> Any:
    """No sentence quotes it."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ValueError("must be 16 to 200 letters, digits and signs of ._~+/=-; make one with: openssl rand -hex 16")
    return value


Token = Annotated[SecretStr, BeforeValidator(_token)]
DisplayName = Annotated[str, StringConstraints(pattern=r"^[^\s/\x00-\x1f\x7f][^\x00-\x1f\x7f]*$", max_length=200)]
"""The document of a wall display, such as kiosk or halls/north."""
LISTEN = r"^(unix:/[^\x00-\x20]+|(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5})$"
Listen = Annotated[str, StringConstraints(pattern=LISTEN)]


class Intake(Settings):
    """`[intake]`: the small server by which applications register themselves. It is optional."""

    listen: Listen = Field(
        "127.0.0.1:8411", description='where it listens: "ADDRESS:PORT", or "unix:/run/almanac/intake.sock"'
    )
    registration: Literal["held", "token", "open"] = Field(
        "held",
        description="held: who registers waits for an admin's approval; token: only with a token; open: anybody may",
    )
    tokens: tuple[Token, ...] = Field(
        (), description='who shows one of them registers without approval; of each write "$NAME", from the environment'
    )
    uuid_suffices: bool = Field(
        False, description="true: whoever knows the UUID of an instance may change it, for clients that have no secret"
    )
    reading: Literal["uuid", "secret"] = Field(
        "uuid", description="what an instance's record is told for: its UUID alone, or its secret too"
    )
    proxies: tuple[AnyNetwork, ...] = Field(
        (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        description="networks of proxies, of which alone X-Forwarded-For is believed",
    )
    requests: Many = Field(120, description="how many requests of one address are answered a minute")
    registrations: Many = Field(20, description="how many instances one address may register an hour")
    most: Many = Field(5000, description="so many instances may be on record before no more may register")
    body: Bytes = Field(16_000, description="what a request may carry")
    threads: Count = Field(8, description="how many requests are worked on at once")

    displays: dict[DisplayName, Token] = Field(
        default_factory=dict,
        description='the key of each display that is steered from elsewhere, by its page: kiosk = "$KIOSK_KEY"',
    )
    listeners: Count = Field(20, description="how many browsers may show one display, and as many may steer it")

    @property
    def all_threads(self) -> int:
        """How many threads it needs: a browser that listens has one of its own."""
        return self.threads + 2 * len(self.displays) * self.listeners

    @model_validator(mode="after")
    def _has_token(self) -> Self:
        if self.registration == "token" and not self.tokens:
            raise ValueError('registration = "token" needs a token; write tokens = ["$INTAKE_TOKEN"]')
        return self

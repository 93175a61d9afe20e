"""The models of `[mail]` and `[[reports]]`: by which way reports go, who is told of what, and when."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, model_validator

from collector.config.base import Name, Settings
from collector.config.values import LocalPath, Port, Seconds, listed

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""Where a mail server listens, by how it is spoken to."""


def is_address(text: str) -> bool:
    """Whether a text is what RFC 5321 takes between `<` and `>`: it can become no other header and no command."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError(f"{text[:80]!a} is no mail address; write one such as ops@example.org")
    return text


Address = Annotated[str, AfterValidator(_address)]
"""A mail address, ASCII; a domain with other letters is written in its `xn--` form."""
Names = Annotated[tuple[Name, ...], BeforeValidator(listed, json_schema_input_type=Name | tuple[Name, ...])]
"""One name, or several."""
HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=253)]


class Mail(Settings):
    """`[mail]`: how reports are sent: through an SMTP server (`host`), or by this machine's own `sendmail`."""

    sender: Address = Field(alias="from", description="the address that reports come from")
    host: HostName | None = Field(None, description="the SMTP server")
    port: Port | None = Field(None, description="where it listens; by default 587, 465 or 25, as `tls` is")
    tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="encrypted from STARTTLS on, from the first byte on, or not at all"
    )
    ca_file: LocalPath | None = Field(None, description="certificates that sign the server's; else the machine's own")
    user: str | None = Field(None, description="who logs in; without it nobody does")
    password: SecretStr | None = Field(None, description='the password, from the environment: "$MAIL_PASSWORD"')
    password_file: LocalPath | None = Field(None, description="a file that holds the password and nothing else")
    sendmail: LocalPath | None = Field(None, description="instead of `host`: the program, such as /usr/sbin/sendmail")
    time_limit: Seconds = Field(30.0, description="for each step of a delivery")
    give_up: Seconds = Field(259200.0, description="so long a report that can't be delivered is tried again")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.host is None) == (self.sendmail is None):
            raise ValueError(
                'needs one way to send; write either host = "smtp.example.org" or sendmail = "/usr/sbin/sendmail"'
            )
        if self.password is not None and self.password_file is not None:
            raise ValueError("has both password and password_file; remove one of the two")
        secret = self.password or self.password_file
        if (self.user is None) != (secret is None):
            raise ValueError('user and its password go together; write user = "..." and password_file = "..."')
        if self.user is not None and self.tls == "none":
            raise ValueError('would send its password in clear; write tls = "starttls" or tls = "tls"')
        return self

    @property
    def listens(self) -> int:
        """The port to connect to."""
        return self.port or PORTS[self.tls]


class Report(Settings):
    """`[[reports]]`: who is told, of what part of the fleet, and when. Without hub, environment, group and node it is
    the whole fleet; with several of them, all that any of them names."""

    to: tuple[Address, ...] = Field((), description="mail addresses; each gets a message of its own")
    channels: tuple[SecretStr, ...] = Field((), description="addresses of other services, as apprise writes them")
    channels_file: LocalPath | None = Field(None, description="a file of such addresses, one a line")
    hub: Names = Field((), description="hubs, each with all of its nodes")
    environment: Names = Field((), description="environments, each with all of its nodes")
    group: Names = Field((), description="groups, each with all of its nodes")
    node: Names = Field((), description="nodes")
    level: Literal["unknown", "warning", "critical"] = Field("unknown", description="the least that is told")
    when: Literal["always", "trouble", "change"] = Field(
        "change", description="after each pass, while something is wrong, or when something has changed"
    )
    remind: Seconds | None = Field(604800.0, description="tell again so long after the last time, while it lasts")
    weekly: bool = Field(False, description="also tell of each week")
    monthly: bool = Field(False, description="also tell of each month")
    raw: bool = Field(False, description="quote what of a node's answer could not be understood")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.to or self.channels or self.channels_file):
            raise ValueError('tells nobody; write to = ["ops@example.org"]')
        return self

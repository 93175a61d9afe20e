"""The model of `[watch]`: who is told that passes come, and how they went."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from collector.config.base import Settings
from collector.config.values import LocalPath, Seconds

_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s#]*)?(\?[^\s#]*)?")


def is_url(text: str) -> bool:
    """Whether a text is an address that can be asked: http or https, a host, no space."""
    return _URL.fullmatch(text) is not None


def _ping(value: Any) -> Any:
    """The address is a secret: no sentence quotes it."""
    if not isinstance(value, str) or not is_url(value):
        raise ValueError('is no address of a switch; write it as "https://hc-ping.com/...", or better "$PING_URL"')
    return value


class Watch(Settings):
    """`[watch]`: who watches the watcher."""

    ping: Annotated[SecretStr, BeforeValidator(_ping)] | None = Field(
        None, description='the address of a dead man\'s switch, from the environment: "$PING_URL"'
    )
    ping_file: LocalPath | None = Field(None, description="a file that holds that address and nothing else")
    ping_style: Literal["healthchecks", "plain"] = Field(
        "healthchecks",
        description="healthchecks: told of start and failure too (/start, /STATUS); plain: of success alone",
    )
    ping_limit: Seconds = Field(10.0, description="so long the switch is waited for")
    textfile: LocalPath | None = Field(
        None, description="a file in the folder of node_exporter's textfile collector, such as .../almanac.prom"
    )

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if self.ping is not None and self.ping_file is not None:
            raise ValueError("has both ping and ping_file; remove one of the two")
        if self.textfile is not None and self.textfile.suffix != ".prom":
            raise ValueError("textfile: node_exporter reads files ending in .prom only; name one such as almanac.prom")
        return self

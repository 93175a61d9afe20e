"""What all models of almanac.toml share, and the names that tables may have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

NAME = r"^[^\s/\x00-\x1f\x7f][^/\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NAME)]


class Settings(BaseModel):
    """What all models share: frozen, closed, no coercion of foreign types into text."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

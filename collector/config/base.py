"""What all models of almanac.toml share, and the names that tables may have."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

NAME = r"^[^\s/\x00-\x1f\x7f][^/\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NAME)]

UNOWNED = "not named"
"""What is told as the owner of a VM that has none, where others do. No tag of Ganeti holds a blank, so that nobody is
called so."""

_NAMES: TypeAdapter[str] = TypeAdapter(Name, config=ConfigDict(defer_build=True))


def is_name(text: str) -> bool:
    """Whether a table may have this name."""
    try:
        _NAMES.validate_python(text)
    except ValidationError:
        return False
    return True


def _of_somebody(text: str) -> str:
    if text == UNOWNED:
        raise ValueError(f'no owner may be called "{UNOWNED}", which is told of VMs without one; choose another')
    return text


Owner = Annotated[Name, AfterValidator(_of_somebody)]
"""Of VMs."""


class Settings(BaseModel):
    """What all models share: frozen, closed, no coercion of foreign types into text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True, defer_build=True
    )

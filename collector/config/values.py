"""Small types of the configuration: durations in seconds, sizes in bytes, time zones. Written as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
BYTES = {
    "": 1,
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}

_TEN_YEARS, _TERABYTE, _EXABYTE, _MANY = 10 * 366 * 86400, 10**12, 10**18, 10**6
_VARIABLE = r"\$(\{\w+\}|[A-Za-z_])"
"""How a variable begins, by which any text may become a number."""


def _quantity(text: str, units: dict[str, int], example: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if match is None or match[2] not in units:
        raise ValueError(
            f'expected a number with a unit ({", ".join(u for u in units if u)}) but got "{text}"; write {example}'
        )
    if not isfinite(number := float(match[1]) * units[match[2]]):
        raise ValueError(f'expected a smaller number but got "{text[:80]}"')
    return number


def seconds(text: str) -> float:
    """A duration as people write it: `90m`, `2h`. Raises ValueError."""
    return _quantity(text, SECONDS, '"30s", "5m" or "1d"')


def _seconds(value: Any) -> Any:
    return seconds(value) if isinstance(value, str) else value


def size_in_bytes(text: str) -> int:
    """A size as people write it: `500kB`. Raises ValueError."""
    return int(_quantity(text, BYTES, '"500kB" or "8MB"'))


def _bytes(value: Any) -> Any:
    return size_in_bytes(value) if isinstance(value, str) else value


def _zone(value: Any) -> Any:
    if isinstance(value, ZoneInfo):
        return value
    if not isinstance(value, str) or value not in _zones():
        near = get_close_matches(str(value), _zones(), n=1, cutoff=0.8)
        mend = f'did you mean "{near[0]}"?' if near else 'write one such as "Europe/Berlin" or "UTC"'
        raise ValueError(f'"{value}" is no time zone of the IANA database; {mend}')
    return ZoneInfo(value)


@cache
def _zones() -> frozenset[str]:
    """All names; to ask for them reads the whole folder of zones each time."""
    return frozenset(available_timezones())


def _number(value: Any) -> Any:
    """Anything but TOML's true and false, which Python would count as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError(f"expected a number but got {str(value).lower()}")
    return value


def listed(value: Any) -> Any:
    """One text as a list of one; anything else as it is."""
    return (value,) if isinstance(value, str) else value


def _path(value: Path) -> Path:
    if "\0" in str(value):
        raise ValueError("a path may not hold a NUL character; write another")
    try:
        return value.expanduser()
    except RuntimeError:
        raise ValueError(f'"{value}" begins with the home of a user who is not known here; write it out') from None


def _path_text(text: str) -> str:
    _path(Path(text))
    return text


def _jump(value: str) -> str:
    for stop in value.split(","):
        place = stop.rpartition("@")[2].strip()
        match = re.fullmatch(r"[^\s:]+(?::([0-9]{1,5}))?", place)
        is_ipv6 = place.count(":") > 1
        if not is_ipv6 and not (match and 0 < int(match[1] or 22) < 65536):
            raise ValueError(
                f'"{stop.strip()}" is no [user@]host[:port]; write one such as "me@gateway.example.org:22"'
            )
    return value


def _whole(largest: int) -> WithJsonSchema:
    """The schema of a whole number from 1, also as text: a variable gives one."""
    number = {"type": "integer", "minimum": 1, "maximum": largest}
    return WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": rf"^\s*\d+\s*$|{_VARIABLE}"}]})


def _measured(kind: str, largest: int, units: Iterable[str], description: str) -> WithJsonSchema:
    """The schema of a number above 0, also as text: with a unit, or through a variable."""
    number = {"type": kind, "exclusiveMinimum": 0, "maximum": largest}
    text = {"type": "string", "pattern": rf"^\s*\d+(\.\d+)?\s*({'|'.join(units)})\s*$|{_VARIABLE}"}
    return WithJsonSchema({"anyOf": [number, text], "description": description})


LocalPath = Annotated[Path, AfterValidator(_path)]
"""A path on this machine, `~` expanded."""
PathText = Annotated[str, Field(min_length=1), AfterValidator(_path_text)]
"""A path on this machine as it is written, to be completed and expanded later."""
Jump = Annotated[str, AfterValidator(_jump)]
"""Jump hosts as `ssh -J` takes them."""
Port = Annotated[int, Field(ge=1, le=65535), BeforeValidator(_number), _whole(65535)]
Count = Annotated[int, Field(ge=1, le=1000), BeforeValidator(_number), _whole(1000)]
Many = Annotated[int, Field(ge=1, le=_MANY), BeforeValidator(_number), _whole(_MANY)]
Seconds = Annotated[
    float,
    Field(gt=0, le=_TEN_YEARS),
    BeforeValidator(_number),
    BeforeValidator(_seconds),
    _measured("number", _TEN_YEARS, SECONDS, 'seconds, or text such as "30s", "5m", "1d"'),
]
Bytes = Annotated[
    int,
    Field(gt=0, le=_TERABYTE),
    BeforeValidator(_number),
    BeforeValidator(_bytes),
    _measured("integer", _TERABYTE, BYTES, 'bytes, or text such as "500kB", "8MB", "2GiB"'),
]
Room = Annotated[
    int,
    Field(gt=0, le=_EXABYTE),
    BeforeValidator(_number),
    BeforeValidator(_bytes),
    _measured("integer", _EXABYTE, BYTES, 'bytes, or text such as "64GiB", "2TB"'),
]
"""As `Bytes`, of what many machines may hold."""
Zone = Annotated[
    ZoneInfo,
    BeforeValidator(_zone),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "description": "a time zone of the IANA database, such as Asia/Taipei"}),
]

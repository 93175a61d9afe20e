"""Pieces of a commented almanac.toml, and the two expansions of text that old configurations use."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

import tomlkit

from collector.model import printable

WIDTH = 118
_REMARK_COLUMN = 40
_NO_VARIABLE = r"\$(?!\{\w+\}|[A-Za-z_])"


def path(*keys: str) -> str:
    """Keys as the header of a table holds them: `nodes."Z9:229".sources`."""
    return tomlkit.key(list(keys)).as_string()


def assignment(key: str, value: str | int | float | Sequence[str], remark: str = "", *, variables: bool = False) -> str:
    """`key = value` in TOML, the remark beside it, or above it where it would make the line too long.

    In texts $ is plain, but for that of $VAR if `variables`.
    """
    line = f"{tomlkit.key(key).as_string()} = {_shown(value, variables)}"
    beside = f"{line:<{_REMARK_COLUMN - 1}} # {printable(remark)}"
    if not remark:
        return line
    return beside if len(beside) <= WIDTH and "\n" not in line else "\n".join([*note(f"{key}: {remark}"), line])


def _shown(value: str | int | float | Sequence[str], variables: bool) -> str:
    if isinstance(value, str):
        return _text(value, variables)
    if isinstance(value, int | float):
        return tomlkit.item(value).as_string()
    items = [_text(item, variables) for item in value]
    beside = f"[{', '.join(items)}]"
    return beside if len(beside) < WIDTH - 20 else "\n".join(["[", *(f"    {item}," for item in items), "]"])


def _text(text: str, variables: bool) -> str:
    """A text for almanac.toml, where $ begins a variable and $$ is a plain one."""
    return tomlkit.item(re.sub(_NO_VARIABLE if variables else r"\$", "$$", text)).as_string()


def note(text: str) -> Iterator[str]:
    """A comment, each of its lines wrapped; control characters spelt out, as TOML forbids them."""
    for paragraph in text.split("\n"):
        indent = "#   " if paragraph.startswith("- ") else "# "
        yield from textwrap.wrap(
            printable(paragraph), WIDTH, initial_indent="# ", subsequent_indent=indent, break_on_hyphens=False
        )


def disabled(lines: Iterable[str]) -> Iterator[str]:
    """Lines of TOML as comments: removing one `# ` from each makes them count again."""
    yield from (f"# {line}".rstrip() for line in "\n".join(lines).rstrip().split("\n"))


def percent(text: str, values: Mapping[str, str]) -> str:
    """Python's `text % values` without faults: `%(key)s` of a known key and `%%` are replaced, any other % stays."""

    def replacement(match: re.Match[str]) -> str:
        return "%" if match[1] is None else values.get(match[1], match[0])

    return re.sub(r"%(?:%|\((\w+)\)s)", replacement, text)


def in_shell(text: str) -> str:
    """Text between double quotes of a shell command: nothing but $VAR is expanded."""
    return re.sub(rf'[\\"`]|{_NO_VARIABLE}', r"\\\g<0>", printable(text))

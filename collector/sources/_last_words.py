"""The end of what processes that failed have said, as `_last_words.sh` tells it. Pure.

Each begins with a line `@STREAM WAY NAME`; WAY is `file` and NAME `group:name` as XML spells it, or `rpc` where
supervisord's reply follows, or `unit`. All its own lines begin with a `|`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from xml.sax.saxutils import unescape

from collector.model import Excerpt, Fault, printable
from collector.sources import _lines, _xmlrpc

ON_NODE = files(__package__).joinpath("_last_words.sh").read_text(encoding="utf-8")
_HEAD = re.compile(r"^@(stdout|stderr|journal) (file|rpc|unit) (.*)$", re.MULTILINE)
_LESS = 8
"""So many bytes less there may be of them, for characters are not cut."""


def excerpts(text: str, size: int) -> Iterator[Excerpt]:
    """Those that say something. size: so many bytes of a log were asked for."""
    _, *parts = _HEAD.split(text)
    for stream, way, name, told in zip(*(parts[group::4] for group in range(4)), strict=True):
        own = "\n".join(line[1:] for line in told.split("\n") if line.startswith("|"))
        said = _spoken(own) if way == "rpc" else own
        _, _, rest = said.strip("\n").partition("\n")
        whole = rest if rest and len(said.encode()) >= size - _LESS else said  # else the first line begins somewhere
        lines = [_lines.limited(_lines.line(line)) for line in whole.strip("\n").split("\n")]
        if any(line.strip() for line in lines):
            yield Excerpt(_subject(way, name), stream, "\n".join(lines))


def _subject(way: str, name: str) -> str:
    return f"unit:{printable(name)}" if way == "unit" else f"process:{printable(unescape(name))}"


def _spoken(reply: str) -> str:
    """The text in supervisord's reply, empty if there is none."""
    found = _xmlrpc.replies(reply, 3, _xmlrpc.aside)  # the text, the size, and whether it is all
    if isinstance(found, Fault) or not isinstance(found[0], str):
        return ""
    return _xmlrpc.back(found[0])

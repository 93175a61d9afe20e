"""Bytes of a log as text for people: whatever they are, they steer no terminal. Pure.

Colours are ordinary in logs and say nothing as text, so they are left out; every other control character, NUL too, and
what is no UTF-8 is spelt out. A character that is cut at either end is left out.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from collector.sources._lines import line

_REST_OF_A_CHARACTER = re.compile(rb"^[\x80-\xbf]{1,3}")


def lines(body: bytes, *, is_cut: bool) -> list[str]:
    """The lines; of a body that is cut at its beginning the first one goes, unless it is the only one."""
    if is_cut:
        _, sign, rest = body.partition(b"\n")
        body = rest if sign and rest else _REST_OF_A_CHARACTER.sub(b"", body)
    found = getincrementaldecoder("utf-8")("backslashreplace").decode(body).split("\n")
    return [line(one) for one in (found[:-1] if found[-1] == "" else found)]

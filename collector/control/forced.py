"""The forced command of a node that is only observed: it runs the question that it was made for, and no other script.

A question differs from pass to pass in its marker and the seconds that it may take, both of which are checked to be no
more than that, and in what the kind `host` repeats of the pass before: `before`, hexadecimal digits and two numbers. Of
all the rest the SHA-256 must be right. The one other script that is run takes the key away.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from secrets import token_hex

from collector.config import Config
from collector.question import question
from collector.reach.script import compose

_ON_NODE = files(__package__).joinpath("forced.sh").read_text(encoding="utf-8")
_BEFORE = re.compile(rb"before [0-9a-f-]* [0-9]* [0-9]*")  # as in forced.sh
_FIRST_LINES = 3  # the brace, the marker, the seconds


def command(config: Config, node: str, leave: bytes) -> str:
    """What `command=` holds, one line without single quotes inside. `leave`: the script that takes the key away."""
    asked = question(config, node, token_hex(16))
    whole = compose(asked.sections, asked.marker, asked.limits.node)
    rest = whole.split(b"\n", _FIRST_LINES)[_FIRST_LINES]
    lines = _ON_NODE.replace("@leave@", _digest(leave)).replace("@question@", _digest(rest)).splitlines()
    return f"exec sh -c '{'; '.join(lines)}'"


def _digest(script: bytes) -> str:
    """Of a script, whatever it repeats, and the dot that keeps the shell from dropping the newlines at its end."""
    return hashlib.sha256(_BEFORE.sub(b"before @", script) + b".\n").hexdigest()

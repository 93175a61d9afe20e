"""How names are written in RST: plain ones as they are, all others in double quotes as JSON writes them."""

from __future__ import annotations

import json
import re

from sphinxext.almanac.export import Export

_PLAIN = re.compile(r"[\w.-](?:[\w .,+@/:-]*[\w.,+@/-])?")


def quoted(name: str) -> str:
    """The name as an argument of a directive: `SDU`, `C H1`, `"\\u2028 odd"`."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def unquoted(text: str) -> str:
    """The name that an argument stands for."""
    try:
        name = json.loads(text) if text.startswith('"') else text
    except ValueError:
        return text
    return name if isinstance(name, str) else text


def split(text: str, export: Export | None) -> tuple[str, str]:
    """A node and the rest: `SDU tarball:ZZ/svn/dybsvn`, `"odd node" host:`. The export knows names with spaces."""
    if text.startswith('"'):
        try:
            node, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            pass
        else:
            return node, unquoted(text[end:].strip())
    nodes = export.nodes if export else {}
    known = max((n for n in nodes if text == n or text.startswith(f"{n} ")), key=len, default=None)
    node = known if known is not None else text.partition(" ")[0]
    return node, unquoted(text[len(node) :].strip())


def split_reading(text: str, export: Export | None, default: str | None) -> tuple[str, str, str | None]:
    """A node, a subject and what is read of it, `SDU tarball:ZZ/svn/dybsvn size`; `default` if that is left out."""
    node, rest = split(text, export)
    subject, _, name = rest.rpartition(" ")
    if not subject or (default is not None and export and export.subject(node, rest)):
        return node, rest, default
    return node, unquoted(subject.strip()), name

"""Names of nodes, hubs and subjects as file names and HTML ids: different names never give the same slug."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

_PLAIN = re.compile(r"[A-Za-z0-9.-]")


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """`Z9:229` gives `Z9_3A229`: letters, digits, dots and dashes stay, all else becomes `_XX` of its UTF-8 bytes.

    Never empty, never hidden, never the name of an index page, at most 200 characters (then ended by a digest).
    """
    text = "".join(c if _PLAIN.match(c) else "".join(f"_{byte:02X}" for byte in c.encode()) for c in name)
    if text[:1] in ("", ".", "-") or text == "index":
        text = f"_{text}"
    return text if len(text) <= 200 else f"{text[:160]}_{sha256(name.encode()).hexdigest()[:16]}"


def page_slug(*names: str) -> str:
    """`Z9_3A229~svn_2Fdybsvn`: several names in one, as the name of a page.

    No slug holds a `~`: different names never give the same page, and no page that a person wrote is taken for one.
    """
    text = "~".join(map(slug, names))
    return text if len(text) <= 200 else f"{text[:160]}~{sha256(repr(names).encode()).hexdigest()[:16]}"

"""The site's source as a view is made from it: every page, but those that name what the view is not shown.

Sphinx writes titles of pages into other pages, into its index and its inventory. So a page that is hidden must not be
read at all: each view has a source, and a run of Sphinx, of its own. Sphinx is run only when that source changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.resources import files as package
from pathlib import Path

from collector import files
from collector.config import KEEPER, Config
from collector.export.narrow import Hidden
from collector.model import printable
from collector.pages import PagesError

_PAGES = frozenset({".rst", ".md", ".txt"})
_ROOT = "index.rst"
_OURS = Path(str(package("collector") / "skeleton"))
"""Pages that every site begins with, the manual above all; as long as they are as they came they name nobody."""
_NAMING = re.compile(r"almanac:|^\s*:(?:hub|environment|group|node):", re.MULTILINE)
"""Lines of RST in which a name is that of an object and no common word."""
_KEEPER = re.compile(rf"almanac:node::[ \t]+\"?{re.escape(KEEPER)}\"?[ \t]*$", re.MULTILINE)
"""The page of Almanac's own passes, which tell of all nodes."""


def bring(whole: Config, narrow: Config, audience: str) -> None:
    """Brings the source of a view up to date. Raises PagesError if its first page names what is hidden, OSError."""
    hidden = Hidden.of(whole, narrow.nodes)
    sets = _hidden_sets(whole, narrow)
    source, target = whole.site.source, narrow.site.source

    def is_free(path: Path, content: bytes) -> bool:
        """Whether a file is no page, or one that may say any word."""
        allowed = any(fnmatchcase(path.with_suffix("").as_posix(), one) for one in whole.audiences[audience].pages)
        return path.suffix not in _PAGES or allowed or files.holds(_OURS / path, content)

    wanted = {}
    for path in _paths(source):
        content = (source / path).read_bytes()
        named = None if is_free(path, content) else _named(content.decode("utf-8", "replace"), hidden, sets)
        if named and path == Path(_ROOT):
            raise PagesError(
                f'{source / path}: names "{printable(named)}", which audience {audience} is not shown, and without its'
                " first page there is no site; move that into another page, or if it is meant as a common word write"
                f' audiences.{audience}.pages = ["index"]'
            )
        if named is None:
            wanted[path] = content
    for path in set(_paths(target)) - set(wanted):
        (target / path).unlink()
    for path, content in wanted.items():
        files.replace(target / path, content)


def _paths(folder: Path) -> Iterator[Path]:
    below = (file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return (file.relative_to(folder) for file in below)


def _hidden_sets(whole: Config, narrow: Config) -> frozenset[str]:
    """Names of hubs, environments and groups that are not shown at all, and of hubs' servers that are."""
    tables = ("hubs", "environments", "groups")
    names = {name for table in tables for name in getattr(whole, table) if name not in getattr(narrow, table)}
    shown = {name for table in tables for name in getattr(narrow, table)}
    return frozenset(names - shown)


def _named(text: str, hidden: Hidden, sets: frozenset[str]) -> str | None:
    """What a page names that is hidden. A set has a common word for a name: it counts where only a name can stand."""
    if found := hidden.named(text):
        return found
    if _KEEPER.search(text):
        return KEEPER
    in_names = Hidden(sets)
    return next(filter(None, (in_names.named(line) for line in text.splitlines() if _NAMING.search(line))), None)

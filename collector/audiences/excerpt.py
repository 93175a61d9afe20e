"""The site's source as a view is made from it: every page, but those that name what the view is not shown.

Sphinx writes titles of pages into other pages, into its index and its inventory. So a page that is hidden must not be
read at all: each view has a source, and a run of Sphinx, of its own. Sphinx is run only when that source changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib.resources import files as package
from pathlib import Path

from collector import files
from collector.config import Config
from collector.config.addressed import asks_cluster
from collector.export.narrow import Hidden
from collector.export.owned import hidden
from collector.export.read import read_clusters, read_manifest
from collector.model import printable
from collector.pages.declared import declarations
from collector.pages.errors import PagesError
from collector.pages.found import found
from collector.pages.source import CLUSTER_PAGES, INSTANCE_PAGES, LOG_PAGES
from collector.people.audiences import View

_PAGES = frozenset({".rst", ".md", ".txt"})
_ROOT = "index.rst"
_OURS = Path(str(package("collector") / "skeleton"))
"""Pages that every site begins with, the manual above all; as long as they are as they came they name nobody."""
_NAMING = re.compile(r"almanac:|^\s*:(?:hub|environment|group|node):", re.MULTILINE)
"""Lines of RST in which a name is that of an object and no common word."""
_TABLES = ("hubs", "environments", "groups")


def bring(whole: Config, narrow: Config, view: View) -> None:
    """Brings the source of a view up to date. Raises PagesError if its first page names what is hidden, NoExport,
    OSError."""
    source, target = whole.site.source, narrow.site.source
    eye = _Eye(whole, narrow, view)
    unseen = {"instance": INSTANCE_PAGES} | ({} if view.logs else {"log": LOG_PAGES})
    if not any(asks_cluster(narrow, node) for node in narrow.nodes):
        unseen["cluster"] = CLUSTER_PAGES
    wanted = {}
    for path in map(Path, found(source)):
        content = (source / path).read_bytes()
        named = eye.seen(path, content)
        if named and path == Path(_ROOT):
            raise PagesError(
                f'{source / path}: names "{printable(named)}", which audience {view.audience} is not shown, and without'
                " its first page there is no site; move that into another page, or if it is meant as a common word"
                f' write audiences.{view.audience}.pages = ["index"]'
            )
        if named is None and not _is_of(path, content, unseen):
            wanted[path] = content
    for path in set(map(Path, found(target))) - set(wanted):
        (target / path).unlink()
    for path, content in wanted.items():
        files.replace(target / path, content)


def _is_of(path: Path, content: bytes, unseen: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether it is a page for things of an unseen kind alone, as it was generated or a person made it. `unseen`: the
    generated pages of each such kind; an audience is shown nodes, so instances are of none."""
    if any(pages.get(path.as_posix(), "").encode() == content for pages in unseen.values()):
        return True
    return any(("each", kind) in declarations(content.decode("utf-8", "replace")) for kind in unseen)


class _Eye:
    """Sees what files of the source name that a view is not shown; some pages may say any word."""

    def __init__(self, whole: Config, narrow: Config, view: View) -> None:
        manifest = read_manifest(whole.export)
        self._narrow, self._free = narrow, whole.audiences[view.audience].pages
        self._nodes = hidden(whole, view, manifest.gone.get("nodes", {}), read_clusters(whole.export, manifest))
        names = {name for table in _TABLES for name in getattr(whole, table)}
        self._sets = Hidden(frozenset(names - {name for table in _TABLES for name in getattr(narrow, table)}))

    def seen(self, path: Path, content: bytes) -> str | None:
        """The first such name, None if there is none: in the path of any file, and in the text of a page."""
        name = path.with_suffix("").as_posix()
        if files.holds(_OURS / path, content) or any(fnmatchcase(name, one) for one in self._free):
            return None
        return self._nodes.named(name) or (self._told(content) if path.suffix in _PAGES else None)

    def _told(self, content: bytes) -> str | None:
        """A page on something is about it, be it hidden, gone or the pass itself. A hub, environment or group has a
        common word for a name: elsewhere it counts where only a name can stand."""
        text = content.decode("utf-8", "replace")
        told = ((kind, name) for kind, name in declarations(text) if kind != "each")
        about = (name for kind, name in told if name not in getattr(self._narrow, f"{kind}s"))
        lines = (self._sets.named(line) for line in text.splitlines() if _NAMING.search(line))
        return self._nodes.named(text) or next(about, None) or next(filter(None, lines), None)

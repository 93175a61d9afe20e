"""What a listing lacks since folders were closed to it: which items it tells in part, which it may not tell. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from collector.layout import Layout
from collector.sources._listing import Listing

_COMPLAINT = re.compile(r".*?\./(.*?)['\"]?: [^:]*")  # find: './svn/secret': Input/output error
_CLOSED = "Permission denied"
_NO_BACKUPS = "lost+found"  # of every ext file system, and closed
_MOST_NAMED = 20
ALL = "."


@dataclass(frozen=True, slots=True)
class Gaps:
    """Folders that were not listed whole: by the item that each lies in, and those that lie in none that was seen.

    anywhere: any of them may hold tarballs of any item.
    """

    inside: Mapping[str, list[str]]
    above: list[str]
    anywhere: bool

    def __bool__(self) -> bool:
        return bool(self.inside or self.above)

    def touch(self, item: str) -> bool:
        """Whether backups of the item may lie where nobody looked."""
        if item in self.inside or (self.anywhere and self):
            return True
        return any(path == ALL or item.startswith(f"{path}/") for path in self.above)

    def word(self) -> tuple[str, str]:
        """What is so of the folder as a whole: `whole`, `partial` (the detail names what is missing) or `in doubt`
        (any item may be)."""
        if self.anywhere and self:
            return "in doubt", named([*self.above, *(path for paths in self.inside.values() for path in paths)])
        return ("partial", " // ".join(self.above)) if self.above else ("whole", "")


def named(paths: Collection[str]) -> str:
    """Paths for a state's detail. What separates them stands in none: find prints no two slashes in a row."""
    return " // ".join(list(paths)[:_MOST_NAMED]) + (" // and more" if len(paths) > _MOST_NAMED else "")


def gaps(listing: Listing, items: Collection[str], layout: Layout) -> Gaps:
    """The folders that `listing` has not whole, put to the items that it knows."""
    inside: dict[str, list[str]] = {}
    above: list[str] = []
    for path in dict.fromkeys(_unlisted(listing)):
        item = next((folder for folder in _upwards(path) if folder in items), None)
        if item is not None and layout.by_item:
            inside.setdefault(item, []).append(path)
        elif not (layout.by_item and path.startswith(".") and path != ALL):  # no kind and no name begins with a dot
            above.append(path)
    return Gaps(inside, above, anywhere=not layout.by_item or ALL in above)


def _unlisted(listing: Listing) -> Iterator[str]:
    """Folders that were closed, and those of which find complained for another reason."""
    yield from (path for path in listing.closed if path != _NO_BACKUPS)
    broken_names = any("\\n" in path for path in listing.closed)
    for complaint in listing.complaints.get("listing", []):
        if listing.closed and complaint.endswith(_CLOSED):
            continue
        if match := _COMPLAINT.fullmatch(complaint):
            yield match[1].rstrip("/") or ALL
        elif not broken_names:  # else it is a piece of a complaint about such a name
            yield ALL


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]

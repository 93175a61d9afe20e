"""Text for messages: free of whatever steers a mail program, of bounded length, laid out in 72 columns. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import combining, east_asian_width

from collector.amounts import NARROW
from collector.model import printable

COLUMNS = 72
LONGEST = 600
"""Characters of one text of a node in a message; the site has all of it."""


def line(text: str, most: int = LONGEST) -> str:
    """A text on one line that steers nothing, at most so long. The narrow space between thousands stays."""
    plain = NARROW.join(map(printable, " ".join(text.split(" ")).split(NARROW)))
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def width(text: str) -> int:
    """Columns that a text takes; wide letters take two, what is put upon another none."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def wrapped(text: str, indent: int = 0) -> str:
    """A text in lines of 72 columns, all indented; a word longer than that stays whole, so that links work."""
    margin = " " * indent
    return "\n".join(
        textwrap.wrap(
            text.replace(NARROW, " "),
            COLUMNS,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns; the last one is wrapped within its own."""
    told = [[cell.replace(NARROW, " ") for cell in row] for row in rows]
    if not told:
        return ""
    widths = [max(width(row[place]) for row in told) for place in range(len(told[0]) - 1)]
    widths = [min(one, COLUMNS // 3) for one in widths]
    return "\n".join(text for row in told for text in _row(row, widths))


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """A row; a cell wider than its column has a line of its own."""
    head = ""
    for place, size in enumerate(widths):
        head += row[place] + " " * max(size - width(row[place]), 0) + "  "
    start = sum(widths) + 2 * len(widths)
    if width(head) > start:
        yield head.rstrip()
        head = ""
    body = wrapped(row[-1], start).split("\n") if row[-1] else [""]
    yield (head + " " * (start - width(head)) + body[0][start:]).rstrip()
    yield from body[1:]

"""Tables on a terminal, in which nothing from a node is markup; plain text where that goes elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from collector.cli._screen import plain
from collector.model import LevelWord

STYLES: dict[str, str] = {"ok": "green", "unknown": "magenta", "warning": "yellow", "critical": "bold red"}
_SHORT = 30
"""Cells of so many letters are not wrapped, and less than that is no room for longer ones."""
_LEAST = 10
"""Of each of several long texts in a line so much; where there is no room for that, all of them are wrapped."""
SIGNS: dict[str, str] = {"ok": "●", "unknown": "?", "warning": "▲", "critical": "■"}

out = Console(highlight=False, soft_wrap=False)


def state(level: LevelWord) -> Text:
    """A level by sign, word and colour."""
    return Text(f"{SIGNS[level]} {level}", STYLES[level])


def table(headings: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Prints a table; on anything but a terminal it is as wide as its text, so that nothing is cut in a pipe. On a
    terminal only long texts are wrapped, and stand below their row where it is too narrow for them."""
    cells = [[cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row] for row in rows]
    widest = [max((row[i].cell_len for row in cells), default=0) for i in range(len(headings))]
    short = [max(width, len(heading)) for width, heading in zip(widest, headings, strict=True) if width <= _SHORT]
    room = out.width - sum(short) - 2 * len(headings)
    long = len(headings) - len(short)
    if out.is_terminal and 0 < long <= 2 and room < _SHORT:
        _stack(cells, [width > _SHORT for width in widest])
        return
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for heading, width in zip(headings, widest, strict=True):
        grid.add_column(heading, overflow="fold", no_wrap=width <= _SHORT and room >= long * _LEAST)
    for row in cells:
        grid.add_row(*row)
    console = out if out.is_terminal else Console(highlight=False, width=10_000)
    console.print(grid)


def _stack(rows: Iterable[Sequence[Text]], is_long: Sequence[bool]) -> None:
    """Each row's short cells beside each other, and its long texts below."""
    for row in rows:
        told = list(zip(row, is_long, strict=True))
        out.print(Text("  ").join(cell for cell, long in told if cell and not long))
        for cell in (cell for cell, long in told if cell and long):
            out.print(Padding(cell, (0, 0, 0, 2)))

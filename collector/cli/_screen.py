"""What commands share in speaking to a terminal: tables of plain text, in which nothing from a node is markup."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from collector.amounts import NARROW
from collector.export.readings import HoldDocument, ProblemDocument
from collector.model import AlmanacError, LevelWord, printable
from collector.wording import instead, moment

if TYPE_CHECKING:
    from collector.collect import Shortfall

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


def plain(text: str) -> str:
    """A text that steers no terminal; the narrow space between thousands, which Python calls unprintable, stays."""
    return NARROW.join(map(printable, text.split(NARROW)))


def text_of(problem: ProblemDocument) -> str:
    """What is wrong, in its own words, and that it flaps if it does."""
    return f"{problem.text} (flapping)" if problem.stage == "flapping" else problem.text


def held(hold: HoldDocument | None, zone: str) -> str:
    """Why a problem alarms nobody, empty if it does."""
    if hold is None:
        return ""
    if hold.kind == "behind":
        return f"behind {hold.subject.partition(':')[2] if hold.subject else hold.node}"
    until = f" until {when(hold.until, zone)}" if hold.until else ""
    return f"{hold.kind} by {hold.person}{until}: {hold.note}"


def complain(sentence: str) -> None:
    """One line on standard error, whatever a node put into it."""
    click.echo(plain(sentence), err=True)


def confirm(question: str, instead: str = "to do it, say --yes") -> None:
    """Has a person say yes. Raises click.Abort for a no, and click.UsageError with what to do `instead` where no
    terminal is."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"Nothing was done: this is no terminal to ask on; {instead}.")
    click.confirm(question, abort=True, err=True)


def ends(words: Iterable[str]) -> str:
    """How many ended how: `12 done, 1 failed`."""
    return ", ".join(f"{number} {end}" for end, number in sorted(Counter(words).items()))


@contextmanager
def progress(steps: int, doing: str = "asking") -> Iterator[Callable[[str], None]]:
    """Shows on a terminal how far a pass is; says nothing where nobody looks."""
    with _bar() as bar:
        task = bar.add_task(doing, total=steps)
        yield lambda line: bar.update(task, advance=1, description=printable(line)[:60])


@contextmanager
def blocks(steps: int, doing: str) -> Iterator[Callable[[str, Iterable[str]], None]]:
    """As `progress`, where each step has something to print: told a line for the bar, and lines for standard output."""
    with _bar() as bar:
        task = bar.add_task(doing, total=steps)

        def tell(line: str, block: Iterable[str]) -> None:
            if not bar.disable:
                bar.stop()  # it stands on the same terminal
            for one in block:
                click.echo(one)
            bar.update(task, advance=1, description=printable(line)[:60])
            bar.start()

        yield tell


def _bar() -> Progress:
    """It leaves standard output alone, which may go elsewhere than the terminal that the bar stands on."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.completed}/{task.total}"), BarColumn(), TextColumn("{task.description}", markup=False))
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal, redirect_stdout=False)


def tell_shortfalls(shortfalls: Iterable[Shortfall]) -> None:
    """What a sweep did not get, a line each, on standard error."""
    for one in shortfalls:
        complain(f"{one.node if one.source is None else f'{one.node} {one.source}'}: {one.outcome}: {one.reason}")


def tell_refusals(refusals: Iterable[AlmanacError | None]) -> int | None:
    """What a stage refused without ending the pass, a line each, and the exit status that it means; None if nothing."""
    told = [refusal for refusal in refusals if refusal is not None]
    for line in "\n".join(map(str, told)).splitlines():
        complain(f"almanac: {line}")
    return told[0].exit_status if told else None


def expect(what: str, wanted: Iterable[str], known: Collection[str], mend: str = "") -> None:
    """Raises click.UsageError for the first name that is not known, with the nearest that is, how to `mend` it, or
    those there are."""
    for name in wanted:
        if name not in known:
            hint = instead(name, known)
            told = f". D{hint[1:]}" if hint.startswith("did") else mend or (f"; {hint}." if hint else ".")
            raise click.UsageError(f'There is no {what} "{name}"{told}')


def when(time: str | None, zone: str) -> str:
    """A time of the export in the site's zone; `never` if there is none."""
    return moment(int(datetime.fromisoformat(time).timestamp()), ZoneInfo(zone)) if time else "never"

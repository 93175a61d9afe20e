"""How far something is that takes its time, shown on a terminal. Apart from `_screen`: to load it takes time, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from collector.model import printable


@contextmanager
def progress(steps: int, doing: str) -> Iterator[Callable[[str], None]]:
    """Shows how far it is, and what it does, each time when told a line."""
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

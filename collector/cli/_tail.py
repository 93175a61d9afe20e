"""`almanac process tail`: the logs of processes, their end, searched, and as they grow."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import time
from typing import Any

import click

from collector.cli import _processes, _screen
from collector.cli._meant import asked, meant_by, named, placed, size_of
from collector.config import Config, load
from collector.control import follow, logs, readable
from collector.control.found import Process
from collector.control.logs import Excerpt, Stream
from collector.people import who
from collector.people.roles import Act
from collector.store.store import Store
from collector.sweep import hear
from collector.wording import size


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command, but for those that say which logs."""

    stream: Stream
    size: int
    lines: int | None
    search: str
    follow: bool
    raw: bool


@click.command("tail", epilog="Example:  almanac process tail --node web-1 web:gunicorn --search ERROR")
@placed
@click.option("--stderr", "stream", flag_value="stderr", help="What it says on standard error.")
@click.option("--stdout", "stream", flag_value="stdout", default="stdout", help="On standard output; the default.")
@click.option("--size", default="16kB", callback=size_of, help="How much of the end, such as 500kB; 16kB.")
@click.option("--lines", type=click.IntRange(1), help="No more than so many lines of that.")
@click.option("--search", default="", help="Only lines that hold this text, from all of the log.")
@click.option("--follow", is_flag=True, help="Go on with what is added to it; of one process only.")
@click.option("--raw", is_flag=True, help="The bytes as they are, to be piped; of one process only.")
@named
@click.pass_obj
def command(file: Path, /, **words: Any) -> int:
    """The end of what processes have said: of supervisord's their log files, of units the journal.

    Files are read on the node byte for byte; what its user may not read there is asked of supervisord. Colours are left
    out, and all else that would steer the terminal is spelt out. Exit status 1 if a log could not be read.
    """
    config, meant = load(file), meant_by(words)
    wish = Wish(**words)
    if not meant.words:
        raise click.UsageError("Say whose log: a NAME, --node, --environment, --group or --hub.")
    with Store.open(config.database) as store:
        actor = who.actor(config, store)
        who.refuse_unless(store, actor, Act.READ_LOGS, f"read the logs of {meant.words}")
        told, processes = asked(config, meant)
        if (wish.follow or wish.raw) and len(processes) != 1:
            names = ", ".join(f"{one.node} {one.full}" for one in processes[:4])
            raise click.UsageError(f"This is for one process, but {len(processes)} are meant: {_screen.plain(names)}")
        _processes.complain(told)
        found = _read(config, processes, wish)
        for one in found:
            who.note(store, actor, _deed(one, wish), "failed" if one.failure else "done")
    _tell(found, wish)
    if wish.follow and not found[0].failure:
        _go_on(config, found[0], wish)
    return 1 if any(one.failure for one in found) or any(one.failures for one in told) else 0


def _read(config: Config, processes: Sequence[Process], wish: Wish) -> list[Excerpt]:
    by_node = {node: list(some) for node, some in groupby(processes, lambda one: one.node)}
    asks = logs.Wish(wish.stream, wish.size, wish.search)
    questions = [logs.question(config, node, some, asks) for node, some in by_node.items()]
    found: dict[str, Sequence[Excerpt]] = {}
    with _screen.progress(len(questions), "reading") as tell:
        for heard in hear(config, questions, int(time())):
            node = heard.question.node
            found[node] = logs.excerpts(heard, by_node[node], asks)
            tell(node)
    return [one for node in by_node for one in found[node]]


def _deed(one: Excerpt, wish: Wish) -> who.Deed:
    process, why = one.process, f": {one.failure}" if one.failure else ""
    return who.Deed(Act.READ_LOGS, f"read {wish.stream} of {process.full}{why}", process.node, process.subject)


def _tell(found: Sequence[Excerpt], wish: Wish) -> None:
    for one in found:
        if one.failure:
            _screen.complain(f"{one.process.node} {one.process.full}: {one.failure}")
        elif wish.raw:
            sys.stdout.buffer.write(one.body)
            sys.stdout.buffer.flush()
        else:
            if len(found) > 1:
                click.echo(_screen.plain(_head(one, wish)))
            body = one.body[: len(one.body) - len(_unended(one.body))] if wish.follow else one.body
            for line in readable.lines(body, is_cut=one.is_cut)[-(wish.lines or 0) :]:
                click.echo(line)


def _unended(body: bytes) -> bytes:
    """The beginning of a line that has no end yet."""
    return body.rpartition(b"\n")[2]


def _head(one: Excerpt, wish: Wish) -> str:
    whole = f", {size(one.size)}" if one.size is not None else ""
    return f"==> {one.process.node} {one.process.full} {wish.stream}: {one.path or 'journal'}{whole}"


def _go_on(config: Config, begun: Excerpt, wish: Wish) -> None:
    """Writes whole lines as they come; of a line that is not ended yet nothing is known until it is."""
    rest = _unended(begun.body)

    def write(piece: bytes) -> None:
        nonlocal rest
        if wish.raw:
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            if wish.search.encode() in line:
                click.echo(readable.lines(line + b"\n", is_cut=False)[0])

    follow.follow(config, begun, wish.stream, write)

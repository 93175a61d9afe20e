"""`almanac run`: a shell command on many nodes at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import click

from collector.cli import _bar, _screen
from collector.cli._meant import placed_nodes, places_by, size_of
from collector.config import Config, load
from collector.control import readable, running, selection
from collector.control.running import Order, Ran
from collector.people import who
from collector.people.roles import Act
from collector.people.who import Actor
from collector.store.happened import Happening
from collector.store.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command, but for those that say where."""

    whole: bool
    script: Path | None
    yes: bool
    timeout: float
    size: int
    jobs: int | None
    as_json: bool
    words: tuple[str, ...]


@click.command(epilog="Example:  almanac run --environment lab -- uname -a")
@placed_nodes
@click.option("--all", "whole", is_flag=True, help="On all nodes, where nothing else says which.")
@click.option(
    "--script", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Run what this file holds instead."
)
@click.option("--yes", is_flag=True, help="Do not ask; where no terminal is, nothing is done without it.")
@click.option("--timeout", type=click.FloatRange(1, 3600), default=60.0, help="Seconds that it may take; 60.")
@click.option("--size", default="1MB", callback=size_of, help="How much it may print on each stream, such as 5MB; 1MB.")
@click.option("--jobs", type=click.IntRange(1, 1000), help="On how many nodes at once.")
@click.option("--json", "as_json", is_flag=True, help="The results as JSON.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.pass_obj
def command(file: Path, /, **words: Any) -> int:
    """Run a shell command on many nodes at once, and see what each printed and how it ended.

    One word is a text for the node's sh, as in -- 'df -h | tail -1'. Several are a program and its arguments, passed
    as they are. The nodes are shown first and confirmed; each result is on record. Exit status 1 if it failed on any.
    """
    places, told = places_by(words)
    wish = Wish(**words)
    if bool(told) == wish.whole:
        raise click.UsageError("Say where: --node, --environment, --group or --hub, or else --all.")
    order = _order(wish)
    config = load(file).with_jobs(wish.jobs)
    with Store.open(config.database) as store:
        actor = who.actor(config, store)
        who.refuse_unless(store, actor, Act.RUN, f"run {order.title} on {told or 'all nodes'}")
        nodes = selection.nodes(config, places)
        _confirm(nodes, order, wish)
        results = _run(config, nodes, order, _Record(store, actor, order), wish)
    if wish.as_json:
        click.echo(json.dumps(_document(order, results), indent=2))
    else:
        click.echo(_screen.ends(one.end for one in results))
    return 0 if all(one.end == "done" for one in results) else 1


def _order(wish: Wish) -> Order:
    if bool(wish.words) == bool(wish.script):
        raise click.UsageError("Say what to run: -- and a COMMAND, or else --script FILE.")
    if wish.script:
        title, text = running.of_script(wish.script.name, wish.script.read_bytes())
    else:
        title, text = running.of_words(wish.words)
    return Order(title, text, wish.timeout, wish.size)


def _confirm(nodes: Sequence[str], order: Order, wish: Wish) -> None:
    if not wish.as_json:
        click.echo(f"{order.title}\non {len(nodes)} node{'s' * (len(nodes) != 1)}: {', '.join(nodes)}")
    if not wish.yes:
        _screen.confirm("run it?")


@dataclass(frozen=True, slots=True)
class _Record:
    """Where it is put on record, and by whom it was done."""

    store: Store
    actor: Actor
    order: Order

    def done(self, one: Ran) -> None:
        """Of a node on which it came to something."""
        now = int(time())
        entry = who.entry(self.actor, running.deed(self.order, one), "done" if one.end == "done" else "failed", now)
        happening = Happening(one.node, "run", one.outcome, one.status, running.event(self.order, one, now))
        self.store.note_happening(happening, entry)

    def interrupted(self, node: str) -> None:
        """Of one for which nobody waited."""
        who.note(self.store, self.actor, running.interrupted(self.order, node), "interrupted")


def _run(config: Config, nodes: Sequence[str], order: Order, record: _Record, wish: Wish) -> list[Ran]:
    """Runs it, told and put on record as it comes in; also when somebody breaks off."""
    results: dict[str, Ran] = {}
    try:
        with _bar.blocks(len(nodes), "running") as tell:
            for one in running.run(config, nodes, order, int(time())):
                results[one.node] = one
                record.done(one)
                tell(f"{one.node}: {one.words}", () if wish.as_json else _block(one))
    except KeyboardInterrupt:
        for node in nodes:
            if node not in results:
                record.interrupted(node)
        raise
    return [results[node] for node in nodes]


def _block(one: Ran) -> Iterator[str]:
    """What a node said. Each line of it has a sign before it, so that none can pass for one of ours."""
    took = "" if one.took is None else f", {one.took} s"
    cut = ", cut" if one.output_cut or one.errors_cut else ""
    yield _screen.plain(f"{one.node}: {one.end}: {one.words}{took}{cut}")
    yield from (f"  | {line}" for line in readable.lines(one.output, is_cut=False))
    yield from (f"  ! {line}" for line in readable.lines(one.errors, is_cut=one.errors_cut))


def _document(order: Order, results: Sequence[Ran]) -> dict[str, Any]:
    """All that came of it, for JSON. What is no UTF-8 is spelt out with backslashes; everything else is as it came."""
    rows = [
        {
            "node": one.node,
            "result": one.end,
            "outcome": str(one.outcome),
            "status": one.status,
            "why": one.why,
            "took": one.took,
            "stdout": one.output.decode("utf-8", "backslashreplace"),
            "stderr": one.errors.decode("utf-8", "backslashreplace"),
            "cut": one.output_cut or one.errors_cut,
        }
        for one in results
    ]
    return {"command": order.title, "results": rows}

"""`almanac collect`: ask nodes and record what they say; keep their raw answers, or parse kept ones again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from collector import recording
from collector.cli import _screen
from collector.collect import beginning, gather, locked
from collector.config import Config, load
from collector.model import NodeAnswer
from collector.question import Cursors, Sought
from collector.store import cursors
from collector.sweep import sweep


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of the command."""

    hub: tuple[str, ...]
    node: tuple[str, ...]
    source: tuple[str, ...]
    jobs: int | None
    record: Path | None
    replay: Path | None


@click.command(epilog="Example:  almanac collect --hub ZZ --record /tmp/for-the-bug-report")
@click.option("--hub", multiple=True, help="Only the nodes of this hub; may be repeated.")
@click.option("--node", multiple=True, help="Only this node; may be repeated.")
@click.option("--source", multiple=True, help="Only sources of this kind or name; may be repeated.")
@click.option("--jobs", type=click.IntRange(1, 1000), help="How many nodes are asked at once.")
@click.option("--record", type=click.Path(path_type=Path), help="Keep each node's raw answer in this new folder.")
@click.option("--replay", type=click.Path(path_type=Path), help="Ask nobody; parse the answers in this folder again.")
@click.pass_obj
def command(file: Path, /, **words: object) -> int:
    """Ask nodes and record what they say. Exit status 1 if a node, or a source of one, did not answer well."""
    wish = Wish(**words)  # type: ignore[arg-type]
    config = load(file).with_jobs(wish.jobs)
    if wish.replay and (wish.record or wish.hub or wish.node or wish.source or wish.jobs):
        raise click.UsageError("--replay takes a recording as it is; leave the other options out")
    nodes = _nodes(config, wish)
    heard = recording.asked_at(wish.replay) if wish.replay else None
    with _screen.progress(len(nodes)) as tell, locked(config) as store:
        started = beginning(store) if heard is None else heard
        done = gather(config, store, started, _answers(config, wish, nodes, (started, cursors.every(store.db))), tell)
    _screen.tell_shortfalls(done.shortfalls)
    click.echo(f"{done.reached} of {done.asked} nodes answered")
    return 1 if done.shortfalls else 0


def _answers(config: Config, wish: Wish, nodes: list[str], begins: tuple[int, Cursors]) -> Iterator[NodeAnswer]:
    """What the nodes say. begins: when the pass did, UTC seconds, and where sources go on."""
    if wish.replay:
        return recording.replay(config, wish.replay)
    started, since = begins
    return sweep(config, nodes, started, Sought(_labels(config, nodes, wish.source), since), wish.record)


def _nodes(config: Config, wish: Wish) -> list[str]:
    """The nodes meant: of any of the hubs, and any of the names; all where nothing is said."""
    _screen.expect("hub", wish.hub, config.hubs)
    _screen.expect("node", wish.node, config.nodes)
    of_hubs = {node for node in config.nodes if not wish.hub or set(config.hubs_of(node)) & set(wish.hub)}
    meant = [node for node in config.nodes if node in of_hubs and (not wish.node or node in wish.node)]
    if not meant:
        raise click.UsageError("No node is meant: name another --node or --hub, or watch one in almanac.toml.")
    return meant


def _labels(config: Config, nodes: list[str], wanted: tuple[str, ...]) -> set[str] | None:
    """The labels of the sources meant by their kinds or names; None where nothing is said."""
    if not wanted:
        return None
    sources = [source for node in nodes for source in config.sources_of(node)]
    _screen.expect("source", wanted, {word for source in sources for word in (source.kind, source.label)})
    return {source.label for source in sources if {source.kind, source.label} & set(wanted)}

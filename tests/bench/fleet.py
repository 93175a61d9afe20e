"""A fleet to measure: nodes whose backups lie in folders of this machine, their history on record, and a site.

    folder/almanac.toml, site/, data/     as `almanac init` makes them
    folder/nodes/NODE/KIND/NAME/...       the tarballs of a node, sparse, in env's layout

Every backup made by `back_up` is another size of every item, so in the pass after it every value has changed.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collector.model import Answer, NodeAnswer, Observation, Outcome, Reading
from collector.store.store import Store
from tests.bench.spending import Spent, put_away, spent

ALMANAC = Path(sys.executable).with_name("almanac")
DAY = 86400
KEPT = 3
"""So many tarballs of an item lie on a node at a time."""
HUB, SOURCE = "bench", "tarballs:bench"
LOCAL = 'reach = "local"\n'
_NODE = """[nodes.{name}]
{reach}[[nodes.{name}.sources]]
kind = "tarballs"
folder = "{folder}"
"""
_HOST = """[[nodes.{name}.sources]]
kind = "host"
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Nodes by name, each with the lines that tell how it is reached; items a node; how often passes are promised.

    host: whether the machine itself is asked too.
    keep: how many generations of the site are kept.
    """

    nodes: Mapping[str, str]
    items: int
    every: str = "1d"
    host: bool = False
    keep: int = 5

    @property
    def names(self) -> tuple[str, ...]:
        """The items, as `svn/r0`."""
        return tuple(f"{('svn', 'tracs')[number % 2]}/r{number}" for number in range(self.items))


def local_nodes(count: int) -> dict[str, str]:
    """Nodes that are this machine."""
    return {f"n{number:03}": LOCAL for number in range(count)}


class Fleet:
    """The fleet of a plan in a new folder."""

    def __init__(self, folder: Path, plan: Plan, environ: Mapping[str, str] | None = None) -> None:
        self.folder, self.plan = folder, plan
        self.environ = {**os.environ, **(environ or {})}
        self.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else all that an install compiles is compiled in each pass
        self.data = folder / "data"
        self._chance = random.Random(1)
        self._stamps: list[int] = []
        spent([ALMANAC, "init", folder])
        (folder / "almanac.toml").write_text(self._configuration())

    def _configuration(self) -> str:
        nodes = [f'"{name}"' for name in self.plan.nodes]
        head = f'[site]\nevery = "{self.plan.every}"\nkeep = {self.plan.keep}\n[hubs.{HUB}]\nserver = "{HUB}"\nnodes = [{", ".join(nodes)}]\n'
        node = _NODE + (_HOST if self.plan.host else "")
        return head + "".join(
            node.format(name=name, reach=reach, folder=self._tarballs(name)) for name, reach in self.plan.nodes.items()
        )

    def _tarballs(self, node: str) -> Path:
        return self.folder / "nodes" / node / HUB

    def _size(self, at: int) -> int:
        """Bytes of a tarball: some growth, some unrest."""
        return int(5e8 + at % (400 * DAY) + self._chance.random() * 5e6)

    def back_up(self) -> None:
        """One more tarball of every item on every node, as of now, in place of the oldest."""
        at = max(int(time.time()), (self._stamps or [0])[-1] + 1)
        self._stamps.append(at)
        for node in self.plan.nodes:
            for item in self.plan.names:
                self._write(self._tarballs(node) / item, at)
                for old in self._stamps[:-KEPT][-1:]:
                    put_away(self._place(self._tarballs(node) / item, old), self.folder / "attic")

    def _place(self, item: Path, at: int) -> Path:
        return item / datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d/%H%M%S")

    def _write(self, item: Path, at: int) -> None:
        file = self._place(item, at) / f"{item.name}-1.tar.gz"
        file.parent.mkdir(parents=True)
        file.touch()
        os.truncate(file, self._size(at))
        os.utime(file, (at + 1, at + 1))

    def remember(self, days: int, step: int) -> None:
        """Puts sizes of so many days before now on record, one each `step` seconds, all as told by one earlier pass:
        so a node tells its past that keeps all its tarballs."""
        until = int(time.time()) - DAY // 8
        times = range(until - days * DAY, until, step)
        with Store.open(self.data / "almanac.db") as store:
            told = store.begin_pass(until)
            for node in self.plan.nodes:
                answer = Answer(node, SOURCE, "tarballs", until, Outcome.OK, hub=HUB)
                heard = NodeAnswer(node, until, Outcome.OK, answers=(answer,))
                store.record(told, heard, {SOURCE: Reading(observations=tuple(self._past(times)))})
            store.end_pass(told, until)

    def _past(self, times: range) -> Iterator[Observation]:
        for item in self.plan.names:
            for at in times:
                yield Observation(f"tarball:{HUB}/{item}", "size", at, float(self._size(at)), "bytes")
        for at in times:
            yield Observation(f"backups:{HUB}", "bytes", at, float(self._size(at) * self.plan.items), "bytes")

    def almanac(self, *words: str) -> Spent:
        """Runs a command of the program as cron does; that it reports problems is fine."""
        return spent([ALMANAC, *words], fine=(0, 1), cwd=self.folder, env=self.environ)

    def forget_site(self) -> None:
        """Puts away all that is made from the record, so that the next pass builds the site for the first time."""
        for name in ("export", "doctrees", "html", "public"):
            put_away(self.data / name, self.folder / "attic")

    def charts(self) -> int:
        """How many pictures the export holds; each is two files, for light and dark."""
        return sum(1 for _ in (self.data / "export/charts").rglob("*.light.png"))

"""A whole pass in which every value changed, beside Munin's cycle over as many nodes, services and pictures.

usage: python -m tests.bench.cycle     (as root, or as a user who may run Munin's programs)

Ours: 20 nodes over real SSH, each with 9 backups and the sum of them, 400 days of values on record, one each 6 hours;
`almanac nightly` collects, records, judges, exports, draws each picture for light and dark pages, fills and publishes.
Munin: as many nodes by its own protocol on loopback, services of two fields, 400 days of updates each 5 minutes in its
databases; update, limits, html, graph. It has as many services as gives it the pictures that we draw. Each begins on a
disk that is at rest, see `spending.rested`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, both, ratio, told
from tests.bench.fleet import DAY, Fleet, Plan
from tests.bench.munin import PAST, RANGES, Munin
from tests.bench.spending import Spent, in_turn, rested
from tests.bench.ssh_nodes import ssh_nodes

NODES, ITEMS, ROUNDS, BAR = 20, 9, 5, 0.33  # the middle one of three differed by a tenth from run to run


def ours(fleet: Fleet) -> Spent:
    """A pass over new values of everything. Raises RuntimeError if a picture was not drawn anew."""
    fleet.back_up()
    rested()
    start = time.time()
    spent = fleet.almanac("nightly")
    drawn = [file.stat().st_mtime >= start for file in (fleet.data / "export/charts").rglob("*.png")]
    if not all(drawn):
        raise RuntimeError(f"only {sum(drawn)} of {len(drawn)} pictures were drawn anew")
    return spent


def theirs(munin: Munin) -> Spent:
    """A cycle that draws every picture. Raises RuntimeError if it left one out."""
    munin.forget_pictures()
    rested()
    spent = munin.cycle()
    if munin.pictures() != munin.nodes * munin.services * RANGES:
        raise RuntimeError(f"munin drew {munin.pictures()} pictures")
    return spent


def compared(fleet: Fleet, munin: Munin) -> list[Figure]:
    """The figures of the first build and of the later ones."""

    def first_of_ours() -> Spent:
        fleet.forget_site()
        return ours(fleet)

    def first_of_theirs() -> Spent:
        munin.forget_site()
        return theirs(munin)

    rounds = {
        "first": in_turn(ROUNDS, first_of_ours, first_of_theirs),
        "later": in_turn(ROUNDS, lambda: ours(fleet), lambda: theirs(munin)),
    }
    shown = f"{NODES} nodes, {fleet.charts()} pictures beside munin's {munin.pictures()}"
    return [_figure(f"pass_{name}", shown, pairs) for name, pairs in rounds.items()]


def _figure(name: str, shown: str, rounds: list[tuple[Spent, Spent]]) -> Figure:
    walls = [(ours.wall, theirs.wall) for ours, theirs in rounds]
    cpus = [(ours.cpu, theirs.cpu) for ours, theirs in rounds]
    build = "with its first build of the site" if name == "pass_first" else "as on later nights"
    what = f"whole pass {build}, {shown}: wall {both(walls, 's')}, cpu {both(cpus, 's')}"
    return Figure(name, ratio(walls), BAR, what)


def measure() -> list[Figure]:
    """The figures of a whole pass."""
    with tempfile.TemporaryDirectory() as work, ssh_nodes(Path(work), NODES) as nodes:
        Path(work).chmod(0o755)
        fleet = Fleet(Path(work) / "almanac", Plan(nodes.reach(), ITEMS, "6h"), nodes.environ)
        fleet.remember(PAST, DAY // 4)
        ours(fleet)
        with Munin(Path(work) / "munin", NODES, round(fleet.charts() / NODES / RANGES)) as munin:
            munin.give_past()
            return compared(fleet, munin)


if __name__ == "__main__":
    sys.exit(told(measure()))

"""A pass over nodes with ten years of nightly values on record, beside the same with one month: processor time.

usage: python -m tests.bench.history

The disk rests before the fleets are made and before the rounds (see `spending.rested`): right after other benches, which
delete what they made, system time is another. No generation of the sites is deleted, nor with it any page or picture:
where rounds deleted them, both sides took twice the system time in the last of eleven that they took in the first, which
is not what history costs. Rounds follow each other at once, and are many, for their ratios differ by more than is
measured here.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, both, ratio, told
from tests.bench.fleet import DAY, Fleet, Plan, local_nodes
from tests.bench.spending import in_turn, rested

NODES, ITEMS, ROUNDS, BAR = 6, 8, 41, 1.1
MONTH, TEN_YEARS = 31, 3652


def remembering(folder: Path, days: int) -> Fleet:
    """A fleet with so many nights on record, whose site is built."""
    fleet = Fleet(folder, Plan(local_nodes(NODES), ITEMS, keep=ROUNDS + 2))
    fleet.remember(days, DAY)
    night(fleet)
    return fleet


def night(fleet: Fleet) -> float:
    """Seconds of processor time of one more pass, in which every value changed."""
    fleet.back_up()
    return fleet.almanac("nightly").cpu


def measure() -> list[Figure]:
    """The figure of a long history."""
    with tempfile.TemporaryDirectory() as work:
        rested()
        old, young = (remembering(Path(work) / str(days), days) for days in (TEN_YEARS, MONTH))
        rested()
        rounds = in_turn(ROUNDS, lambda: night(old), lambda: night(young))
        series = NODES * (ITEMS + 1)
        drawn = f"{old.charts()} charts beside {young.charts()}"
    what = f"pass over {series} series of ten years beside one month, {drawn}: cpu {both(rounds, 's')}"
    return [Figure("history", ratio(rounds), BAR, what)]


if __name__ == "__main__":
    sys.exit(told(measure()))

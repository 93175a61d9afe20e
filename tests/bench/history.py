"""A pass over nodes with ten years of nightly values on record, beside the same with one month: processor time.

usage: python -m tests.bench.history

The disk rests before the fleets are made and before the rounds (see `spending.rested`): right after other benches, which
delete what they made, this figure was 1.14 where by itself it was 1.05, mostly for system time. Rounds follow
each other at once: both fleets make and delete as many files in a pass, but for links, so that it costs both of them the
same. A minute more for each side would leave time for two rounds, and their ratios differ by more than is measured here.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, both, ratio, told
from tests.bench.fleet import DAY, Fleet, Plan, local_nodes
from tests.bench.spending import in_turn, rested

NODES, ITEMS, ROUNDS, BAR = 6, 8, 11, 1.1
MONTH, TEN_YEARS = 31, 3652


def remembering(folder: Path, days: int) -> Fleet:
    """A fleet with so many nights on record, whose site is built."""
    fleet = Fleet(folder, Plan(local_nodes(NODES), ITEMS))
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

"""How much a series goes up and down from one value to the next, told so that few odd values do not matter. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import median

OF_MEDIAN = 1.4826
"""Standard deviations of normal noise in its median absolute deviation."""
MOST, OF_MOST = 0.9, 1.645
"""This part of normal noise is within so many standard deviations."""


def unrest(values: Sequence[float]) -> float:
    """The standard deviation of a series' noise, its trend and lasting steps left out: of its differences the median
    absolute deviation, or the one that nine in ten keep, whichever is more."""
    steps = [later - earlier for earlier, later in pairwise(values)]
    if not steps:
        return 0.0
    trend = median(steps)
    strays = sorted(abs(step - trend) for step in steps)
    most = strays[int(MOST * (len(strays) - 1))]
    return max(OF_MEDIAN * median(strays), most / OF_MOST) / sqrt(2)

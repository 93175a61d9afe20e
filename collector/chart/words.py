"""What pictures and those who tell of them say in the same words: changes, thresholds, days. Pure."""

from __future__ import annotations

from collector.amounts import LEAST_SHARE, LESS, MINUS, amount
from collector.chart.picture import Threshold


def change(before: float, last: float, unit: str) -> str:
    """From one value to the next: `+7 MB (+0.4 %)`, `−1.2 points` of a share, `+3 °C`, `unchanged`."""
    difference = last - before
    if difference == 0 or difference != difference:  # noqa: PLR0124 - NaN is no number, and unequal to itself
        return "unchanged" if difference == 0 else ""
    sign = "+" if difference > 0 else MINUS
    if unit == "ratio":
        return f"{sign}{abs(100 * difference):.1f} points"
    share = abs(difference / before) if before > 0 and last >= 0 and unit not in ("celsius", "load") else 0.0
    return f"{sign}{amount(abs(difference), unit)}" + (f" ({_percent(sign, share)})" if share else "")


def _percent(sign: str, share: float) -> str:
    return f"{sign}{amount(share, 'ratio')}" if share >= LEAST_SHARE else LESS


def threshold_word(threshold: Threshold, unit: str) -> str:
    """A threshold by its name: `warning from 90 %`, `critical below 1.6 GB`."""
    return f"{threshold.level} {'below' if threshold.side == 'below' else 'from'} {amount(threshold.value, unit)}"

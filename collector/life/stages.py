"""The stages of a problem's life, and the one table of what leads from each to which. It knows nothing else.

    closed --found--> pending --found by enough passes in a row--> open --gone--> closed
                        |                                           ^
                        +--- gone: it never was ---> closed         | steady again
                                                                    |
    closed --opened often within some passes--> flapping -----------+----> closed

A problem whose node or source does not answer stays where it is: there is no sign of it, and unknown ends nothing.
That somebody has acknowledged or silenced a problem is no stage of its life: it lives on, and only alarms are held.
"""

from __future__ import annotations

from enum import StrEnum

from collector.store.records import Stage


class Sign(StrEnum):
    """What a pass says of a problem, if it says anything."""

    FOUND = "found"
    ENOUGH = "found by enough passes in a row"
    OFTEN = "found by enough passes, and opened often of late"
    GONE = "not found"
    STEADY = "found by so many passes in a row that it flaps no more"
    QUIET = "not found by so many passes in a row that it flaps no more"


FLAPPING_OPENINGS, FLAPPING_PASSES = 3, 10
"""A problem that opens for the third time within ten passes flaps."""
STEADY_PASSES = 5
"""It flaps no more once so many passes in a row say the same."""

_STAYS_CLOSED: dict[Sign, Stage] = {Sign.GONE: "closed", Sign.QUIET: "closed"}
_OPENS: dict[Sign, Stage] = {
    Sign.FOUND: "pending",
    Sign.ENOUGH: "open",
    Sign.OFTEN: "flapping",
    Sign.STEADY: "open",
}
TRANSITIONS: dict[Stage, dict[Sign, Stage]] = {
    "closed": {**_OPENS, **_STAYS_CLOSED},
    "pending": {**_OPENS, **_STAYS_CLOSED},
    "open": {**dict.fromkeys(_OPENS, "open"), **_STAYS_CLOSED},
    "flapping": {**dict.fromkeys(Sign, "flapping"), Sign.STEADY: "open", Sign.QUIET: "closed"},
}

"""Which backups make a night, and what is looked at of a long past."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from collector.judge.night import Night, nights, sizes
from collector.store.records import Series

DAY, HOUR = 86400, 3600
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = 1_792_800_000 - 1_792_800_000 % DAY  # 2026-10-24; the night after it clocks go back
SERIES = {
    "one a night": [(FIRST + night * DAY, 1e9) for night in range(5)],
    "on both sides of midnight": [(FIRST + night * DAY + (night % 2) * HOUR - 2 * HOUR, 1e9) for night in range(9)],
    "some a night, the last of them empty": [
        (FIRST + night * DAY + hour * HOUR, size) for night in range(6) for hour, size in ((0, 1e9), (3, 2e9), (5, 0.0))
    ],
    "weekly": [(FIRST + night * DAY, 1e9 + night) for night in range(0, 63, 7)],
    "all empty": [(FIRST + night * DAY, 0.0) for night in range(5)],
    "none": [],
}


def series(name: str) -> Series:
    return Series(tuple(time for time, _ in SERIES[name]), tuple(size for _, size in SERIES[name]))


def test_a_night_is_its_last_backup_that_is_not_empty() -> None:
    assert nights(series("some a night, the last of them empty"), BERLIN)[:2] == (
        Night(FIRST + 3 * HOUR, 2e9, date(2026, 10, 24)),
        Night(FIRST + DAY + 3 * HOUR, 2e9, date(2026, 10, 25)),
    )
    assert nights(series("all empty"), BERLIN) == nights(series("none"), BERLIN) == ()


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("most", [1, 2, 4, 100])
def test_the_latest_nights_are_the_same_without_a_look_at_older_ones(name: str, most: int) -> None:
    assert sizes(series(name), BERLIN, most) == [night.size for night in nights(series(name), BERLIN)[-most:]][::-1]

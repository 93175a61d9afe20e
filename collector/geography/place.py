"""Where a server is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is.

    country: two capital letters of ISO 3166-1 (`XK` is Kosovo).   latitude, longitude: degrees, north and east
    positive; None where there is no point for it.   is_exact: whether the point is the address's own, and not the
    middle of the country.   is_approximate: whether the country is what the table that comes with Almanac says.
    """

    country: str
    latitude: float | None
    longitude: float | None
    is_exact: bool = False
    is_approximate: bool = False

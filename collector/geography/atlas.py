"""Finds where addresses are: in a database of the user's own, else in the table that comes with Almanac.

A database is one in MaxMind's format (https://maxmind.github.io/MaxMind-DB/), such as GeoLite2-Country, GeoLite2-City
or DB-IP Lite. It is the user's to get and to renew; what it holds is foreign.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from collector.geography import table
from collector.geography.place import Place
from collector.geography.world import middle
from collector.model import AlmanacError, printable

MISSING = 'needs the library maxminddb; install it with: pip install "sphinxext-almanac[locations]"'


class LocationError(AlmanacError):
    """The database can't be used: why, and what to do. Countries are then told by the table."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """Where addresses are.

    source: what says so, with its date, for people.   fault: why the database that was named is not used; None if it
    is, or if none was named.
    """

    source: str = table.TOLD
    fault: LocationError | None = None
    read: Callable[[str], object] | None = None

    def place(self, address: str) -> Place | None:
        """Where an address is; None if that is not known. A database may know private networks, the table does not."""
        if self.read is None:
            country = table.country_of(address)
            return _in(country, is_approximate=True) if country else None
        try:
            return _told(self.read(address))
        except Exception:  # whatever a damaged database raises, it says nothing of this address
            return None


def opened(file: Path | None) -> Atlas:
    """The atlas of a database, or of none."""
    if file is None:
        return Atlas()
    try:
        import maxminddb  # noqa: PLC0415  an optional library
    except ImportError:
        return Atlas(fault=LocationError(f"instances.locations: {MISSING}"))
    try:
        reader = maxminddb.open_database(file, maxminddb.MODE_AUTO)
        made = datetime.fromtimestamp(reader.metadata().build_epoch, UTC)
    except (OSError, ValueError, OverflowError, TypeError, maxminddb.InvalidDatabaseError) as error:
        why = getattr(error, "strerror", None) or "it is no database in MaxMind's format"
        return Atlas(
            fault=LocationError(f"instances.locations: {file} can't be read: {why}; name another, or leave it out")
        )
    kind = printable(str(reader.metadata().database_type))[:100] or file.name
    return Atlas(f"{kind}, {made:%-d %B %Y}", read=reader.get)


def _told(record: object) -> Place | None:
    """What a record says; records of others than MaxMind have the country at their top."""
    if not isinstance(record, dict):
        return None
    country = next(filter(_is_code, (_at(record, *keys) for keys in _COUNTRY)), None)
    if not isinstance(country, str):
        return None
    latitude, longitude = (_at(record, "location", key) for key in ("latitude", "longitude"))
    if not (_within(latitude, 90.0) and _within(longitude, 180.0)):
        return _in(country)
    return Place(country, float(latitude), float(longitude), is_exact=True)


_COUNTRY = (("country", "iso_code"), ("registered_country", "iso_code"), ("country_code",), ("country",))


def _at(record: Mapping[str, Any], *keys: str) -> Any:
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()


def _within(value: object, most: float) -> bool:
    return isinstance(value, int | float) and isfinite(value) and abs(value) <= most


def _in(country: str, is_approximate: bool = False) -> Place:
    latitude, longitude = middle(country) or (None, None)
    return Place(country, latitude, longitude, is_approximate=is_approximate)

"""A small database of locations in MaxMind's format, written by a foreign writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def write_locations(file: Path, networks: Mapping[str, object]) -> Path:
    """Networks with their records, as GeoLite2-City has them."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Tiny-City", description="for tests")
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(file))
    return file


def city(country: str, latitude: float, longitude: float) -> dict[str, object]:
    """The record of a place."""
    return {"country": {"iso_code": country}, "location": {"latitude": latitude, "longitude": longitude}}

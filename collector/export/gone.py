"""What has left the configuration: names that earlier manifests had, so that pages about them can say so. Pure."""

from __future__ import annotations

from collector.export.documents import Manifest, Time

_TABLES = ("nodes", "hubs", "environments", "groups")


def gone(before: Manifest | None, now: Manifest) -> dict[str, dict[str, Time]]:
    """`Manifest.gone` for `now`, given the manifest exported before it. A name that comes back is gone no more."""
    if before is None or now.last_pass is None:
        return {}
    left = {table: _left(before, now, table, now.last_pass.started) for table in _TABLES}
    return {table: names for table, names in left.items() if names}


def _left(before: Manifest, now: Manifest, table: str, time: Time) -> dict[str, Time]:
    there = getattr(now, table)
    names = dict.fromkeys(getattr(before, table), time) | before.gone.get(table, {})
    return {name: since for name, since in sorted(names.items()) if name not in there}

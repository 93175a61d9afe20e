"""What has left the configuration: names that earlier passes had, so that pages about them can say so. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from collector.export.documents import Manifest
from collector.export.readings import Time
from collector.export.subjects import exact


def gone(left: Mapping[str, Mapping[str, int]], now: Manifest) -> dict[str, dict[str, Time]]:
    """`Manifest.gone`: of the names that a configuration ever had (see `query.left`) those that this one has not."""
    absent = {
        table: {name: exact(since) for name, since in names.items() if name not in getattr(now, table)}
        for table, names in left.items()
    }
    return {table: names for table, names in absent.items() if names}

"""The same record told once more: export, build and publish may write no page, chart or JSON file.

usage: python -m tests.bench.unchanged
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.figures import Figure, told
from tests.bench.fleet import DAY, Fleet, Plan, local_nodes

NODES, ITEMS, DAYS = 5, 5, 60
FOLDERS = ("export", "doctrees", "html", "public")


def stand(data: Path) -> Mapping[Path, tuple[int, int]]:
    """Each file made from the record, with what tells that it was written anew: its inode, and when it changed."""
    files = (file for name in FOLDERS for file in (data / name).rglob("*") if file.is_file())
    return {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}


def measure() -> list[Figure]:
    """The figure of a pass without change."""
    with tempfile.TemporaryDirectory() as work:
        fleet = Fleet(Path(work), Plan(local_nodes(NODES), ITEMS))
        fleet.remember(DAYS, DAY)
        fleet.back_up()
        fleet.almanac("nightly")
        before = stand(fleet.data)
        for stage in ("export", "build", "publish"):
            fleet.almanac(stage)
        written = stand(fleet.data).items() - before.items()
    what = f"files written when nothing changed, of {len(before)} pages, charts, JSON and other files"
    return [Figure("unchanged", float(len(written)), 0.0, what)]


if __name__ == "__main__":
    sys.exit(told(measure()))

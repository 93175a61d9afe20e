"""What a node page weighs: its HTML with every style sheet and script that it loads, and the largest of its charts.

usage: python -m tests.bench.weight

Bytes as they lie on disk; a web server that compresses sends less.
"""

from __future__ import annotations

import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.figures import Figure, told
from tests.bench.fleet import DAY, Fleet, Plan, local_nodes

NODES, ITEMS, DAYS = 2, 10, 800
PAGE, CHART = 60_000, 8_000


class Loaded(HTMLParser):
    """Collects the addresses of style sheets and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "link" and "stylesheet" in (told.get("rel") or "").split():
            self.addresses.add(told.get("href") or "")
        elif tag == "script" and told.get("src"):
            self.addresses.add(told["src"] or "")


def weight(page: Path) -> tuple[int, int]:
    """Bytes of a page, and of all style sheets and scripts that it loads."""
    addresses = Loaded(page.read_text()).addresses
    files = {(page.parent / urlsplit(address).path).resolve() for address in addresses}
    return page.stat().st_size, sum(file.stat().st_size for file in files)


def measure() -> list[Figure]:
    """The figures of weight."""
    with tempfile.TemporaryDirectory() as work:
        fleet = Fleet(Path(work), Plan(local_nodes(NODES), ITEMS, host=True))
        fleet.remember(DAYS, DAY)
        fleet.back_up()
        fleet.almanac("nightly")
        site = (fleet.data / "public/current").resolve()
        html, shared = max(weight(site / f"nodes/{name}.html") for name in fleet.plan.nodes)
        charts = [file.stat().st_size for file in (site / "charts").rglob("*.png")]
    page = f"bytes of a node page with {ITEMS} backups and its disks: HTML {html}, style and script {shared}"
    return [
        Figure("page_bytes", float(html + shared), PAGE, page),
        Figure("chart_bytes", float(max(charts)), CHART, f"bytes of the largest of that site's {len(charts)} charts"),
    ]


if __name__ == "__main__":
    sys.exit(told(measure()))

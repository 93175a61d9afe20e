"""CPU time to fill a page from its frame, for 200 and for 1,000 pages: what a page costs must not grow with the site.

usage: .venv/bin/python tests/bench/pages.py

    table   20 nodes as a table, and a picture in light and dark of each of 20 subjects
    node    the whole page of the sample's SDU with 20 backups: two tables of 20 and 2 rows, disks, machine, 23 pictures

Every page has a node, times and numbers of its own, so that nothing is kept from one page for the next that would not
be kept on a real night. The clock runs from reading frame and JSON to the renamed page. Exit status 1 if a bar is
missed: milliseconds a page, and how much more a page may cost among 1,000 than among 200. On this kind of machine
munin-html takes 3 to 5 ms for a page of 20 pictures.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sphinxext.almanac.fill import Index, fill
from sphinxext.almanac.slots import comment
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sample_nodes import sample_nodes

PAGES, ROUNDS, ROWS = (200, 1000), 3, 20
BARS = {"table": 1.5, "node": 2.5}
GROWTH = 1.25
TEXT = "<p>words of the frame</p>\n" * 150
"""About as much as the theme's head and foot and a page's own words."""


def node() -> dict[str, Any]:
    """The sample's first node, with 20 backups instead of its few."""
    sdu = sample_nodes()[0]
    backup, others = sdu.subjects[1], [s for s in sdu.subjects if s.kind != "tarball"]
    backups = [
        replace(backup, name=f"tarball:ZZ/svn/r{i}", label=f"svn/r{i}", anchor=f"tarball-{i}") for i in range(ROWS)
    ]
    document: dict[str, Any] = json.loads(json.dumps(asdict(replace(sdu, subjects=(*backups, *others)))))
    for metric in (metric for subject in document["subjects"] for metric in subject["metrics"]):
        metric["charts"] = metric["charts"][1:]  # the year and all time, as an export of some years has them
    return document


def varied(value: Any, number: int) -> Any:
    """The same document some seconds earlier and a little larger in every number."""
    if isinstance(value, dict):
        return {key: varied(one, number) for key, one in value.items()}
    if isinstance(value, list):
        return [varied(one, number) for one in value]
    if isinstance(value, float):
        return round(value * (1 + number / 10_000), 3)
    if isinstance(value, str) and value.endswith("Z") and value[4:5] == "-":
        return (datetime.fromisoformat(value) - timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def slots(kind: str, number: int) -> Iterator[dict[str, str]]:
    """What a page of a kind shows."""
    name = f"n{number}"
    if kind == "node":
        yield {"slot": "node", "name": name}
        return
    yield {"slot": "nodes", "group": f"g{number // ROWS}"}
    yield from ({"slot": "chart", "node": name, "subject": f"tarball:ZZ/svn/r{i}"} for i in range(ROWS))


def prepare(root: Path, kind: str, pages: int) -> tuple[Path, Path, Path]:
    """An export of so many nodes, and a frame for a page of each."""
    export, frames, document = write_sample(root / "export"), root / "frames", node()
    manifest = json.loads((export / "manifest.json").read_bytes())
    entry = manifest["nodes"]["SDU"]
    for number in range(pages):
        name, page = f"n{number}", f"nodes/n{number}"
        told = {"name": name, "page": page, "file": f"{page}.json", "groups": [f"g{number // ROWS}"]}
        manifest["nodes"][name] = varied(entry, number) | told
        (export / f"{page}.json").write_text(json.dumps(varied(document, number) | {"name": name, "page": page}))
        (frames / page).parent.mkdir(parents=True, exist_ok=True)
        (frames / f"{page}.html").write_text(TEXT + "".join(map(comment, slots(kind, number))) + TEXT)
    (export / "manifest.json").write_text(json.dumps(manifest))
    paths = {f"nodes/n{number}": f"nodes/n{number}.html" for number in range(pages)}
    Index(paths, paths).write(frames)
    return frames, export, root / "site"


def measure(kind: str, pages: int) -> tuple[float, float]:
    """Milliseconds of CPU a page, and its kilobytes."""
    with tempfile.TemporaryDirectory() as work:
        folders = prepare(Path(work), kind, pages)
        start = time.process_time()
        written = fill(*folders).written
        spent = 1000 * (time.process_time() - start) / pages
        assert written == pages
        return spent, sum(file.stat().st_size for file in folders[2].glob("nodes/*.html")) / pages / 1000


def main() -> int:
    met = True
    for kind, bar in BARS.items():
        least = {}
        for pages in PAGES:
            rounds = [measure(kind, pages) for _ in range(ROUNDS)]
            least[pages] = min(spent for spent, _ in rounds)
            print(f"{kind:6}{pages:6} pages  {least[pages]:5.2f} ms a page (bar {bar})  {rounds[0][1]:5.1f} kB")
        met &= max(least.values()) <= bar and least[PAGES[-1]] <= GROWTH * least[PAGES[0]]
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

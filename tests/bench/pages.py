"""Pages filled because data changed: processor time a page of a site of 1,000 nodes, beside a page of munin-html's.

usage: python -m tests.bench.pages

Ours is the whole of `almanac build` after an export in which every node changed: frames read, pages filled and written,
pictures and JSON linked; Sphinx made the frames once before and is not started again. Each node has 2 backups, a
machine and a disk, each with a page of its own, and times and numbers of its own. Theirs is the whole of munin-html for about as many
pages. The second figure is the same site of 2,000 nodes.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figures import Figure, ratio, told
from tests.bench.fleet import ALMANAC
from tests.bench.munin import Munin
from tests.bench.spending import spent
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sample_nodes import sample_nodes

NODES, OF_A_HUB, BACKUPS, ROUNDS = (1000, 2000), 20, 2, 3
OTHERS = ("host:system", "disk:/")
BAR, GROWTH = 0.5, 2.2
MUNIN_NODES, MUNIN_SERVICES = 90, 10


def sample() -> dict[str, Any]:
    """The sample's first node, with so many backups instead of its own."""
    sdu = sample_nodes()[0]
    backup, others = sdu.subjects[1], [subject for subject in sdu.subjects if subject.name in OTHERS]
    backups = [
        replace(backup, name=f"tarball:ZZ/svn/r{i}", label=f"svn/r{i}", anchor=f"tarball-{i}", page=f"{backup.page}{i}")
        for i in range(BACKUPS)
    ]
    document: dict[str, Any] = json.loads(json.dumps(asdict(replace(sdu, subjects=(*backups, *others), problems=()))))
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


class Site:
    """A site of so many nodes, its frames made by Sphinx."""

    def __init__(self, folder: Path, nodes: int) -> None:
        self._folder, self._nodes, self._night = folder, nodes, 0
        self._export, self._html = folder / "data/export", folder / "data/html"
        spent([ALMANAC, "init", folder])
        write_sample(self._export)
        self._manifest = json.loads((self._export / "manifest.json").read_bytes())
        self._sample = sample()
        self._tell()
        self._build()

    def _tell(self) -> None:
        """An export in which every node has changed; a hub has 20 of them."""
        hubs: dict[str, Any] = {}
        nodes: dict[str, Any] = {}
        for number in range(self._nodes):
            name, at = f"n{number}", number + self._night * 5000
            hub, page = f"h{number // OF_A_HUB}", f"nodes/n{number}"
            own = {"name": name, "title": name, "page": page, "hubs": [hub], "environments": [], "groups": []}
            told = {"file": f"{page}.json", "digest": str(at), "problems": 0}
            nodes[name] = varied(self._manifest["nodes"]["SDU"], at) | own | told
            document = json.dumps(varied(self._sample, at)).replace("SDU", name).replace("ZZ", hub)
            (self._export / f"{page}.json").write_text(json.dumps(json.loads(document) | own))
            hubs.setdefault(hub, self._manifest["hubs"]["ZZ"] | _hub(hub))["nodes"].append(name)
        whole = self._manifest | {"hubs": hubs, "nodes": nodes} | _NOTHING_ELSE
        (self._export / "manifest.json").write_text(json.dumps(whole))
        self._night += 1

    def _build(self) -> float:
        return spent([ALMANAC, "build"], cwd=self._folder).cpu

    def renewed(self) -> tuple[float, int]:
        """Seconds of processor time to renew the site, and its pages. Raises RuntimeError if Sphinx was started."""
        self._tell()
        frames, start = (self._folder / "data/doctrees/digest").stat().st_mtime_ns, time.time()
        cpu = self._build()
        if frames != (self._folder / "data/doctrees/digest").stat().st_mtime_ns:
            raise RuntimeError("Sphinx was started")
        return cpu, sum(page.stat().st_mtime >= start for page in self._html.rglob("*.html"))


_NOTHING_ELSE: Mapping[str, Any] = {
    **{table: {} for table in ("environments", "groups", "items", "compat")},
    **{listed: [] for listed in ("problems", "changes")},
}


def _hub(name: str) -> dict[str, Any]:
    return {"name": name, "server": name, "page": f"hubs/{name}", "node": None, "nodes": [], "select": []}


def theirs(munin: Munin) -> float:
    """Seconds of processor time a page."""
    return munin.html().cpu / munin.pages()


def measure() -> list[Figure]:
    """The figures of filled pages."""
    with tempfile.TemporaryDirectory() as work:
        Path(work).chmod(0o755)
        few, many = (Site(Path(work) / str(nodes), nodes) for nodes in NODES)
        with Munin(Path(work) / "munin", MUNIN_NODES, MUNIN_SERVICES) as munin:
            munin.update()
            rounds = [(few.renewed(), theirs(munin), many.renewed()) for _ in range(ROUNDS)]
            shown = munin.pages()
    ours, peers, more = zip(*rounds, strict=True)
    pages = ours[0][1]
    each = [(cpu / pages, theirs) for (cpu, pages), theirs in zip(ours, peers, strict=True)]
    growth = [(larger, smaller) for (larger, _), (smaller, _) in zip(more, ours, strict=True)]
    per_page = " beside ".join(f"{1000 * median(side):.2f} ms" for side in zip(*each, strict=True))
    what = f"filled pages of {NODES[0]} nodes ({pages}), Sphinx not started, beside munin-html's {shown}"
    whole = " beside ".join(f"{median(side):.2f} s" for side in zip(*growth, strict=True))
    return [
        Figure("pages", ratio(each), BAR, f"{what}: cpu a page {per_page}"),
        Figure("pages_growth", ratio(growth), GROWTH, f"the same of {NODES[1]} nodes beside {NODES[0]}: cpu {whole}"),
    ]


if __name__ == "__main__":
    sys.exit(told(measure()))

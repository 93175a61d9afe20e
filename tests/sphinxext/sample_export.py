"""An export folder with one of everything that a page can be asked to show, without store, collector or painter.

The pass is the night of 23 November 2026, 02:10 in Taipei. `write_sample(folder)` always writes the same bytes.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from dataclasses import asdict, replace
from pathlib import Path

from collector.config import parse
from collector.export.documents import (
    VERSION,
    ActivityDocument,
    Change,
    CompatEntry,
    Count,
    CountPart,
    EnvironmentEntry,
    GroupEntry,
    HubEntry,
    Manifest,
    NodeDocument,
    NodeEntry,
    PassDocument,
)
from collector.export.items import items
from collector.export.slug import slug
from tests.sphinxext.hostile import HOSTILE, HOSTILE_TEXT
from tests.sphinxext.sample_logs import DAY_OF_ALL, LOG, LOG_DAY, LOG_OF_ALL
from tests.sphinxext.sample_nodes import RANKS, chart, page_of, sample_nodes, stamp, worst

CONFIG = parse(
    """
    [hubs]
    ZZ = { server = "dayabay", node = "dayabay", nodes = ["SDU"] }
    C2 = { server = "cms02", node = "cms02", nodes = ["C", "H1"] }
    G = { server = "g4pb", nodes = ["Z9:229"] }
    [nodes]
    dayabay = { sources = [{ kind = "tarballs", hub = "ZZ", folder = "/backup" }] }
    SDU = { sources = [{ kind = "tarballs", hub = "ZZ", folder = "/backup" }] }
    cms02 = { sources = [{ kind = "tarballs", hub = "C2", folder = "/backup" }] }
    C = { sources = [{ kind = "tarballs", hub = "C2", folder = "/backup" }] }
    H1 = { sources = [{ kind = "tarballs", hub = "C2", folder = "/backup" }] }
    "Z9:229" = { sources = [{ kind = "tarballs", hub = "G", folder = "/backup" }] }
    """,
    Path("almanac.toml"),
    {},
)
"""The hubs of the sample, as a configuration would have them."""


def write_sample(folder: Path) -> Path:
    """Writes the whole export into `folder` and gives it back: manifest, nodes, charts, compat."""
    nodes = sample_nodes()
    for node in nodes:
        _write(folder / _file(node.name), asdict(node))
    _write(folder / LOG_DAY.file, asdict(LOG))
    _write(folder / DAY_OF_ALL.file, asdict(LOG_OF_ALL))
    _write_charts(folder, nodes)
    _write(folder / "compat/scm_backup_monitor_SDU.json", {"chart": {"renderTo": "container_SDU"}, "series": []})
    _write(folder / "manifest.json", asdict(_manifest(nodes)))
    return folder


def write_empty(folder: Path) -> Path:
    """An export of a fresh configuration: no node, no pass."""
    manifest = replace(
        _manifest(()),
        last_pass=None,
        level="unknown",
        hubs={},
        environments={},
        problems=(),
        counts=(),
        changes=(),
        activity=(),
        compat={},
        groups={},
        items={},
        logs=(),
    )
    _write(folder / "manifest.json", asdict(manifest))
    return folder


def _write(file: Path, document: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")


def _file(name: str) -> str:
    return f"{page_of(name)}.json"


# ---- the manifest


def _manifest(nodes: tuple[NodeDocument, ...]) -> Manifest:
    problems = sorted((p for n in nodes for p in n.problems), key=lambda p: -RANKS.index(p.level))
    return Manifest(
        version=VERSION,
        title="Backups at the lab",
        time_zone="Asia/Taipei",
        url="https://status.example.org/",
        last_pass=PassDocument(
            1284, stamp(), stamp(hours=-38 / 3600), stamp(days=-1), len(nodes), len(nodes) - 3, stamp(days=1)
        ),
        level=worst([n.level for n in nodes]),
        hubs=_hubs({n.name: n.level for n in nodes}),
        environments=_environments({n.name: n.level for n in nodes}),
        nodes={n.name: _entry(n) for n in nodes},
        problems=tuple(problems),
        counts=_counts(),
        changes=_changes(),
        activity=activity(),
        compat={"scm_backup_monitor_SDU.json": _compat()},
        groups=_groups(nodes),
        items=items(CONFIG, nodes),
        logs=(DAY_OF_ALL,),
    )


def _entry(node: NodeDocument) -> NodeEntry:
    return NodeEntry(
        node.name, node.title, node.page, _file(node.name), f"{zlib.crc32(repr(node).encode()):08x}", node.level,
        node.reached, node.reason, node.answered, node.hubs, node.environments, node.groups, len(node.problems), None, len(node.logs),
    )  # fmt: skip


def _hubs(levels: dict[str, str]) -> dict[str, HubEntry]:
    def hub(name: str, server: str, node: str | None, nodes: tuple[str, ...], message: str | None = None) -> HubEntry:
        level = worst([levels.get(n, "unknown") for n in nodes + ((node,) if node else ())])
        report = f"https://{server}.example.org/e/scm/monitor/" if name == "ZZ" else None
        select = ("svn/dybsvn", "tracs/dybsvn") if name == "ZZ" else ()
        return HubEntry(name, server, f"hubs/{slug(name)}", node, nodes, select, level, message, report)

    text = "Query the cms02 hub backup on cms01, as I do not have access to the SDU one <b>&</b>"
    return {
        "ZZ": hub("ZZ", "dayabay", "dayabay", ("SDU",), text),
        "C2": hub("C2", "cms02", "cms02", ("C", "H1")),
        "G": hub("G", "g4pb", None, ("Z9:229",)),
        "empty": hub("empty", "nobody", None, ()),
    }


def _environments(levels: dict[str, str]) -> dict[str, EnvironmentEntry]:
    sets = {
        "production": ("SDU", "C", "web-2", "dayabay", "cms02"),
        "lab & attic": ("H1", "Z9:229", "new-box", HOSTILE),
        "demos": tuple(f"demo-{i}" for i in range(1, 15)),
    }
    return {
        name: EnvironmentEntry(
            name,
            f"environments/{slug(name)}",
            nodes,
            worst([levels.get(n, "unknown") for n in nodes]),
        )
        for name, nodes in sets.items()
    }


def _groups(nodes: tuple[NodeDocument, ...]) -> dict[str, GroupEntry]:
    sets: dict[str, list[NodeDocument]] = {}
    for node in nodes:
        for group in node.groups:
            sets.setdefault(group, []).append(node)
    return {
        name: GroupEntry(name, f"groups/{slug(name)}", tuple(n.name for n in some), worst([n.level for n in some]))
        for name, some in sets.items()
    }


def _counts() -> tuple[Count, ...]:
    return (
        Count("Backups", 121, "count", "", (CountPart("fresh", 118, "ok"), CountPart("late", 3, "critical"))),
        Count("Stored tonight", 64_200_000_000, "bytes", "+0.4 %"),
        Count("Processes running", 204, "", "1 failed"),
        Count("Units failed", 0, "", "of 312"),
        Count("Hottest", None, "celsius", "no sensor told"),
        Count("Nodes answered", 19, "", "of 22"),
    )


def _changes() -> tuple[Change, ...]:
    return (
        Change("web-2", "web:gunicorn RUNNING → FATAL"),
        Change("C", "new backup item repos/heprez2"),
        Change("demo-7", "heard again after 3 nights"),
        Change("dayabay", "42 tarballs older than retention gone, as planned"),
        Change(HOSTILE, f"new state {HOSTILE_TEXT}"),
        Change("gone-box", "no longer configured"),
    )


def activity() -> tuple[ActivityDocument, ...]:
    """What people did: each outcome, somebody who is nobody's, and hostile words."""
    rows = (
        ("ann", "ann", "control", "web-2", "process:web:gunicorn", "done", "restart web:gunicorn"),
        ("bob", "robert", "control", "web-2", "process:web:gunicorn", "refused", "stop web:gunicorn"),
        ("", "games", "run", "C", "", "refused", "run reboot"),
        ("ann", "ann", "run", HOSTILE, "", "failed", HOSTILE_TEXT),
        ("ann", "ann", "manage-users", None, "", "interrupted", "added bob"),
    )
    return tuple(ActivityDocument(stamp(hours=hours), *row) for hours, row in enumerate(rows))


def _compat() -> CompatEntry:
    charts = tuple(
        chart("compat-sdu", r, "svn/dybsvn and tracs/dybsvn on SDU, sizes in MB, last 30 nights")
        for r in ["month", "all"]
    )
    return CompatEntry("SDU", "ZZ", "compat/scm_backup_monitor_SDU.json", charts)


# ---- the pictures


def _write_charts(folder: Path, nodes: tuple[NodeDocument, ...]) -> None:
    pictures = {c for n in nodes for s in n.subjects for m in s.metrics for c in m.charts} | set(_compat().charts)
    light, dark = _picture((255, 255, 255), (31, 78, 121)), _picture((30, 32, 36), (140, 184, 224))
    (folder / "charts").mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        (folder / picture.light).write_bytes(light)
        (folder / picture.dark).write_bytes(dark)


def _picture(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> bytes:
    """A PNG of 720 by 230 in two colours, with a wave on it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = [bytearray(720) for _ in range(230)]
    for x in range(720):
        y = round(180 - x * 0.16 + 12 * math.sin(x / 23))
        for thick in range(3):
            rows[y + thick][x] = 1
    body = b"".join(b"\0" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", 720, 230, 8, 3, 0, 0, 0)
    palette = bytes((*paper, *ink))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"PLTE", palette)
        + chunk(b"IDAT", zlib.compress(body))
        + chunk(b"IEND", b"")
    )

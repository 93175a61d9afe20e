"""A day of logs in the sample export: of one node, and of all."""

from __future__ import annotations

from dataclasses import replace

from collector.export.documents import VERSION, LogDay, LogDocument, LogLine
from collector.export.slug import page_slug, slug
from tests.sphinxext.hostile import HOSTILE, HOSTILE_TEXT

LOG_DAY = LogDay(
    "2026-11-22",
    5001,
    2,
    f"logs/{slug(HOSTILE)}/2026-11-22.0123456789ab.json",
    f"logs/{page_slug(HOSTILE, '2026-11-22')}",
)
LOG = LogDocument(
    VERSION,
    HOSTILE,
    LOG_DAY.day,
    LOG_DAY.lines,
    LOG_DAY.grave,
    (
        LogLine("2026-11-21T16:00:01Z", "info", "cron", "(root) CMD (run-parts)"),
        LogLine("2026-11-22T03:04:05Z", "error", HOSTILE_TEXT, HOSTILE_TEXT),
        LogLine("2026-11-22T15:59:59Z", "warning", "kernel", "x" * 300),
    ),
)
"""A day of the hostile node's logs, of which most lines are left out."""
DAY_OF_ALL = replace(LOG_DAY, lines=5002, file="logs/2026-11-22.ba9876543210.json", page="logs/_~2026-11-22")
LOG_OF_ALL = replace(
    LOG,
    node=None,
    total=5002,
    lines=(
        *(replace(line, node=HOSTILE) for line in LOG.lines),
        LogLine("2026-11-22T15:59:59Z", "critical", "kernel", "out of memory", "web-2"),
    ),
)

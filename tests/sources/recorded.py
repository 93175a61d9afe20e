"""Answers to the source `processes` in the formats of the real ones, and what it reads in them."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from collector.model import Answer, Outcome, Reading
from collector.sources import processes
from collector.sources.processes import Settings

ASKED = 1_795_500_000
NOW = 1_795_500_007  # the node's clock
SERVED = Settings(kind="processes", supervisor="unix:///run/supervisor.sock", units=["cron.service"])


def reading(body: str | bytes, outcome: Outcome = Outcome.OK) -> Reading:
    raw = body.encode() if isinstance(body, str) else body
    return processes.parse(SERVED, Answer("here", "processes", "processes", ASKED, outcome, body=raw))


def record(**changes: Any) -> dict[str, Any]:
    """As supervisor 4.3.0 sends it."""
    return {
        "name": "clock",
        "group": "g1",
        "start": 1_795_465_842,
        "stop": 0,
        "now": 1_795_465_846,
        "state": 20,
        "statename": "RUNNING",
        "spawnerr": "",
        "exitstatus": 0,
        "logfile": "/tmp/sv/clock.out.log",
        "stdout_logfile": "/tmp/sv/clock.out.log",
        "stderr_logfile": "/tmp/sv/clock.err.log",
        "pid": 9226,
        "description": "pid 9226, uptime 9:00:04",
        **changes,
    }


def multicall(*records: Any, state: Any = None, version: Any = "4.3.0") -> str:
    replies = [state or {"statecode": 1, "statename": "RUNNING"}, version, list(records)]
    return f"@now {NOW}\n@supervisor xml\n" + xmlrpc.client.dumps((replies,), methodresponse=True, allow_none=True)

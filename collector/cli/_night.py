"""The whole pass, from its configuration to what it tells who started it."""

from __future__ import annotations

from pathlib import Path

from collector.chart.workshop import Workshop
from collector.cli import _screen
from collector.config import load
from collector.nightly import run, steps


def told(file: Path, drawing: Workshop) -> int:
    """Runs the pass of a configuration and tells what came of it; its exit status. Raises AlmanacError."""
    config = load(file)
    with _screen.progress(steps(config)) as tell:
        night = run(config, tell, drawing)
    from collector.cli import _morning  # noqa: PLC0415  no node waits for what that takes

    return _morning.told(config, night)

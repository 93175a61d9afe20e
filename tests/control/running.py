"""The command as a person runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from collector.cli import almanac


@dataclass(frozen=True)
class Done:
    """What a command came to: its exit status, and what it printed on both streams."""

    status: int
    out: str
    err: str


def run(config: Path, *words: str, **options: Any) -> Done:
    """`almanac --config FILE process WORDS`."""
    return command(config, "process", *words, **options)


def command(config: Path, *words: str, **options: Any) -> Done:
    """`almanac --config FILE WORDS`, in this process, its errors told as main() tells them."""
    result = CliRunner().invoke(almanac, ["--config", str(config), *words], standalone_mode=False, **options)
    if result.exception is not None:
        status = getattr(result.exception, "exit_status", getattr(result.exception, "exit_code", None))
        if status is None:
            raise result.exception
        return Done(status, result.stdout, f"{result.stderr}{result.exception}")
    return Done(result.return_value or 0, result.stdout, result.stderr)

"""The command as a person runs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from collector.cli import almanac


@dataclass(frozen=True)
class Done:
    """What a command came to: its exit status, what it printed on both streams, and the notes of its error."""

    status: int
    out: str
    err: str
    notes: tuple[str, ...] = field(default=(), compare=False)


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
        notes = tuple(getattr(result.exception, "__notes__", ()))
        return Done(status, result.stdout, f"{result.stderr}{result.exception}", notes)
    return Done(result.return_value or 0, result.stdout, result.stderr)

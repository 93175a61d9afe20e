"""A node that has one shell, chosen tools and nothing else, asked as reach asks."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from collector.config import SourceSettings, kinds
from collector.model import Answer
from collector.reach.script import Section, compose, split

SHELLS = {"dash": "/bin/dash", "bash": "/bin/bash", "busybox": "/bin/busybox"}
ASKED = 1_795_500_000
_TOOLS = ("sed", "tr", "head", "tail", "cat", "date", "grep", "sleep", "setsid", "ps")


def node(folder: Path, shell: str, *tools: str) -> Path:
    """A folder to be the PATH of a node that has this shell and these tools, and no other."""
    path = Path(tempfile.mkdtemp(prefix="bin-", dir=folder))
    path.chmod(0o755)
    (path / "sh").symlink_to(SHELLS[shell])
    for tool in _TOOLS:
        (path / tool).symlink_to(SHELLS[shell] if shell == "busybox" else shutil.which(tool) or "")
    places = {"python3": sys.executable, "curl": shutil.which("curl"), "supervisorctl": "/usr/bin/supervisorctl"}
    for tool in tools:
        (path / tool).symlink_to(places[tool] or "")
    return path


def answered(settings: SourceSettings, path: Path, **options: Any) -> Answer:
    """What the source gets from a node with this PATH; `options` are those of subprocess.run."""
    section = Section(settings.kind, kinds.find(settings.kind).probe(settings), 120, 8_000_000)
    asked = subprocess.run(
        [str(path / "sh")],
        env={"PATH": str(path)},
        input=compose([section], "MARK", 150),
        stdout=subprocess.PIPE,
        cwd="/",
        check=True,
        **options,
    )
    part = split(asked.stdout, "MARK", [section]).sections[0]
    answer = Answer("here", settings.label, settings.kind, ASKED, part.outcome, part.reason, status=part.status)
    return replace(answer, body=part.body)

"""Runs the installed command as a user does: another process, its exit status, what it prints."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def cli(tmp_path):
    def run(*words, **options):
        command = [str(Path(sys.executable).with_name("almanac")), *map(str, words)]
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.run(command, text=True, timeout=1200, cwd=tmp_path, check=False, **piped)

    return run

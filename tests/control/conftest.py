"""A fleet for all tests of the room."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control.fleet import Fleet, fleet


@pytest.fixture(scope="package")
def fleet_of_five() -> Iterator[Fleet]:
    """In a folder with a short path: a socket's name has 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder / "home"))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        with fleet(folder, folder / "home") as made:
            yield made
    shutil.rmtree(folder)

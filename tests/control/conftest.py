"""A fleet for all tests of the room."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control.fleet import Fleet, fleet
from tests.servers import ganeti
from tests.servers.rapi import Rapi, serving


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


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate."""
    folder = tmp_path_factory.mktemp("certified")
    with serving(ganeti.Cluster(0), folder):
        return folder


@pytest.fixture
def rapi(tmp_path: Path, certified: Path) -> Iterator[Rapi]:
    """A cluster of 4 hosts and 24 VMs, of which vm10 and vm20 are stopped."""
    for file in certified.iterdir():
        shutil.copy(file, tmp_path)
    with serving(ganeti.fleet(int(time.time()), nodes=4, vms=24), tmp_path) as served:
        yield served

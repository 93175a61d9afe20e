"""`almanac nightly` over a hundred nodes by real SSH: 95 are recorded, the five that are not are named with reasons.

Three are down, one hangs, one shows a changed key. One more prints 100 MB where its disks are asked for: that section
alone is cut and named, and the rest of the node is recorded.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.servers.ports import free_port
from tests.servers.sshd import Sshd, new_key, public
from tests.system import fleet

pytestmark = pytest.mark.system
NODE = """
[nodes.{name}]
address = "127.0.0.1"
port = {port}
[[nodes.{name}.sources]]
kind = "host"
[[nodes.{name}.sources]]
kind = "tarballs"
folder = "{folder}"
"""
WELL = [f"well-{number:02}" for number in range(94)]


@pytest.fixture
def ports(sshds: Callable[..., Sshd], home: Path, tmp_path: Path) -> dict[str, int]:
    """Where each node listens: ten sshds for those that are well."""
    well = [sshds(f"well{number}") for number in range(10)]
    changed = sshds("changed", known=False)
    with (home / ".ssh/known_hosts").open("a") as file:
        file.write(f"[127.0.0.1]:{changed.port} {public(new_key(home / 'old'))}\n")
    noisy = tmp_path / "noisy/bin"
    noisy.mkdir(parents=True)
    (noisy / "df").write_text("#!/bin/sh\nhead -c 100000000 /dev/zero\n")
    (noisy / "df").chmod(0o755)
    flooding = sshds("flooding", options=[f"SetEnv HOME={tmp_path} PATH={noisy}:/usr/bin:/bin"])
    return {
        **{name: well[number % len(well)].port for number, name in enumerate(WELL)},
        **{f"down-{number}": free_port() for number in range(3)},
        "hanging": sshds("hanging", options=["ForceCommand sleep 1000"]).port,
        "changed": changed.port,
        "flooding": flooding.port,
    }


def test_a_pass_over_a_hundred_nodes_records_95_and_names_the_five_others(
    ports: dict[str, int], home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "almanac"
    assert fleet.almanac(tmp_path, "init", folder).returncode == 0
    backups = tmp_path / "backup/dayabay"
    for item in fleet.ITEMS:
        for night in range(3):
            fleet.tarball(backups, item, night, 10_000_000)
    limits = '[limits]\njobs = 20\nconnect = "120s"\nnode = "300s"\noutput = "1MB"\ntotal = "900s"\n'
    nodes = (NODE.format(name=name, port=port, folder=backups) for name, port in ports.items())
    told = "".join(nodes).replace("[nodes.hanging]\n", '[nodes.hanging]\ntime_limit = "15s"\n')
    (folder / "almanac.toml").write_text(limits + told)
    done = fleet.almanac(folder, "nightly", env={**os.environ, "HOME": str(home)})
    assert (done.returncode, done.stdout) == (1, "")
    said = dict(line.split(": ", 1) for line in reversed(done.stderr.splitlines()))
    assert [said[f"down-{number}"].split(":")[0] for number in range(3)] == ["unreachable"] * 3
    assert said["hanging"].startswith("timed out: ")
    assert said["changed"].startswith("refused: ")
    assert "ssh-keygen" in said["changed"]
    assert said["flooding host"].startswith("too long: ")
    with closing(sqlite3.connect(folder / "data/almanac.db")) as db:
        sizes = db.execute(
            "SELECT DISTINCT node FROM subject JOIN series ON subject = subject.id WHERE metric = 'size'"
        )
        recorded = {node for (node,) in sizes}
    assert recorded == {*WELL, "flooding"}
    manifest = json.loads((folder / "data/public/current/data/manifest.json").read_text())
    silent = {name for name, node in manifest["nodes"].items() if not node["reached"]}
    assert silent == {"down-0", "down-1", "down-2", "hanging", "changed"}

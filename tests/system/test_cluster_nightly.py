"""A cluster through whole passes: over a real sshd to a RAPI that listens on the master's loopback, and directly."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers.ganeti import fleet as cluster_of
from tests.servers.rapi import NAME, PASSWORD, READER, Rapi, serving
from tests.servers.sshd import Sshd
from tests.system import fleet

pytestmark = pytest.mark.system

SOURCE = """
[[nodes.master.sources]]
kind = "cluster"
url = ["https://127.0.0.1:1", "{rapi.url}"]
username = "{user}"
password_file = "{folder}/secret"
ca_file = "{ca}"
server_name = "{name}"
"""
LOCAL = '[nodes.master]\nreach = "local"\n'


def configured(folder: Path, rapi: Rapi, node: str, ca: Path | None = None) -> Path:
    """A site of one node, which is the master. The first place where it looks is that of a master that has moved."""
    if not (folder / "almanac.toml").exists():
        assert fleet.almanac(folder, "init", folder).returncode == 0
    (folder / "secret").write_text(PASSWORD)
    told = SOURCE.format(rapi=rapi, user=READER, folder=folder, ca=ca or rapi.certificate, name=NAME)
    (folder / "almanac.toml").write_text(f'[site]\ntitle = "Cluster"\n{node}{told}')
    return folder


def known(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "data/public/current/data/nodes/master.json").read_text())
    return told


def states(document: dict[str, Any], kind: str, name: str = "state") -> dict[str, tuple[str, str]]:
    """The word of each subject of a kind, and how it stands."""
    return {
        subject["label"]: (state["value"], state["standing"])
        for subject in document["subjects"]
        for state in subject["states"]
        if (subject["kind"], state["name"]) == (kind, name)
    }


def test_a_large_cluster_behind_sshd_is_published_and_never_looks_empty(
    tmp_path: Path, sshds: Callable[..., Sshd]
) -> None:
    sshd = sshds("master")
    node = f'[nodes.master]\naddress = "127.0.0.1"\nport = {sshd.port}\nuser = "{sshd.user}"\n'
    with serving(cluster_of(int(time.time())), tmp_path) as rapi:
        site = configured(tmp_path, rapi, node)
        rapi.cluster.take_offline("node3.example.org")
        first = fleet.almanac(site, "nightly")
        whole = known(site)
        page, every = (
            (site / f"data/public/current/{name}.html").read_text() for name in ("nodes/master", "clusters/vms")
        )
        rapi.faults["/2/instances"] = "cut"
        second = fleet.almanac(site, "nightly")
        unheard = known(site)
    assert (first.returncode, second.returncode) == (1, 1)
    assert {one: word for one, (word, _) in states(whole, "vm").items()} == {
        vm["name"]: {"ERROR_nodeoffline": "stranded", "ADMIN_down": "stopped"}.get(vm["status"], "running")
        for vm in rapi.cluster.instances
    }
    assert re.search(r"Node of the cluster is offline: \d+ VMs are stranded on it", first.stderr)
    assert "VM is stranded" not in first.stderr
    assert len(page) < 100_000
    assert 'href="../clusters/vms.html' in page
    assert set(re.findall(r">(vm\d+\.example\.org)</a>", every)) == set(states(whole, "vm"))
    assert "did not answer /2/instances?bulk=1" in second.stderr
    assert {one: word for one, (word, _) in states(unheard, "vm").items()} == {
        one: word for one, (word, _) in states(whole, "vm").items()
    }
    assert {standing for _, standing in states(unheard, "vm").values()} == {"stale"}
    assert [one["rule"] for one in unheard["problems"]] == ["source cluster"]


def test_a_cluster_is_asked_directly_by_its_own_authority_and_no_other(tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    made = ["-keyout", str(tmp_path / "other.key"), "-out", str(other), "-days", "2", "-subj", f"/CN={NAME}"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made], check=True, capture_output=True)
    with serving(cluster_of(int(time.time()), nodes=3, vms=6), tmp_path) as rapi:
        site = configured(tmp_path, rapi, LOCAL)
        rapi.cluster.move_master("node2.example.org")
        fleet.almanac(site, "collect")
        configured(tmp_path, rapi, LOCAL, other)
        refused = fleet.almanac(site, "nightly")
    assert refused.returncode == 1
    assert re.search(r"the cluster at \S+ did not answer /2/info: .*certificate", refused.stderr)
    assert states(known(site), "cluster", "master") == {"cluster.example.org": ("node2.example.org", "stale")}
    assert len(states(known(site), "vm")) == 6

"""The double of RAPI stands up to Ganeti's own client and to htools, both as Debian ships them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.ganeti import Cluster, fleet
from tests.servers.node import ASKED
from tests.servers.rapi import FEATURES, NAME, PASSWORD, READER, USERS, WRITER, Rapi, serving

CLIENT = """
import json, sys
from ganeti.rapi import client
port, user, password, certificate = sys.stdin.read().split("\\n")
def verified(curl, logger):
    client.GenericCurlConfig(cafile=certificate, connect_timeout=60, timeout=120)(curl, logger)
    curl.setopt(curl.CONNECT_TO, ["::127.0.0.1:" + port])
ask = client.GanetiRapiClient("ganeti.example.com", int(port), user, password, curl_config_fn=verified)
try:
    ask.GetInstance("nobody")
except client.GanetiApiError as error:
    missing = error.code
print(json.dumps({
    "version": ask.GetVersion(), "features": ask.GetFeatures(), "info": ask.GetInfo(), "missing": missing,
    "nodes": ask.GetNodes(bulk=True), "names": ask.GetNodes(), "instances": ask.GetInstances(bulk=True),
    "groups": ask.GetGroups(bulk=True), "vm": ask.GetInstance("vm7.example.org"), "jobs": ask.GetJobs(),
    "archived": ask.GetJobStatus(4001), "done": ask.WaitForJobCompletion(4199),
    "failed": ask.Query("job", ["id", "archived"], ["==", "status", "error"]),
}))
"""


CHANGES = """
import json, sys
from ganeti.rapi import client
port, user, password, certificate = sys.stdin.read().split("\\n")
def verified(curl, logger):
    client.GenericCurlConfig(cafile=certificate, connect_timeout=60, timeout=120)(curl, logger)
    curl.setopt(curl.CONNECT_TO, ["::127.0.0.1:" + port])
ask = client.GanetiRapiClient("ganeti.example.com", int(port), user, password, curl_config_fn=verified)
def refused(call, *words, **more):
    try:
        return call(*words, **more)
    except client.GanetiApiError as error:
        return error.code
def job_of(number):
    ask.WaitForJobCompletion(number, period=0.05)
    return [ask.GetJobStatus(number)[one] for one in ("status", "opresult")]
first = ask.StartupInstance("vm10.example.org", dry_run=True)
waited = ask.WaitForJobChange(first, ["status"], None, None)
jobs = [
    first, ask.StartupInstance("vm10.example.org"), ask.ShutdownInstance("vm1.example.org", timeout=5),
    ask.RebootInstance("vm2.example.org", reboot_type="soft"), ask.ReinstallInstance("vm3.example.org", os="debootstrap+x"),
    ask.MigrateInstance("vm4.example.org", mode="live"), ask.SetNodeRole("node3.example.org", "drained", force=True, auto_promote=True),
    ask.MigrateNode("node3.example.org"), ask.EvacuateNode("node4.example.org", mode="primary-only", iallocator="hail"),
]
ended = [ask.WaitForJobCompletion(job, period=0.05) for job in jobs]
canceled = ask.CancelJob(ask.RebootInstance("vm5.example.org"))
print(json.dumps({
    "first": first, "waited": waited, "ended": ended, "canceled": canceled[0], "further": ask.GetJobStatus(jobs[-1])["opresult"],
    "console": ask.GetInstanceConsole("vm6.example.org")["kind"], "stopped": refused(ask.GetInstanceConsole, "vm1.example.org"),
    "few": job_of(ask.SetNodeRole("node5.example.org", "drained")), "unknown": job_of(ask.ShutdownInstance("nobody")), "all": job_of(ask.EvacuateNode("node4.example.org", mode="all")),
    "mode": refused(ask.EvacuateNode, "node4.example.org"),
    "key": refused(ask.ReinstallInstance, "vm3.example.org", osparams={}) > 0,
}))
"""


def test_ganetis_own_client_changes_things_unchanged(rapi: Rapi) -> None:
    words = "\n".join([str(rapi.port), WRITER, USERS[WRITER][0], str(rapi.certificate)])
    done = subprocess.run(["/usr/bin/python3", "-c", CHANGES], input=words, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    told, known = json.loads(done.stdout), rapi.cluster
    assert told.pop("further")[0]["jobs"]
    assert told["all"][1][0][1][0].startswith("Due to an issue with the iallocator interface it is not possible")
    assert told == {
        "first": 4201,
        "waited": {"job_info": ["running"], "log_entries": told["waited"]["log_entries"]},
        "ended": [True] * 9,
        "canceled": True,
        "console": "ssh",
        "stopped": 503,
        "unknown": ["error", [["OpPrereqError", ["Instance 'nobody' not known", "unknown_entity"]]]],
        "all": told["all"],
        "few": [
            "error",
            [["OpPrereqError", ["Not enough master candidates, please pass auto promote", "wrong_state"]]],
        ],
        "mode": 400,
        "key": True,
    }
    stand = [known.vm(f"vm{number}.example.org")["status"] for number in (10, 1, 2, 3)]
    assert stand == ["running", "ADMIN_down", "running", "running"]
    assert (known.vm("vm3.example.org")["os"], known.node("node3.example.org")["role"]) == ("debootstrap+x", "D")


@pytest.fixture(scope="module")
def rapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rapi]:
    with serving(fleet(ASKED), tmp_path_factory.mktemp("rapi")) as served:
        yield served


def test_ganetis_own_client_works_unchanged(rapi: Rapi) -> None:
    words = "\n".join([str(rapi.port), READER, PASSWORD, str(rapi.certificate)])
    done = subprocess.run(["/usr/bin/python3", "-c", CLIENT], input=words, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    told, cluster = json.loads(done.stdout), rapi.cluster
    assert (told["version"], told["features"], told["info"], told["missing"]) == (2, FEATURES, cluster.info(), 404)
    assert (told["nodes"], told["instances"], told["groups"]) == (cluster.nodes, cluster.instances, cluster.groups())
    assert told["names"] == [node["name"] for node in cluster.nodes]
    assert told["vm"] == cluster.vm("vm7.example.org")
    assert told["jobs"] == [job["id"] for job in cluster.jobs if job["id"] not in cluster.archived]
    assert (told["archived"]["id"], told["done"]) == (4001, True)
    failed = [row for row in told["failed"]["data"] if row[0][1] <= 4200]
    assert failed == [[[0, job], [0, job in cluster.archived]] for job in range(4010, 4201, 10)]


def test_the_certificate_is_for_the_name_that_ganeti_gives_its_own(rapi: Rapi) -> None:
    text = subprocess.run(
        ["openssl", "x509", "-subject", "-noout", "-in", rapi.certificate], capture_output=True
    ).stdout
    assert text.decode().strip() == f"subject=CN = {NAME}"


def checked(cluster: Cluster, folder: Path) -> dict[str, str]:
    """What hcheck says of a cluster's raw answers."""
    answers = {
        "groups": cluster.groups(),
        "nodes": cluster.nodes,
        "instances": cluster.instances,
        "info": cluster.info(),
    }
    for name, told in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(told))
    command = ["hcheck", "-m", f"file://{folder}", "--machine-readable", "--no-simulation"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def test_hcheck_reads_its_answers(tmp_path: Path) -> None:
    cluster = fleet(ASKED)
    cluster.take_offline("node3.example.org")
    told = checked(cluster, tmp_path)
    stranded = [vm for vm in cluster.instances if vm["pnode"] == "node3.example.org"]
    assert told["HCHECK_INIT_CLUSTER_OFFLINE_PRI"] == str(len(stranded))

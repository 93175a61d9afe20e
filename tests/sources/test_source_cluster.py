"""A cluster asked over TLS by every shell and tool that its master may have, and what is made of its answers."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from collector.model import Answer, Event, Outcome, Reading, State
from collector.sources import _ganeti, cluster
from collector.sources.cluster import Settings
from tests.servers.ganeti import Cluster, fleet
from tests.servers.node import ASKED, SHELLS, answered, node
from tests.servers.rapi import NAME, PASSWORD, READER, Rapi, serving

MIB = 2**20


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="almanac-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def rapi(folder: Path) -> Iterator[Rapi]:
    with serving(fleet(ASKED), folder) as served:
        yield served


def settings(rapi: Rapi, **keys: Any) -> Settings:
    login = {"username": READER, "password": PASSWORD, "ca_file": str(rapi.certificate), "server_name": NAME}
    return Settings(kind="cluster", **{"url": rapi.url, **login, **keys})


def numbers(reading: Reading, subject: str) -> dict[str, float]:
    return {one.metric: one.value for one in reading.observations if one.subject == subject}


def words(reading: Reading, subject: str) -> dict[str, str]:
    return {one.metric: one.value for one in reading.states if one.subject == subject}


def told(known: Cluster, **keys: Any) -> Reading:
    """What is read of a cluster's answers."""
    failed = [job for job in known.jobs if job["status"] == "error"]
    rows = [[[0, {**job, "archived": True}[name]] for name in _ganeti._JOB_FIELDS] for job in failed]
    parts = {"info": known.info(), "groups": known.groups(), "nodes": known.nodes, "instances": known.instances}
    body = "".join(f"@part {name}\n{json.dumps(part)}\n" for name, part in {**parts, "jobs": {"data": rows}}.items())
    return cluster.parse(Settings(kind="cluster", **keys), answer(body.encode()))


def answer(body: bytes, outcome: Outcome = Outcome.OK) -> Answer:
    return Answer("here", "cluster", "cluster", ASKED, outcome, body=body)


# ------------------------------------------------------------------------------------------------- how it is asked


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("tool", ["curl", "python3"])
def test_a_cluster_is_read_whole(rapi: Rapi, shell: str, tool: str) -> None:
    asked = answered(settings(rapi), node(rapi.folder, shell, tool))
    reading = cluster.parse(settings(rapi), asked)
    assert (asked.outcome, asked.reason, reading.faults, reading.void) == (Outcome.OK, "", (), "")
    assert reading == told(rapi.cluster)
    assert [method for method, _ in rapi.asked] == ["GET", "GET", "GET", "GET", "PUT"]


@pytest.mark.parametrize("tool", ["curl", "python3"])
@pytest.mark.parametrize(
    ("path", "fault", "reason"),
    [
        (
            "/2/instances",
            "cut",
            r"did not answer /2/instances\?bulk=1: [^;]*(?i:read)[^;]*; see .* whether ganeti-rapi",
        ),
        ("/2/instances", "cut unseen", r"for /2/instances\?bulk=1 is not whole; see rapi-daemon.log"),
        ("/2/info", "cut", "did not answer /2/info: [^;]*(?i:read)[^;]*; see .* whether ganeti-rapi"),
        ("/2/nodes", 502, r"answered HTTP 502 for /2/nodes\?bulk=1; see rapi-daemon.log"),
        ("/2/nodes", 404, r"answered HTTP 404 for /2/nodes\?bulk=1; see whether Ganeti's RAPI"),
        ("/2/query/job", b"null", "for /2/query/job is not whole; see rapi-daemon.log"),
    ],
)
def test_what_does_not_come_whole_is_no_answer(
    rapi: Rapi, tool: str, path: str, fault: str | int | bytes, reason: str
) -> None:
    rapi.faults[path] = fault
    asked = answered(settings(rapi), node(rapi.folder, "dash", tool))
    assert asked.outcome is Outcome.FAILED
    assert re.search(reason, asked.reason)
    assert cluster.parse(settings(rapi), asked) == Reading()


@pytest.mark.parametrize("tool", ["curl", "python3"])
@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"password": "wrong"}, "does not accept this user and password; compare them with its rapi/users"),
        ({"username": "plain", "password": "plain"}, "does not let this user read /2/query/job; give it the option"),
        ({"ca_file": None}, "certificate"),
        ({"server_name": "other.example.org"}, "other.example.org"),
        ({"server_name": None}, "127.0.0.1"),
        ({"ca_file": "/no/such/file"}, "there is no certificate /no/such/file"),
        ({"password": None, "password_file": "/no/such/file"}, "there is no password file /no/such/file"),
        ({"url": "https://127.0.0.1:1"}, "the cluster at 127.0.0.1:1 did not answer /2/info: "),
    ],
)
def test_a_refusal_is_told_in_a_sentence(rapi: Rapi, tool: str, keys: dict[str, Any], reason: str) -> None:
    asked = answered(settings(rapi, **keys), node(rapi.folder, "dash", tool))
    assert asked.outcome is Outcome.FAILED
    assert reason in asked.reason


def test_a_node_without_tools_says_what_to_install(rapi: Rapi) -> None:
    asked = answered(settings(rapi), node(rapi.folder, "dash"))
    assert "install curl or python3" in asked.reason


def test_the_master_is_found_where_it_moved_to(rapi: Rapi) -> None:
    rapi.cluster.move_master("node2.example.org")
    of = settings(rapi, url=["https://127.0.0.1:1", rapi.url])
    asked = answered(of, node(rapi.folder, "busybox", "curl"))
    reading = cluster.parse(of, asked)
    assert words(reading, "cluster:cluster.example.org")["master"] == "node2.example.org"
    assert words(reading, "clusternode:node2.example.org")["role"] == "master"


def test_the_password_may_lie_on_the_node(rapi: Rapi) -> None:
    (rapi.folder / "secret").write_text(PASSWORD)
    of = settings(rapi, password=None, password_file=str(rapi.folder / "secret"))
    assert answered(of, node(rapi.folder, "dash", "python3")).outcome is Outcome.OK


@pytest.mark.parametrize("tool", ["curl", "python3"])
def test_the_password_stands_in_no_command_line_and_no_environment(rapi: Rapi, tool: str) -> None:
    real, watched = node(rapi.folder, "dash", tool), node(rapi.folder, "dash")
    record = watched / "record"
    for program in real.iterdir():  # each tells how it was called, then is itself
        if program.name != "sh":
            (watched / program.name).unlink(missing_ok=True)
            (watched / program.name).write_text(
                f'#!/bin/dash\n{{ echo "{program.name} $*"; export -p; }} >> "{record}"\nexec {program.readlink()} "$@"\n'
            )
            (watched / program.name).chmod(0o755)
    assert answered(settings(rapi), watched).outcome is Outcome.OK
    called = record.read_text()
    assert f"{tool} " in called
    assert "(id)`%;#" not in called  # the end of it, which no quoting changes
    assert b64encode(f"{READER}:{PASSWORD}".encode()).decode() not in called


# ---------------------------------------------------------------------------------------------- what it makes of it


def test_the_figures_are_those_of_the_answers() -> None:
    known = fleet(ASKED)
    known.take_offline("node3.example.org")
    known.drain("node4.example.org")
    known.stand("vm1.example.org", "ERROR_down")
    stranded = sum(vm["status"] == "ERROR_nodeoffline" for vm in known.instances)
    running = [vm for vm in known.instances if vm["status"] == "running"]
    live = [one for one in known.nodes if one["mtotal"] is not None]
    found = numbers(told(known), "cluster:cluster.example.org")
    assert found.pop("no_failover") > 0
    assert found == {
        "vms": 600,
        "vms_running": len(running),
        "vms_in_error": stranded + 1,
        "vms_unknown": 0,
        "vms_without_owner": 12,
        "vcpus": sum(vm["oper_vcpus"] for vm in running),
        "hosts": 40,
        "hosts_online": 38,
        "hosts_offline": 1,
        "hosts_drained": 1,
        "hosts_silent": 0,
        "failed_jobs": sum(j["status"] == "error" and j["end_ts"][0] > ASKED - 86400 for j in known.jobs),
        "memory_allocated": sum(vm["oper_ram"] for vm in running) * MIB,
        "memory_total": sum(one["mtotal"] for one in live) * MIB,
        "memory_free": sum(one["mfree"] for one in live) * MIB,
        "memory_used": sum(one["mtotal"] - one["mfree"] for one in live) * MIB,
        "disk_allocated": sum(2 * vm["disk_usage"] for vm in known.instances) * MIB,
        "disk_total": sum(one["dtotal"] for one in live) * MIB,
        "disk_free": sum(one["dfree"] for one in live) * MIB,
        "disk_used": sum(one["dtotal"] - one["dfree"] for one in live) * MIB,
    }


def test_what_an_offline_node_does_not_tell_is_absent() -> None:
    known = fleet(ASKED)
    known.take_offline("node3.example.org")
    reading = told(known)
    assert set(numbers(reading, "clusternode:node3.example.org")) == {"vms", "memory_allocated", "disk_allocated"}
    assert words(reading, "clusternode:node3.example.org") == {"state": "offline", "role": "offline"}


@pytest.mark.parametrize(
    ("status", "state"),
    [(status, state) for status, (state, _) in _ganeti._STATUSES.items()],
)
def test_each_status_is_told_though_its_mtime_stays(status: str, state: str) -> None:
    known = fleet(ASKED, nodes=2, vms=3)
    known.stand("vm1.example.org", status)
    reading = told(known)
    assert words(reading, "vm:vm1.example.org")["state"] == state
    assert numbers(reading, "cluster:cluster.example.org")["vms_in_error"] == float(state not in cluster.SOUND)


@pytest.mark.parametrize("runs", [True, False])
def test_a_status_that_is_new_is_unknown_and_what_runs_is_counted_as_it_does(runs: bool) -> None:
    known = fleet(ASKED, nodes=2, vms=3)
    known.stand("vm1.example.org", "ERROR_\x1b[31m")
    known.vm("vm1.example.org")["oper_state"] = runs
    reading = told(known)
    word = "ERROR_\\x1b[31m, a status that is new to Almanac"
    assert State("vm:vm1.example.org", "state", ASKED, "unknown", word) in reading.states
    found = numbers(reading, "cluster:cluster.example.org")
    assert [found[name] for name in ("vms_running", "vms_in_error", "vms_unknown")] == [2.0 + runs, 0.0, 1.0]


def test_failed_jobs_are_events_of_what_they_name_archived_ones_too() -> None:
    known = fleet(ASKED)
    events = told(known).events
    job = known.jobs[9]
    vm = job["ops"][0]["instance_name"]
    text = f"Job 4010, INSTANCE_STARTUP({vm}), failed: Node node2.example.org is offline"
    assert events[0] == Event(f"vm:{vm}", job["end_ts"][0], "error", text)
    assert len(events) == 20


@pytest.mark.parametrize(
    ("body", "void"),
    [
        (b"", "the cluster's answer lacks info, groups, nodes, instances, jobs"),
        (b"@part info\n{\n", "the cluster's answer of info is no JSON, or was cut"),
        (b"@part info\n" + b"[" * 100_000, "the cluster's answer of info is no JSON, or was cut"),
        (b"\xff\x00", "the cluster's answer lacks info, groups, nodes, instances, jobs"),
    ],
)
def test_an_answer_that_is_none_is_void(body: bytes, void: str) -> None:
    assert cluster.parse(Settings(kind="cluster"), answer(body)) == Reading(void=void)


def test_a_disk_that_is_not_told_makes_no_sum_of_disks() -> None:
    known = fleet(ASKED, nodes=3, vms=3)
    known.vm("vm1.example.org").update({"disk_usage": None, "snodes": []})
    known.vm("vm1.example.org")["pnode"] = "node1.example.org"
    known.vm("vm2.example.org").update({"pnode": "node2.example.org", "snodes": ["node3.example.org"]})
    known.vm("vm3.example.org").update({"pnode": "node2.example.org", "snodes": ["node3.example.org"]})
    limits = {"physics": {"disk": "1TiB"}, "astro": {"disk": "1TiB"}}
    reading = told(known, owners={"physics": "vm1*", "astro": "vm2*"}, quotas=limits)
    lacking = {one.subject for one in reading.observations if one.metric == "vms"}
    lacking -= {one.subject for one in reading.observations if one.metric == "disk_allocated"}
    assert {"cluster:cluster.example.org", "clusternode:node1.example.org"} <= lacking
    assert {"clusternode:node2.example.org", "clusternode:node3.example.org"}.isdisjoint(lacking)
    assert {"disk", "disk_ratio"}.isdisjoint(numbers(reading, "owner:physics"))
    assert numbers(reading, "owner:astro")["disk"] == known.vm("vm2.example.org")["disk_usage"] * 2 * MIB
    assert words(reading, "vm:vm1.example.org")["size"].endswith("memory, disk not told")
    known.vm("vm1.example.org")["disk_template"] = "diskless"
    assert numbers(told(known, owners={"physics": "vm1*"}), "owner:physics")["disk"] == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": None},
        {"beparams": 3},
        {"beparams": {"maxmem": None, "vcpus": 1, "auto_balance": True}, "oper_ram": None},
        {"name": ""},
        {"oper_ram": -1},
        {"snodes": 1},
    ],
)
def test_a_vm_that_cannot_be_read_is_never_taken_for_gone(wrong: dict[str, Any]) -> None:
    known = fleet(ASKED, nodes=2, vms=3)
    known.instances[1].update(wrong)
    reading = told(known)
    assert reading.void.startswith("the cluster's answer can't be read, for a VM in it is odd: ")
    assert replace(reading, void="") == Reading()


# ------------------------------------------------------------------------------------------------- owners, settings


def test_owners_are_those_of_the_table_then_of_the_tags_and_use_is_set_against_quotas() -> None:
    known = fleet(ASKED)
    owners = {"physics": ["vm1.*", "gwm:owner:biology"], "idle": ["none"]}
    quotas = {"physics": {"memory": "64 GiB", "vcpus": 1000}, "registrar": {"disk": "4 TiB"}}
    reading = told(known, owners=owners, quotas=quotas)
    own = [vm for vm in known.instances if vm["name"].startswith("vm1.") or "gwm:owner:biology" in vm["tags"]]
    running = [vm for vm in own if vm["status"] == "running"]
    memory, cpus = sum(vm["oper_ram"] for vm in running) * MIB, sum(vm["oper_vcpus"] for vm in running)
    found = numbers(reading, "owner:physics")
    assert found.pop("disk") == sum(2 * vm["disk_usage"] for vm in own) * MIB
    assert found == {
        "vms": len(own),
        "vms_running": len(running),
        "memory": memory,
        "vcpus": cpus,
        "memory_ratio": memory / 2**36,
        "vcpus_ratio": cpus / 1000,
    }
    assert numbers(reading, "owner:idle")["vms"] == 0
    assert numbers(reading, "owner:registrar")["disk_ratio"] == numbers(reading, "owner:registrar")["disk"] / 2**42
    assert words(reading, "vm:vm1.example.org")["owner"] == "physics"
    assert words(reading, "vm:vm2.example.org")["owner"] == "geology"
    assert words(reading, "vm:vm50.example.org")["owner"] == "not named"


def test_an_owner_called_nobody_is_one() -> None:
    known = fleet(ASKED, nodes=2, vms=3)
    known.vm("vm1.example.org")["tags"] = ["gwm:owner:nobody"]
    known.vm("vm2.example.org")["tags"] = []
    reading = told(known, owners={"nobody": ["vm3.*"]})
    owners = [words(reading, f"vm:vm{number}.example.org")["owner"] for number in (1, 2, 3)]
    assert owners == ["nobody", "not named", "nobody"]
    assert numbers(reading, "cluster:cluster.example.org")["vms_without_owner"] == 1
    assert numbers(reading, "owner:nobody")["vms"] == 2


def test_where_nobody_owns_anything_no_vm_lacks_an_owner() -> None:
    known = fleet(ASKED, nodes=2, vms=2)
    for vm in known.instances:
        vm["tags"] = []
    reading = told(known)
    assert "owner" not in {one.metric for one in reading.states}
    assert State("vm:vm1.example.org", "state", ASKED, "running", "") in reading.states


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"url": "http://master:5080"}, "expected https://host:port without a path or a user"),
        ({"url": "https://u:p@master"}, "expected https://host:port without a path or a user"),
        ({"url": "https://master:x"}, "expected https://host:port without a path or a user"),
        ({"username": "u"}, "write username with one of password and password_file, or none of the three"),
        ({"username": "u", "password": "a\nb"}, "a password may not hold control characters; choose another"),
        ({"owners": {"not named": ["a"]}}, 'no owner may be called "not named", which is told of VMs without one'),
        ({"quotas": {"a": {"memory": 0}}}, "Input should be greater than 0"),
        ({"quotas": {"a": {"ram": 1}}}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_meant_is_refused(keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(kind="cluster", **keys)
    assert sentence in str(refused.value)


def test_a_port_that_is_left_out_is_that_of_rapi() -> None:
    assert Settings(kind="cluster", url="https://master").url == ("https://master:5080",)

"""VMs and hosts told to do something, through a real sshd or directly over TLS: jobs followed to their end, and beyond."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from typing import Any

import pytest

from collector.people.roles import Role
from collector.store.activity import Activity
from collector.store.persons import Person
from collector.store.store import Store
from tests.control.clusters import CONTROL, QUOTAS, configured, left, results, rows
from tests.control.running import command
from tests.servers.ganeti import Cluster
from tests.servers.rapi import PASSWORD, WRITER, Rapi
from tests.servers.sshd import Sshd

STOPPED = "job {} failed: Can't migrate, please use failover: Instance vm10.example.org is not running on node node1.example.org"
ELSEWHERE = (
    "job 4201 failed: Instances with disk types drbd cannot be migrated to arbitrary nodes (neither an iallocator nor a"
    " target node can be passed)"
)


CASES: list[tuple[str, int, list[tuple[str, str, str]], Callable[[Cluster], Any], Any]] = [
    (
        "vm start vm10 --over-quota",
        0,
        [("vm10", "done", "")],
        lambda known: known.vm("vm10.example.org")["status"],
        "running",
    ),
    ("vm start vm1", 0, [("vm1", "nothing to do", "")], lambda known: len(known.pending), 0),
    ("vm start vm10 --dry-run", 0, [("vm10", "done", "")], lambda known: known.vm("vm10.example.org")["oper_state"], False),
    (
        "vm stop vm1 vm2.example.org --grace 0",
        0,
        [("vm1", "done", ""), ("vm2", "done", "")],
        lambda known: [known.vm(f"vm{one}.example.org")["status"] for one in (1, 2)],
        ["ADMIN_down"] * 2,
    ),
    ("vm reboot vm3 --soft", 0, [("vm3", "done", "")], lambda known: known.jobs[-1]["summary"], ["INSTANCE_REBOOT(vm3.example.org)"]),
    (
        "vm reinstall vm4 --os debootstrap+test",
        0,
        [("vm4", "done", "")],
        lambda known: (known.vm("vm4.example.org")["os"], known.vm("vm4.example.org")["status"]),
        ("debootstrap+test", "ADMIN_down"),
    ),
    (
        "vm migrate vm10 vm11",
        1,
        [("vm10", "failed", STOPPED.format(4201)), ("vm11", "done", "")],
        lambda known: known.vm("vm11.example.org")["snodes"],
        ["node3.example.org"],
    ),
    (
        "vm migrate vm1 --to node4",
        1,
        [("vm1", "failed", ELSEWHERE)],
        lambda known: known.vm("vm1.example.org")["pnode"],
        "node1.example.org",
    ),
    ("vm migrate vm1 --to node1", 0, [("vm1", "nothing to do", "")], lambda known: len(known.pending), 0),
    (
        "cluster node role drained node2.example.org",
        0,
        [("node2", "done", "")],
        lambda known: known.node("node2.example.org")["role"],
        "D",
    ),
    (
        "cluster node role regular node1",
        1,
        [("node1", "failed", "job 4201 failed: The master role can be changed only via master-failover")],
        lambda known: known.master,
        "node1.example.org",
    ),
    (
        "cluster node role drained node2 --auto-promote",
        0,
        [("node2", "done", "")],
        lambda known: known.node("node2.example.org")["role"],
        "D",
    ),
    ("cluster node migrate node3", 0, [("node3", "done", "")], lambda known: left(known, "node3", "pnode"), []),
    (
        "cluster node evacuate node2",
        0,
        [("node2", "done", "")],
        lambda known: (left(known, "node2", "pnode"), left(known, "node2", "snodes") != []),
        ([], True),
    ),
    (
        "cluster node evacuate node2 --which copies --to node3",
        0,
        [("node2", "done", "")],
        lambda known: (left(known, "node2", "pnode") != [], left(known, "node2", "snodes")),
        (True, []),
    ),
    (
        "cluster node evacuate node2 --which all",
        0,
        [("node2", "done", ""), ("node2", "done", "")],
        lambda known: (left(known, "node2", "pnode"), left(known, "node2", "snodes")),
        ([], []),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("words", "status", "wanted", "found", "stands"), CASES, ids=[case[0] for case in CASES])
def test_what_is_told_is_done_and_its_job_says_how_it_ended(
    rapi: Rapi,
    words: str,
    status: int,
    wanted: list[tuple[str, str, str]],
    found: Callable[[Cluster], Any],
    stands: Any,
) -> None:
    config = configured(rapi)
    done = command(config, *words.split(), "--yes", "--json")
    assert (done.status, results(done), found(rapi.cluster)) == (status, wanted, stands)
    told = [(outcome, subject.partition(".")[0].partition(":")[2]) for _, _, subject, outcome, _ in rows(config)]
    ends = {"done": "done", "failed": "failed"}
    assert sorted(told) == sorted((ends[end], name) for name, end, _ in wanted if end in ends)


def test_it_goes_through_ssh_and_is_told_as_it_goes(sshd: Sshd, rapi: Rapi) -> None:
    config = configured(rapi, f'address = "127.0.0.1"\nport = {sshd.port}\nuser = "{sshd.user}"\n')
    done = command(config, "vm", "stop", "vm7", "--yes")
    assert done.status == 0
    assert "vm7.example.org: job 4201\n" in done.out
    assert "INSTANCE_SHUTDOWN(vm7.example.org) is under way\\x1b[31m\n" in done.out
    assert done.out.endswith("1 done\n")
    words = "stop vm7.example.org; it was running; job 4201 done"
    assert rows(config) == [("control", "ganeti", "vm:vm7.example.org", "done", words)]


def test_the_words_of_a_listing_and_of_one_vm(rapi: Rapi) -> None:
    config = configured(rapi)
    listed = command(config, "vm", "list", "--owner", "library", "--json")
    assert [one["name"] for one in json.loads(listed.out)["vms"]] == [
        f"vm{number}.example.org" for number in (10, 15, 20, 5)
    ]
    shown = command(config, "vm", "show", "vm10")
    assert "uses 4.8 GB of 6.4 GB memory" in shown.out
    assert command(config, "vm", "list").out.endswith("1 of 1 clusters answered; 24 VMs: 22 running\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("vm start vm10", "ganeti: owner library would use 7 GB of memory, and may use 6.4 GB of memory"),
        ("vm reboot vm10", "owner library would use 7 GB of memory"),
        ("vm reinstall vm10 --start", "owner library would use 7 GB of memory"),
        ("vm stop vmm1", 'there is no VM "vmm1" in the clusters that answered; did you mean "vm1"?'),
        ("vm stop vm1 --owner 7", "no VM that is meant belongs to 7"),
        ("vm stop", "Say what to stop"),
        ("cluster node evacuate nodes", 'there is no node "nodes"'),
        ("cluster node evacuate node2 --to node3", "--to goes with --which copies only"),
        ("vm migrate vm1 --to node3 --allocator hail", "Say --to or --allocator, not both"),
        ("vm migrate vm1 --to nod3", 'there is no node "nod3" in the cluster that ganeti asks; did you mean "node3"?'),
        ("cluster node migrate node1 --to node9", 'there is no node "node9" in the cluster that ganeti asks'),
    ],
)
def test_what_may_not_be_changes_nothing(rapi: Rapi, words: str, told: str) -> None:
    done = command(configured(rapi), *words.split(), "--yes")
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert {method for method, _ in rapi.asked} <= {"GET", "PUT"}
    assert all(path == "/2/query/job" for method, path in rapi.asked if method == "PUT")


def test_a_quota_bars_nobody_elses_start_and_what_runs_already_is_left_alone(rapi: Rapi) -> None:
    config = configured(rapi, more=CONTROL + QUOTAS.replace("6GiB", "1GiB"))
    done = command(config, "vm", "start", "vm1", "vm5", "--yes", "--json")
    assert [end for _, end, _ in results(done)] == ["nothing to do"] * 2


def test_a_vm_whose_host_does_not_answer_may_still_use_its_share(rapi: Rapi) -> None:
    rapi.cluster.vm("vm5.example.org").update(status="ERROR_nodedown", oper_state=None, oper_ram=None, oper_vcpus=None)
    done = command(configured(rapi), "vm", "start", "vm10", "--yes")
    assert (done.status, "ganeti: owner library would use 7 GB of memory" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ("cut", ("vm1", "not known", "the cluster's reply was lost: ")),
        (b"no number", ("vm1", "not known", "the cluster's answer names no job: no number")),
        (503, ("vm1", "failed", "the cluster refused (HTTP 503): Service <unavailable>")),
    ],
)
def test_an_order_is_given_once_whatever_comes_back(
    rapi: Rapi, fault: str | int | bytes, wanted: tuple[str, str, str]
) -> None:
    path = "/2/instances/vm1.example.org/shutdown"
    rapi.faults[path] = fault
    done = command(configured(rapi), "vm", "stop", "vm1", "--yes", "--json")
    (found,) = results(done)
    assert (done.status, found[:2], found[2].startswith(wanted[2])) == (1, wanted[:2], True)
    assert [one for _, one in rapi.asked].count(path) == 1


def test_jobs_that_fail_further_on_make_the_first_one_fail(rapi: Rapi) -> None:
    rapi.cluster.node("node2.example.org")["offline"] = True
    done = command(configured(rapi), "cluster", "node", "migrate", "node2", "--yes", "--json")
    ((_, end, why),) = results(done)
    assert (done.status, end) == (1, "failed")
    assert why.startswith(
        "job 4202 failed: Can't migrate, please use failover: Node is marked offline; job 4203 failed: "
    )


def test_copies_stay_where_the_vms_before_them_did_not_leave(rapi: Rapi) -> None:
    rapi.cluster.drain("node4.example.org")
    done = command(configured(rapi), "cluster", "node", "evacuate", "node3", "--which", "all", "--yes", "--json")
    (_, first, why), (_, second, then) = results(done)
    assert (done.status, first, second, then) == (
        1,
        "failed",
        "failed",
        "it was not begun, for what comes before it failed",
    )
    assert "Can't use drained node node4.example.org" in why
    assert sum(one["summary"] == ["NODE_EVACUATE(node3.example.org)"] for one in rapi.cluster.jobs) == 1
    assert left(rapi.cluster, "node3", "snodes")


def test_a_candidate_is_drained_only_if_another_takes_its_place(rapi: Rapi) -> None:
    rapi.cluster.node("node3.example.org").update(role="R", master_candidate=False)
    config = configured(rapi)
    words = ("cluster", "node", "role", "drained", "node2", "--yes", "--json")
    (refused,) = results(command(config, *words))
    assert refused[1:] == ("failed", "job 4201 failed: Not enough master candidates, please pass auto promote")
    assert results(command(config, *words, "--auto-promote")) == [("node2", "done", "")]
    assert [rapi.cluster.node(f"node{one}.example.org")["role"] for one in (2, 3)] == ["D", "C"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "vm reinstall vm4",
            '"vm4" means 2 VMs: vm4.example.org on ganeti, vm4.example.org on other; name one in full',
        ),
        ("vm stop vm4.example.org", '"vm4.example.org" means 2 VMs: '),
        (
            "cluster node role drained node2",
            '"node2" means 2 nodes: node2.example.org on ganeti, node2.example.org on other',
        ),
    ],
)
def test_a_name_of_two_clusters_is_neither(rapi: Rapi, words: str, told: str) -> None:
    mine = configured(rapi).read_text()
    config = rapi.folder / "almanac.toml"
    config.write_text(mine + mine.replace("nodes.ganeti", "nodes.other"))
    done = command(config, *words.split(), "--yes")
    assert (done.status, done.out, told in done.err) == (2, "", True)
    assert rapi.cluster.pending == {}
    one = command(config, *words.replace("vm4.example.org", "vm4").split(), "--node", "other", "--yes", "--json")
    assert len(results(one)) == 1


def test_a_whole_name_means_no_other(rapi: Rapi) -> None:
    rapi.cluster.vm("vm2.example.org")["name"] = "vm1"
    rapi.cluster.vm("vm3.example.org")["name"] = "vm1.example.com"
    config = configured(rapi)
    assert results(command(config, "vm", "stop", "vm1", "--yes", "--json")) == [("vm1", "done", "")]
    assert [rapi.cluster.vm(name)["status"] for name in ("vm1", "vm1.example.com")] == ["ADMIN_down", "running"]


def test_a_cluster_that_is_silent_holds_up_no_other(rapi: Rapi) -> None:
    away = '[nodes.away]\nreach = "local"\n[[nodes.away.sources]]\nkind = "cluster"\nurl = "https://127.0.0.1:1"\n'
    config = configured(rapi, more=CONTROL + away)
    done = command(config, "vm", "stop", "vm2", "--yes", "--json")
    assert (done.status, results(done)) == (1, [("vm2", "done", "")])
    assert "away: ended with status 1: the cluster at 127.0.0.1:1 did not answer /2/info" in done.err
    assert sorted(row[1:4] for row in rows(config)) == [
        ("away", "", "failed"),
        ("ganeti", "vm:vm2.example.org", "done"),
    ]


@pytest.mark.parametrize(
    ("more", "environ", "status", "told"),
    [
        ("", {}, 1, "the cluster lets this user read, and change nothing; give it the option write in "),
        (
            CONTROL,
            {"ALMANAC_CLUSTER_USER": WRITER, "ALMANAC_CLUSTER_PASSWORD": "guess"},
            1,
            "does not accept this user",
        ),
        ("", {"ALMANAC_CLUSTER_USER": WRITER, "ALMANAC_CLUSTER_PASSWORD": f"w {PASSWORD}"}, 0, "stop"),
        ("", {"ALMANAC_CLUSTER_USER": WRITER}, 2, "ALMANAC_CLUSTER_PASSWORD is missing in the environment"),
        (CONTROL.replace('"write"', '"none"'), {}, 2, "none: the password can't be read: No such file or directory"),
        (CONTROL.replace('"write"', '"loose"'), {}, 2, "anybody on this machine may read the password; run: chmod o="),
    ],
)
def test_who_may_not_change_a_cluster_is_told_so(
    rapi: Rapi, monkeypatch: pytest.MonkeyPatch, more: str, environ: dict[str, str], status: int, told: str
) -> None:
    (rapi.folder / "loose").write_text("x\n")
    (rapi.folder / "loose").chmod(0o644)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    config = configured(rapi, more=more)
    done = command(config, "vm", "stop", "vm1", "--yes")
    assert (done.status, told in done.out + done.err) == (status, True)
    assert rapi.cluster.vm("vm1.example.org")["status"] == ("ADMIN_down" if status == 0 else "running")
    assert "(id)`%;#" not in done.out + done.err + repr(rows(config))


@pytest.mark.parametrize(
    ("role", "words", "told"),
    [
        (Role.READ_ONLY, "vm stop vm1", "ann is read-only, so may not stop vm1"),
        (Role.LOG_READER, "cluster node role drained node2", "ann is log-reader, so may not make node2 drained"),
        (
            Role.STANDARD,
            "vm start vm10 --over-quota",
            "ann is standard, so may not start vm10: ganeti: owner library would use 7 GB",
        ),
    ],
)
def test_a_role_does_not_what_it_may_not(rapi: Rapi, role: Role, words: str, told: str) -> None:
    config = configured(rapi)
    with Store.open(config.parent / "data" / "almanac.db") as store:
        row = Activity(1, "ann", "ann", "manage-users", None, "", "done", "added")
        store.put_person(Person("ann", role, getpass.getuser(), 1, "", ""), row)
    done = command(config, *words.split(), "--yes")
    assert (done.status, done.out, told in done.err) == (2, "", True)
    assert rows(config)[-1][3] == "refused"
    assert command(config, "vm", "list").status == 0

"""VMs and hosts told to do something, through a real sshd or directly over TLS: jobs followed to their end, and beyond."""

from __future__ import annotations

import getpass
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from collector.config import load
from collector.control.cluster import ganeti
from collector.control.cluster.courses import Course, Line, Unreadable
from collector.control.cluster.doing import News, Result, Work
from collector.control.cluster.following import Silent
from collector.control.cluster.orders import Step, Wish
from collector.people.roles import Role
from collector.store.activity import Activity
from collector.store.persons import Person
from collector.store.store import Store
from tests.control.running import Done, command
from tests.servers.ganeti import Cluster, fleet
from tests.servers.rapi import NAME, PASSWORD, READER, USERS, WRITER, Rapi, serving
from tests.servers.sshd import Sshd

CONTROL = f'control = {{ username = "{WRITER}", password_file = "write" }}\n'
QUOTAS = '[nodes.ganeti.sources.quotas]\n"0" = { memory = "6GiB", vcpus = 400 }\n'


def configured(rapi: Rapi, node: str = 'reach = "local"\n', more: str = CONTROL + QUOTAS, urls: str = "") -> Path:
    """almanac.toml beside the files of passwords."""
    for name, user in (("read", READER), ("write", WRITER)):
        (rapi.folder / name).write_text(f"{USERS[user][0]}\n")
        (rapi.folder / name).chmod(0o600)
    file = rapi.folder / "almanac.toml"
    file.write_text(
        f'[nodes.ganeti]\n{node}[[nodes.ganeti.sources]]\nkind = "cluster"\nurl = [{urls}"{rapi.url}"]\n'
        f'username = "{READER}"\npassword_file = "{rapi.folder}/read"\nca_file = "{rapi.certificate}"\n'
        f'server_name = "{NAME}"\n{more}'
    )
    return file


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate."""
    folder = tmp_path_factory.mktemp("certified")
    with serving(Cluster(0), folder):
        return folder


@pytest.fixture
def rapi(tmp_path: Path, certified: Path) -> Iterator[Rapi]:
    """A cluster of 4 hosts and 24 VMs, of which vm10 and vm20 are stopped."""
    for file in certified.iterdir():
        shutil.copy(file, tmp_path)
    with serving(fleet(int(time.time()), nodes=4, vms=24), tmp_path) as served:
        yield served


def rows(config: Path) -> list[tuple[str, ...]]:
    """The activity log."""
    with sqlite3.connect(config.parent / "data" / "almanac.db") as db:
        return db.execute("SELECT act, node, subject, outcome, text FROM activity ORDER BY id").fetchall()


def results(done: Done) -> list[tuple[str, str, str]]:
    found = json.loads(done.out[done.out.index("{") :])["results"]
    return [(one["name"].partition(".")[0], one["result"], one["why"]) for one in found]


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
        [("vm10", "failed", "job 4201 failed: Instance vm10.example.org is not running"), ("vm11", "done", "")],
        lambda known: known.vm("vm11.example.org")["snodes"],
        ["node3.example.org"],
    ),
    (
        "vm migrate vm1 --to none",
        1,
        [("vm1", "failed", "job 4201 failed: Node none holds no disks of the instance")],
        lambda known: known.vm("vm1.example.org")["pnode"],
        "node1.example.org",
    ),
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
        "cluster node migrate node2",
        0,
        [("node2", "done", "")],
        lambda known: [vm["name"] for vm in known.instances if vm["pnode"].startswith("node2") and vm["oper_state"]],
        [],
    ),
    (
        "cluster node evacuate node3 --which primary",
        0,
        [("node3", "done", "")],
        lambda known: [vm["name"] for vm in known.instances if vm["pnode"].startswith("node3") and vm["oper_state"]],
        [],
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
    listed = command(config, "vm", "list", "--owner", "0", "--json")
    assert [one["name"] for one in json.loads(listed.out)["vms"]] == [
        f"vm{number}.example.org" for number in (10, 15, 20, 5)
    ]
    shown = command(config, "vm", "show", "vm10")
    assert "uses 4.8 GB of 6.4 GB memory" in shown.out
    assert command(config, "vm", "list").out.endswith("1 of 1 clusters answered; 24 VMs: 22 running\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("vm start vm10", "owner 0 would use 7 GB of memory, and may use 6.4 GB of memory"),
        ("vm reboot vm10", "owner 0 would use 7 GB of memory"),
        ("vm reinstall vm10 --start", "owner 0 would use 7 GB of memory"),
        ("vm stop vmm1", 'there is no VM "vmm1" in the clusters that answered; did you mean "vm1"?'),
        ("vm stop vm1 --owner 7", "no VM that is meant belongs to 7"),
        ("vm stop", "Say what to stop"),
        ("cluster node evacuate nodes", 'there is no node "nodes"'),
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
    assert why.startswith("job 4202 failed: Node node2.example.org is offline; job 4203 failed: ")


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
        (Role.STANDARD, "vm start vm10 --over-quota", "ann is standard, so may not start vm10: owner 0 would use 7 GB"),
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


def test_a_job_that_is_broken_off_goes_on_and_can_be_followed_again(rapi: Rapi) -> None:
    config = configured(rapi)
    rapi.cluster.held.add(4201)
    program = [str(Path(sys.executable).with_name("almanac")), "--config", str(config), "vm", "stop", "vm1", "--yes"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line == "vm1.example.org: job 4201\n":
                break
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "vm1.example.org: goes on; to see its end: almanac cluster follow --node ganeti 4201\n" in said
    assert rows(config)[-1][3:] == ("interrupted", "stop vm1.example.org; it was running; broken off, job 4201 goes on")
    rapi.cluster.held.clear()
    done = command(config, "cluster", "follow", "4201", "4010")
    assert (done.status, rapi.cluster.vm("vm1.example.org")["status"]) == (1, "ADMIN_down")
    assert "job 4010 failed: Node node2.example.org is offline" in done.out
    assert done.out.endswith("1 done, 1 failed\n")


def test_a_job_is_followed_to_where_the_master_moved(rapi: Rapi, tmp_path: Path) -> None:
    with ExitStack() as old:
        first = old.enter_context(serving(rapi.cluster, tmp_path))
        config = load(configured(rapi, urls=f'"{first.url}", '))
        rapi.cluster.held.add(4201)
        step = Step(Wish("stop"), "ganeti", "cluster", "vm", "vm1.example.org", "running", "stop")
        account = ganeti.Account(WRITER, USERS[WRITER][0])
        told = Work(config, {("ganeti", "cluster"): account}, 60).do([step], int(time.time()))
        assert next(told) == News(step, 4201)
        assert isinstance(next(told), News)  # a line of its log: it is followed
        old.close()
        silent = next(told)
    assert isinstance(silent, Silent)
    assert silent.reason.startswith(f"the cluster at 127.0.0.1:{first.port} does not answer: ")
    rapi.cluster.move_master("node2.example.org")
    rapi.cluster.held.clear()
    *_, last = told
    assert isinstance(last, Result)
    assert (last.end, last.job, [line.number for line in last.log]) == ("done", 4201, [1])
    assert not any(path == "/2/instances/vm1.example.org/shutdown" for _, path in rapi.asked)


def test_a_job_of_which_nothing_is_heard_is_not_known(rapi: Rapi) -> None:
    config = configured(rapi)
    rapi.faults["/2/jobs/4001"] = 502
    done = command(config, "cluster", "follow", "4001", "4999", "--patience", "1", "--json")
    assert done.status == 1
    assert results(done)[0][1:] == ("not known", "it goes on, unseen: the cluster at "
        f"127.0.0.1:{rapi.port} does not answer: it answered HTTP 502")  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"status": "new"}',
        b'{"status": "error"}',
        b'{"status": "success", "summary": 1}',
        b"[" * 9999,
    ],
)
def test_a_job_that_cannot_be_read_is_told_as_such(body: bytes) -> None:
    with pytest.raises(Unreadable, match="the cluster's answer of job 7 can't be read"):
        ganeti.course(7, body)


def told(status: str, **more: Any) -> bytes:
    """A job in a cluster's words."""
    blank = {"id": 7, "summary": ["X(vm)"], "opstatus": [status], "opresult": [None], "oplog": [[]]}
    return json.dumps({**blank, "status": status, **more}).encode()


@pytest.mark.parametrize(
    ("body", "course"),
    [
        (told("queued"), Course(7, "waiting", "X(vm)")),
        (told("waiting"), Course(7, "waiting", "X(vm)")),
        (told("running"), Course(7, "running", "X(vm)")),
        (told("canceling"), Course(7, "running", "X(vm)")),
        (told("canceled"), Course(7, "canceled", "X(vm)", reason="job 7 was canceled")),
        (told("success"), Course(7, "done", "X(vm)")),
        (told("error", opstatus=["success", "error"], opresult=[["a", "b"], ["OpExecError", ["no\nroom"]]]),
         Course(7, "failed", "X(vm)", reason="job 7 failed: no room")),
        (told("error", opresult=[["OpPrereqError", "odd"]]), Course(7, "failed", "X(vm)", reason="job 7 failed: odd")),
        (told("error", opstatus=[]), Course(7, "failed", "X(vm)", reason="job 7 failed, and does not say why")),
        (told("success", opresult=[{"jobs": [[True, "8"], [False, "no room"]]}]),
         Course(7, "failed", "X(vm)", further=(8,), reason="a job could not be begun: no room")),
        (told("running", oplog=[[[2, [9, 1], "message", "b\x1b"]], [[1, [8, 0], "remote-import", {"k": 1}]]]),
         Course(7, "running", "X(vm)", (Line(1, 8, '{"k": 1}'), Line(2, 9, "b\\x1b")))),
    ],
)  # fmt: skip
def test_a_job_is_as_far_as_its_cluster_says(body: bytes, course: Course) -> None:
    assert ganeti.course(7, body) == course


def test_a_job_that_no_longer_exists_is_gone() -> None:
    body = b'{"id": 7, "status": null, "summary": null, "opresult": null, "oplog": null}'
    assert ganeti.course(7, body) == Course(7, "gone", reason="the cluster knows no job 7, or no more")

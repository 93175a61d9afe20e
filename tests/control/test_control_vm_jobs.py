"""Jobs of clusters followed to their end, and beyond: broken off, elsewhere, unheard of, unreadable."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
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
from tests.control.clusters import configured, results, rows
from tests.control.running import command
from tests.servers.rapi import USERS, WRITER, Rapi, serving


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_job_that_is_broken_off_goes_on_and_can_be_followed_again(rapi: Rapi, number: signal.Signals) -> None:
    config = configured(rapi)
    rapi.cluster.held.add(4201)
    program = [str(Path(sys.executable).with_name("almanac")), "--config", str(config), "vm", "stop", "vm1", "--yes"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line == "vm1.example.org: job 4201\n":
                break
        running.send_signal(number)
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

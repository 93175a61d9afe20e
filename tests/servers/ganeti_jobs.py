"""Jobs of Ganeti: they go on a step each time that they are looked at, and change the cluster as they end.

They have its shapes: a status and a result for each step, a log of `[serial, [seconds, microseconds], type, message]`,
further jobs in the result of those that move VMs away. A step that fails ends the job; those behind it fail with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.servers.ganeti import Cluster, Record

Effect = Callable[[], Any]
Op = tuple[str, str, Effect]
"""What it is in capitals, what it is about, and what it does."""
_PRECEDING = ["OpExecError", ["Preceding opcode failed"]]


class Refusal(Exception):
    """Answered with a code of HTTP and Ganeti's three fields."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code


class Failure(Exception):
    """A job's step fails: class of the error, what it says, and a code if Ganeti has one."""

    @property
    def told(self) -> list[Any]:
        kind, *words = self.args
        return [kind, words]


def begin(cluster: Cluster, ops: Sequence[Op], dry: bool = False) -> int:
    """A job that waits, and has its effects when it was looked at some times."""
    number = max((job["id"] for job in cluster.jobs), default=0) + 1
    job = {
        "id": number,
        "status": "queued",
        "summary": [f"{kind}({about})" for kind, about, _ in ops],
        "ops": [{"OP_ID": f"OP_{kind}", _about(kind): about, "dry_run": dry} for kind, about, _ in ops],
        "opstatus": ["queued"] * len(ops),
        "opresult": [None] * len(ops),
        "oplog": [[] for _ in ops],
        "received_ts": [cluster.now, 120000],
        "start_ts": None,
        "end_ts": None,
    }
    cluster.jobs.append(job)
    cluster.pending[number] = [] if dry else [effect for _, _, effect in ops]
    return number


def _about(kind: str) -> str:
    return "node_name" if kind.startswith("NODE") else "instance_name"


def look(cluster: Cluster, job: Record) -> Record:
    """The job as it is, gone on by a step: it runs and says so in its log, then it ends."""
    if job["id"] in cluster.pending:
        if job["status"] == "queued":
            said = [1, [cluster.now + 1, 250000], "message", f"{job['summary'][0]} is under way\x1b[31m"]
            job["oplog"][0].append(said)
            job["opstatus"][0] = "running"
            job.update(status="running", start_ts=[cluster.now + 1, 0])
        elif job["id"] not in cluster.held:
            _end(cluster, job)
    return job


def _end(cluster: Cluster, job: Record) -> None:
    ends = job["opstatus"] = ["success"] * len(job["ops"])
    for place, effect in enumerate(cluster.pending.pop(job["id"])):
        try:
            job["opresult"][place] = effect()
        except Failure as failure:
            behind = len(ends) - place - 1
            ends[place:] = ["error"] * (behind + 1)
            job["opresult"][place:] = [failure.told] + [_PRECEDING] * behind
            break
    job.update(status=ends[-1], end_ts=[cluster.now + 2, 0])


def wait(cluster: Cluster, job: Record, body: Any) -> Any:
    """`/2/jobs/ID/wait`: what is new of a job, None if nothing is."""
    if not isinstance(body, dict):
        raise Refusal(500, "'NoneType' object is not subscriptable")
    if not isinstance(body.get("fields"), list):
        raise Refusal(400, "The 'fields' parameter should be a list")
    now = [look(cluster, job)[name] for name in body["fields"]]
    lines = [line for log in job["oplog"] for line in log if line[0] > (body.get("previous_log_serial") or 0)]
    return None if now == body.get("previous_job_info") and not lines else {"job_info": now, "log_entries": lines}


def cancel(cluster: Cluster, job: Record) -> list[Any]:
    """`DELETE /2/jobs/ID`: only what waits can be canceled."""
    if job["status"] != "queued":
        return [False, f"Job {job['id']} is no longer waiting in the queue"]
    cluster.pending.pop(job["id"])
    steps = len(job["ops"])
    job.update(status="canceled", opstatus=["canceled"] * steps, opresult=["Job canceled by request"] * steps)
    job["end_ts"] = [cluster.now, 0]
    return [True, f"Job {job['id']} canceled"]

"""What Ganeti does when it is told to: jobs that go on a step each time that they are looked at, and change the cluster.

Resources, their parameters and refusals are those of the RAPI of Ganeti 3.0; jobs have its shapes: results by step, a log
of `[serial, [seconds, microseconds], type, message]`, further jobs in the result of those that move VMs away.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.servers.ganeti import Cluster, Record

Effect = Callable[[], Any]
_BODIES = {
    ("instances", "startup"): None,  # not read at all
    ("instances", "shutdown"): {"timeout", "force", "ignore_offline_nodes", "no_remember"},
    ("instances", "reboot"): {"shutdown_timeout", "ignore_secondaries"},
    ("instances", "reinstall"): {"os", "start", "osparams"},
    ("instances", "migrate"): {"mode", "cleanup", "target_node", "iallocator", "allow_failover"},
    ("nodes", "migrate"): {"mode", "target_node", "iallocator"},
    ("nodes", "evacuate"): {"mode", "iallocator", "remote_node", "early_release"},
}
_ROLES = {"master-candidate": "C", "regular": "R", "drained": "D", "offline": "O"}


@dataclass(frozen=True)
class Request:
    """What is asked of one job, instance or node: `record` is what is known of it."""

    method: str
    what: str
    record: Record
    action: str = ""


class Refusal(Exception):
    """Answered with a code of HTTP and Ganeti's three fields."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Failure(Exception):
    """A job's step fails: class of the error, what it says, and a code if Ganeti has one."""

    @property
    def told(self) -> list[Any]:
        kind, *words = self.args
        return [kind, words]


def told(cluster: Cluster, asked: Request, query: dict[str, list[str]], body: Any) -> Any:
    """What stands at a path below one job, instance or node. Raises Refusal."""
    match asked.what, asked.method, asked.action:
        case "jobs", "GET", "":
            return look(cluster, asked.record)
        case "jobs", "GET", "wait":
            return wait(cluster, asked.record, body)
        case "jobs", "DELETE", "":
            return cancel(cluster, asked.record)
        case "instances", "GET", "console":
            return console(cluster, asked.record["name"])
        case ("instances", "PUT", "startup" | "shutdown" | "migrate") | ("instances", "POST", "reboot" | "reinstall"):
            return order(cluster, "instances", asked.record["name"], asked.action, query, body)
        case ("nodes", "PUT", "role") | ("nodes", "POST", "migrate" | "evacuate"):
            return order(cluster, "nodes", asked.record["name"], asked.action, query, body)
    raise Refusal(501, "Unsupported method")


def order(cluster: Cluster, what: str, name: str, action: str, query: dict[str, list[str]], body: Any) -> int:
    """Begins what is told to be done with an instance or a node; the number of the job. Raises Refusal."""
    for flag in ("dry-run", "force", "no_remember", "auto-promote"):
        if query.get(flag, ["0"])[0] not in ("0", "1"):
            raise Refusal(400, f"Invalid value given for the {flag} parameter")
    if action == "role":
        return _role(cluster, name, body)
    known = _BODIES[what, action]
    if what == "nodes" and action == "migrate" and query:
        body = None  # any query makes it ignore the body
    if known is not None and body is not None and (not isinstance(body, dict) or set(body) - known):
        raise Refusal(400, "The request body contains invalid or unknown parameters")
    dry, options = query.get("dry-run") == ["1"], body if known and body else {}
    if what == "nodes":
        return _off_host(cluster, name, action, options, dry)
    return begin(cluster, f"INSTANCE_{action.upper()}({name})", _effect(cluster, name, action, options), dry)


def _effect(cluster: Cluster, name: str, action: str, options: Record) -> Effect:
    vm = cluster.vm(name)

    def stand(runs: bool) -> None:
        vm.update(status="running" if runs else "ADMIN_down", admin_state="up" if runs else "down", oper_state=runs)
        memory, cpus = vm["beparams"]["maxmem"], vm["beparams"]["vcpus"]
        vm.update(oper_ram=memory if runs else None, oper_vcpus=cpus if runs else None)

    def act() -> None:
        if cluster.node(vm["pnode"])["offline"]:
            raise Failure("OpPrereqError", f"Node {vm['pnode']} is offline", "wrong_state")
        if action == "reinstall":
            _install(vm, options)
        if action == "migrate":
            return _move(cluster, vm, options)
        return stand(action in ("startup", "reboot") or (action == "reinstall" and options.get("start", True)))

    return act


def _install(vm: Record, options: Record) -> None:
    if not options.get("os", vm["os"]).startswith("debootstrap"):
        raise Failure("OpPrereqError", f"OS '{options['os']}' not in supported OS list", "wrong_input")
    vm["os"] = options.get("os", vm["os"])


def _move(cluster: Cluster, vm: Record, options: Record) -> None:
    if vm["status"] != "running" and not options.get("allow_failover"):
        raise Failure("OpPrereqError", f"Instance {vm['name']} is not running", "wrong_state")
    target = options.get("target_node") or vm["snodes"][0]
    if target not in vm["snodes"]:
        raise Failure("OpPrereqError", f"Node {target} holds no disks of\nthe instance", "wrong_input")
    vm["pnode"], vm["snodes"] = target, [vm["pnode"]]


def _role(cluster: Cluster, name: str, body: Any) -> int:
    if body not in _ROLES:
        raise Refusal(400, "Body should contain the new role &lt;text&gt;")

    def become() -> None:
        if cluster.master == name:
            raise Failure("OpPrereqError", "The master role can be changed only via master-failover", "wrong_input")
        cluster.node(name).update(role=_ROLES[body], offline=body == "offline", drained=body == "drained")

    return begin(cluster, f"NODE_SET_PARAMS({name})", become)


def _off_host(cluster: Cluster, name: str, action: str, options: Record, dry: bool) -> int:
    if action == "evacuate" and options.get("mode") not in ("primary-only", "secondary-only", "all"):
        raise Refusal(400, "Missing or wrong parameter 'mode'")
    moved = [vm["name"] for vm in cluster.instances if vm["pnode"] == name and vm["status"] == "running"]

    def begin_more() -> Record:
        jobs = [begin(cluster, f"INSTANCE_MIGRATE({vm})", _effect(cluster, vm, "migrate", {})) for vm in moved]
        return {"jobs": [[True, str(job)] for job in jobs]}

    return begin(cluster, f"NODE_{action.upper()}({name})", begin_more, dry)


def begin(cluster: Cluster, summary: str, effect: Effect, dry: bool = False) -> int:
    """A job that waits, and does its effect when it was looked at some times."""
    number = max((job["id"] for job in cluster.jobs), default=0) + 1
    stamps = {"received_ts": [cluster.now, 120000], "start_ts": None, "end_ts": None}
    ops = [{"OP_ID": f"OP_{summary.partition('(')[0]}", "dry_run": dry}]
    open_ = {"status": "queued", "ops": ops, "opstatus": ["queued"], "opresult": [None], "oplog": [[]]}
    cluster.jobs.append({"id": number, "summary": [summary], **open_, **stamps})
    cluster.pending[number] = (lambda: None) if dry else effect
    return number


def look(cluster: Cluster, job: Record) -> Record:
    """The job as it is, gone on by a step: it runs and says so in its log, then it ends."""
    if job["id"] in cluster.pending:
        if job["status"] == "queued":
            job.update(status="running", opstatus=["running"], start_ts=[cluster.now + 1, 0])
            job["oplog"][0].append(
                [1, [cluster.now + 1, 250000], "message", f"{job['summary'][0]} is under way\x1b[31m"]
            )
        elif job["id"] not in cluster.held:
            _end(cluster, job)
    return job


def _end(cluster: Cluster, job: Record) -> None:
    effect = cluster.pending.pop(job["id"])
    try:
        status, result = "success", effect()
    except Failure as failure:
        status, result = "error", failure.told
    job.update(status=status, opstatus=[status], opresult=[result], end_ts=[cluster.now + 2, 0])


def wait(cluster: Cluster, job: Record, body: Any) -> Any:
    """`/2/jobs/ID/wait`: what is new of a job, None if nothing is."""
    if not isinstance(body, dict) or set(body) != {"fields", "previous_job_info", "previous_log_serial"}:
        raise Refusal(500, "Internal Server Error")
    now = [look(cluster, job)[name] for name in body["fields"]]
    lines = [line for log in job["oplog"] for line in log if line[0] > (body["previous_log_serial"] or 0)]
    return None if now == body["previous_job_info"] and not lines else {"job_info": now, "log_entries": lines}


def cancel(cluster: Cluster, job: Record) -> list[Any]:
    """`DELETE /2/jobs/ID`: only what waits can be canceled."""
    if job["status"] != "queued":
        return [False, f"Job {job['id']} is no longer waiting in the queue"]
    cluster.pending.pop(job["id"])
    job.update(status="canceled", opstatus=["canceled"], opresult=["Job canceled by request"], end_ts=[cluster.now, 0])
    return [True, f"Job {job['id']} canceled"]


def console(cluster: Cluster, name: str) -> Record:
    """`/2/instances/NAME/console`."""
    vm = cluster.vm(name)
    if not vm["oper_state"]:
        raise Refusal(503, f"Instance {name} is not running")
    text = {"kind": "ssh", "host": vm["pnode"], "user": "root", "command": ["xl", "console", name]}
    blank = dict.fromkeys(("message", "host", "port", "user", "command", "display"))
    return {"instance": name, **blank, **cluster.consoles.get(name, text)}


def body_of(raw: bytes) -> Any:
    """A request's body, None if there is none. Raises Refusal."""
    try:
        return json.loads(raw) if raw else None
    except ValueError as error:
        raise Refusal(400, "Unable to parse JSON data") from error

"""What Ganeti does when it is told to: which parameters its resources take, what they refuse, and what becomes of it.

Resources, parameters and refusals are those of the RAPI of Ganeti 3.0 (lib/rapi/rlib2.py, lib/opcodes.py); what jobs do
and why they fail is as in lib/cmdlib: a VM or a node that nobody knows is a job that fails, not a refusal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.servers import ganeti_moves as moves
from tests.servers.ganeti import Cluster, Record
from tests.servers.ganeti_jobs import Effect, Failure, Op, Refusal, begin, cancel, look, wait

_ANY = {"depends", "comment", "debug_level", "priority"}
_BODIES = {
    ("instances", "shutdown"): {"timeout", "force", "ignore_offline_nodes", "admin_state_source"},
    ("instances", "reboot"): {"shutdown_timeout"},
    ("instances", "migrate"): {*moves.WHERE, "cleanup", "allow_failover", "ignore_hvversions"},
    ("nodes", "migrate"): moves.WHERE,
    ("nodes", "evacuate"): {"mode", "iallocator", "remote_node", "early_release", "ignore_soft_errors"},
}
_MODES = {"instances": (None, "live", "non-live"), "nodes": (None, "live", "non-live"), "evacuate": moves.LEAVING}
_REBOOTS = ("soft", "hard", "full")
_ROLES = {"master-candidate": "C", "regular": "R", "drained": "D", "offline": "O"}


@dataclass(frozen=True)
class Request:
    """What is asked of one job, instance or node: `record` is what is known of it, None if nothing is."""

    method: str
    what: str
    name: str
    record: Record | None
    action: str = ""


def told(cluster: Cluster, asked: Request, query: dict[str, list[str]], body: Any) -> Any:
    """What stands at a path below one job, instance or node. Raises Refusal."""
    match asked.what, asked.method, asked.action:
        case "jobs", "GET", "":
            return look(cluster, _known(asked))
        case "jobs", "GET", "wait":
            return wait(cluster, _known(asked), body)
        case "jobs", "DELETE", "":
            return cancel(cluster, _known(asked))
        case "instances", "GET", "console":
            return console(cluster, _known(asked, 500))
        case ("instances", "PUT", "startup" | "shutdown" | "migrate") | ("instances", "POST", "reboot" | "reinstall"):
            return begin(cluster, _of_vm(cluster, asked, query, body), query.get("dry-run") == ["1"])
        case ("nodes", "PUT", "role") | ("nodes", "POST", "migrate" | "evacuate"):
            return begin(cluster, [_of_node(cluster, asked, query, body)], query.get("dry-run") == ["1"])
        case _, _, "startup" | "shutdown" | "migrate" | "reboot" | "reinstall" | "role" | "evacuate" | "console" | "":
            raise Refusal(501, f"Method {asked.method} is unsupported for this path")
    raise Refusal(404)


def _known(asked: Request, code: int = 404) -> Record:
    if asked.record is None:
        raise Refusal(code)
    return asked.record


def _of_vm(cluster: Cluster, asked: Request, query: dict[str, list[str]], body: Any) -> list[Op]:
    action, name = asked.action, asked.name
    _expect_flags(query)
    if action == "reinstall":
        return _reinstall(cluster, name, query, body)
    if action == "reboot" and query.get("type", ["hard"])[0] not in _REBOOTS:
        raise Refusal(400, "Invalid body parameters: OP_INSTANCE_REBOOT.reboot_type fails validation")
    options = _expect_body("instances", action, body) if action != "startup" else {}
    return [(f"INSTANCE_{action.upper()}", name, _effect(cluster, name, action, options))]


def _of_node(cluster: Cluster, asked: Request, query: dict[str, list[str]], body: Any) -> Op:
    action, name = asked.action, asked.name
    _expect_flags(query)
    if action == "role":
        return "NODE_SET_PARAMS", name, _role(cluster, name, query, body)
    if action == "migrate" and query:
        body = {"mode": query.get("mode", [None])[0]}  # any query makes it ignore the body
    options = _expect_body("nodes", action, body)
    leave = moves.migrated if action == "migrate" else moves.evacuated
    return f"NODE_{action.upper()}", name, lambda: leave(cluster, name, options)


def _expect_flags(query: dict[str, list[str]]) -> None:
    for flag in ("dry-run", "force", "no_remember", "auto-promote", "ignore_secondaries"):
        if not query.get(flag, ["0"])[0].isdecimal():
            raise Refusal(400, f"Invalid value for the '{flag}' parameter")


def _expect_body(what: str, action: str, body: Any) -> Record:
    options = {} if body is None else body
    if not isinstance(options, dict):
        raise Refusal(400, f"Body contents: Type is '{type(body).__name__}', but 'dict' is expected")
    if odd := set(options) - _BODIES[what, action] - _ANY:
        raise Refusal(400, f"Invalid body parameters: {sorted(odd)} can't be given")
    if action == "shutdown" and not _is_seconds(options.get("timeout", 0)):
        raise Refusal(400, "Invalid body parameters: Parameter 'OP_INSTANCE_SHUTDOWN.timeout' fails validation")
    modes = _MODES["evacuate" if action == "evacuate" else what]
    if action in ("migrate", "evacuate") and options.get("mode") not in modes:
        raise Refusal(400, f"Invalid body parameters: Parameter 'OP_{action.upper()}.mode' fails validation")
    return options


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _effect(cluster: Cluster, name: str, action: str, options: Record) -> Effect:
    def act() -> None:
        vm = moves.known_vm(cluster, name)
        if action == "migrate":
            return moves.move(cluster, vm, options)
        if cluster.node(vm["pnode"])["offline"] and not options.get("ignore_offline_nodes"):
            raise Failure("OpPrereqError", f"Can't use offline node: {vm['pnode']}", "wrong_state")
        return moves.stand(vm, action in ("startup", "reboot"))

    return act


def _reinstall(cluster: Cluster, name: str, query: dict[str, list[str]], body: Any) -> list[Op]:
    """Stopped, installed, and started if nothing else is said; unknown words are left alone."""
    if body and query:
        raise Refusal(400, "Can't combine query and body parameters")
    options = {"os": query.get("os", [None])[0], "start": query.get("nostartup", ["0"]) == ["0"]} | (body or {})
    if not isinstance(options["start"], bool):
        raise Refusal(400, "'start' parameter: Type is 'int', but 'bool' is expected")

    def install() -> None:
        vm = moves.known_vm(cluster, name)
        if not (options["os"] or vm["os"]).startswith("debootstrap"):
            raise Failure("OpPrereqError", f"OS '{options['os']}' not in supported OS list", "wrong_input")
        vm["os"] = options["os"] or vm["os"]

    stop, start = (_effect(cluster, name, action, {}) for action in ("shutdown", "startup"))
    ops: list[Op] = [("INSTANCE_SHUTDOWN", name, stop), ("INSTANCE_REINSTALL", name, install)]
    return [*ops, ("INSTANCE_STARTUP", name, start)] if options["start"] else ops


def _role(cluster: Cluster, name: str, query: dict[str, list[str]], body: Any) -> Effect:
    if not isinstance(body, str):
        raise Refusal(400, f"Body contents: Type is '{type(body).__name__}', but 'str' is expected")
    if body not in _ROLES:
        raise Refusal(400, f"Can't set '{body}' role")

    def become() -> None:
        node = moves.known_node(cluster, name)
        if cluster.master == node["name"]:
            raise Failure("OpPrereqError", "The master role can be changed only via master-failover", "wrong_input")
        leaves = node["role"] == "C" and body != "master-candidate"
        if leaves and cluster.lacks_candidates(node["name"]):
            if query.get("auto-promote", ["0"]) == ["0"]:
                raise Failure("OpPrereqError", "Not enough master candidates, please pass auto promote", "wrong_state")
            next(one for one in cluster.nodes if one["role"] == "R").update(role="C", master_candidate=True)
        flags = {"offline": body == "offline", "drained": body == "drained"}
        node.update(role=_ROLES[body], master_candidate=body == "master-candidate", **flags)

    return become


def console(cluster: Cluster, vm: Record) -> Record:
    """`/2/instances/NAME/console`. A text console is reached by SSH at the port that its node's group has."""
    if not vm["oper_state"]:
        raise Refusal(503, "Instance console unavailable")
    text = {"kind": "ssh", "host": vm["pnode"], "port": 22, "user": "root", "command": ["xl", "console", vm["name"]]}
    blank = dict.fromkeys(("message", "host", "port", "user", "command", "display"))
    return {"instance": vm["name"], **blank, **cluster.consoles.get(vm["name"], text)}


def body_of(raw: bytes) -> Any:
    """A request's body, None if there is none. Raises Refusal."""
    try:
        return json.loads(raw) if raw else None
    except ValueError as error:
        raise Refusal(400, "Unable to parse JSON data") from error

"""Ganeti: the sh text that asks its RAPI, and what the answers say of a cluster.

The format is that of the Remote API, version 2, of Ganeti 2.6 to 3.1 (https://docs.ganeti.org/docs/ganeti/3.0/html/
rapi.html): `/2/info`, `/2/groups`, `/2/nodes` and `/2/instances` in bulk, and `/2/query/job` for the jobs that failed,
archived ones too. Sizes are MiB there. Each is told below a line `@part NAME`, or nothing is, and the status is not 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from shlex import quote
from typing import Any, TypeVar
from urllib.parse import urlsplit

from collector.model import Fault, printable
from collector.sources._machines import UNKNOWN, Cluster, Host, Job, Vm

PARTS = ("info", "groups", "nodes", "instances", "jobs")
MIB = 2**20
_JOB_FIELDS = ("id", "summary", "end_ts", "opresult", "archived")
_FAILED_JOBS = json.dumps({"fields": _JOB_FIELDS, "qfilter": ["==", "status", "error"]})
_WAY, _ASKED = (files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("_rapi.sh", "_ganeti.sh"))
_LONGEST = 200
_MOST_FAULTS = 50
_ROLES = {"M": "master", "C": "candidate", "R": "regular", "D": "drained", "O": "offline"}
_STATUSES = {
    "running": ("running", ""),
    "ADMIN_down": ("stopped", "ADMIN_down"),
    "ADMIN_offline": ("set aside", "ADMIN_offline"),
    "USER_down": ("stopped", "USER_down, from inside"),
    "ERROR_down": ("down", "ERROR_down, it should run and does not"),
    "ERROR_up": ("up", "ERROR_up, it runs and should not"),
    "ERROR_wrongnode": ("misplaced", "ERROR_wrongnode, it runs, but not on its primary node"),
    "ERROR_nodedown": ("stranded", "ERROR_nodedown, its primary node does not answer"),
    "ERROR_nodeoffline": ("stranded", "ERROR_nodeoffline, its primary node is marked offline"),
}
_NEW = "a status that is new to Almanac"
_RUNS = frozenset({"running", "ERROR_up", "ERROR_wrongnode"})
_UNREADABLE = (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError)
_PART = re.compile(r"^@part (\w+)\n(.*?)(?=^@part |\Z)", re.MULTILINE | re.DOTALL)
_T = TypeVar("_T")
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks, and whose certificate is trusted. Paths are on the node; empty: none."""

    user: str = ""
    password: str = ""
    password_file: str = ""
    ca_file: str = ""
    server_name: str = ""


def probe(urls: tuple[str, ...], login: Login) -> str:
    """The sh text that asks the first of the places that answers."""
    return f"failed_jobs={quote(_FAILED_JOBS)}\n{way(urls, login)}\n{_ASKED}"


def way(urls: tuple[str, ...], login: Login) -> str:
    """The sh text that knows how the master is spoken to (`_rapi.sh`), and does nothing yet."""
    values = {
        "user": login.user,
        "password": login.password,
        "password_file": login.password_file,
        "ca_file": login.ca_file,
    }
    places = "".join(f"try {' '.join(map(quote, _place(url, login.server_name)))}\n" for url in urls)
    head = "".join(f"{name}={quote(value)}\n" for name, value in values.items())
    return f"{head}places() {{\n{places}}}\n{_WAY}"


def _place(url: str, server_name: str) -> tuple[str, str, str]:
    """What people call it, the URL by the name in the certificate, and where to connect to if that is elsewhere."""
    where = urlsplit(url)
    if not server_name:
        return where.netloc, f"https://{where.netloc}", ""
    return where.netloc, f"https://{server_name}:{where.port}", where.netloc


class Void(Exception):
    """The answer is not whole; `str()` says why."""


def parse(text: str) -> tuple[Cluster, tuple[Fault, ...]]:
    """The cluster, and the jobs that could not be understood. Raises Void if anything else could not be: what is left
    out would seem to be gone."""
    found: Record = {}
    for name, body in _PART.findall(text):
        try:
            found[name] = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Void(f"the cluster's answer of {name} is no JSON, or was cut") from error
    if missing := [name for name in PARTS if name not in found]:
        raise Void(f"the cluster's answer lacks {', '.join(missing)}")
    hosts = _every(found["nodes"], "node", _host)
    vms = _every(found["instances"], "VM", _vm)
    name, version, master = _every([found["info"]], "cluster", _names)[0]
    jobs, faults = _readable_jobs(found["jobs"])
    return Cluster(name, version, master, hosts, vms, jobs), faults


def _every(listed: Any, what: str, read: Callable[[Any], _T]) -> tuple[_T, ...]:
    if not isinstance(listed, list):
        raise Void(f"the cluster's answer holds no list of {what}s")
    try:
        return tuple(map(read, listed))
    except _UNREADABLE as error:
        reason = f"the cluster's answer can't be read, for a {what} in it is odd: {type(error).__name__} {error}"
        raise Void(printable(reason[:_LONGEST])) from error


def _readable_jobs(answer: Any) -> tuple[tuple[Job, ...], tuple[Fault, ...]]:
    jobs, faults = [], []
    for row in answer["data"] if isinstance(answer, dict) and isinstance(answer.get("data"), list) else [answer]:
        try:
            jobs.append(_job(row))
        except _UNREADABLE as error:
            faults.append(
                Fault(0, printable(repr(row)[:_LONGEST]), f"a job that can't be read: {type(error).__name__}")
            )
    return tuple(jobs), tuple(faults[:_MOST_FAULTS])


def _names(info: Record) -> tuple[str, str, str]:
    return _text(info["name"]), _text(info["software_version"]), _text(info["master"])


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("expected text")
    return printable(value)


def _bytes(mib: Any) -> int | None:
    """A size in bytes; None where the node does not tell."""
    if mib is None:
        return None
    if isinstance(mib, bool) or not isinstance(mib, int | float) or not 0 <= mib < 2**40:
        raise ValueError("expected a size in MiB")
    return int(mib * MIB)


def _size(mib: Any) -> int:
    size = _bytes(mib)
    if size is None:
        raise ValueError("expected a size in MiB, not null")
    return size


def _standing(node: Record) -> str:
    """Of a node that does not answer Ganeti knows nothing live, as of those that may run no VM."""
    if node["offline"]:
        return "offline"
    if node.get("vm_capable", True) and all(node[name] is None for name in ("mtotal", "mfree")):
        return "silent"
    return "drained" if node["drained"] else "online"


def _host(node: Record) -> Host:
    return Host(
        name=_text(node["name"]),
        role=_ROLES.get(node["role"]) or _text(node["role"]),
        state=_standing(node),
        memory_total=_bytes(node["mtotal"]),
        memory_free=_bytes(node["mfree"]),
        disk_total=_bytes(node["dtotal"]),
        disk_free=_bytes(node["dfree"]),
    )


def _vm(instance: Record) -> Vm:
    status = _text(instance["status"])
    state, word = _STATUSES.get(status) or (UNKNOWN, f"{status}, {_NEW}")
    wanted = instance["beparams"]
    live = instance["oper_ram"], instance["oper_vcpus"]
    return Vm(
        name=_text(instance["name"]),
        state=state,
        word=word,
        host=_text(instance["pnode"]),
        mirrors=tuple(_text(node) for node in instance["snodes"]),
        running=status in _RUNS if status in _STATUSES else instance["oper_state"] is True,
        memory=_size(wanted["maxmem"] if live[0] is None else live[0]),
        vcpus=int(wanted["vcpus"] if live[1] is None else live[1]),
        disk=0 if instance.get("disk_template") == "diskless" else _bytes(instance["disk_usage"]),
        tags=tuple(_text(tag) for tag in instance["tags"]),
        balanced=bool(wanted["auto_balance"]),
        counts=status != "ADMIN_offline",
    )


def _job(row: Any) -> Job:
    told = {name: value for name, (status, value) in zip(_JOB_FIELDS, row, strict=True) if status == 0}
    summary = printable(", ".join(map(str, told["summary"]))[:_LONGEST])
    about = re.search(r"\(([^()]*)\)", summary)
    return Job(int(told["id"]), int(told["end_ts"][0]), summary, about[1] if about else "", _error(told["opresult"]))


def _error(results: Any) -> str:
    """What the first failed step of a job says: `["OpPrereqError", ["Node n1 is offline", "wrong_state"]]`."""
    for one in results if isinstance(results, list) else ():
        if isinstance(one, list) and len(one) == 2 and isinstance(one[0], str):
            said = one[1][0] if isinstance(one[1], list) and one[1] else one[1]
            return printable(str(said)[:_LONGEST])
    return "it does not say why"

"""What objects without RST of their own, and what is read of them, are called."""

from __future__ import annotations

from sphinxext.almanac.export import Record

_BEFORE = {
    "backups": "All backups of",
    "cluster": "Cluster",
    "clusternode": "Node",
    "disk": "Disk",
    "lock": "Lock of",
    "owner": "VMs of",
    "process": "Process",
    "repositories": "All repositories of",
    "repository": "Repository",
    "stage": "Stage",
    "supervisor": "Supervisor",
    "temperature": "Temperature",
    "unit": "Unit",
    "vm": "VM",
}
_READINGS = {
    "base URL": "Address",
    "boot": "Boot",
    "bytes": "All together",
    "cpu_ratio": "CPU used",
    "cpus": "Processors",
    "disk_ratio": "Disk, of the quota",
    "differing": "Tarballs that differ",
    "duration": "Took",
    "exitstatus": "Exit status",
    "inodes_ratio": "Inodes used",
    "failed_jobs": "Jobs failed within a day",
    "failover": "To keep free for a failover",
    "load1": "Load, 1 min",
    "load5": "Load, 5 min",
    "load15": "Load, 15 min",
    "memory_available": "Memory available",
    "memory_ratio": "Memory, of the quota",
    "no_failover": "Nodes without room for a failover",
    "end": "The pass before",
    "os": "System",
    "ping": "Dead man's switch",
    "read": "Read in all answers",
    "uptime": "Up for",
    "used_ratio": "Used",
    "vcpus": "CPUs",
    "vcpus_ratio": "CPUs, of the quota",
    "vms": "VMs",
    "vms_in_error": "VMs in error",
    "vms_running": "VMs running",
    "vms_unknown": "VMs in an unknown state",
    "vms_without_owner": "VMs without owner",
}
_COUNTED = {"backups": "Items", "repositories": "Found", "tarball": "Number kept"}
"""What a `count` counts, by the kind of its subject."""


def reading_words(name: str, kind: str = "") -> str:
    """A metric or a state of a subject of some kind: `Load, 15 min`, `Memory used`."""
    counted = _COUNTED.get(kind) if name == "count" else None
    return counted or _READINGS.get(name) or name.replace("_", " ").capitalize()


def subject_words(subject: Record) -> str:
    """A subject, its node left out: `svn/dybsvn`, `Disk /volume1`, `The machine`."""
    if subject.kind == "host":
        return "The machine" if subject.label == "system" else f"The machine, {subject.label}"
    if subject.kind == "pass":
        return f"The {subject.label} pass"
    return f"{_BEFORE[subject.kind]} {subject.label}" if subject.kind in _BEFORE else str(subject.label)


def subject_title(subject: Record, node: str) -> str:
    """A subject: `svn/dybsvn on SDU`, `The machine web-2`."""
    if subject.kind == "host":
        return f"{subject_words(subject)} {node}"
    if subject.kind == "instance":
        return str(subject.label)
    if subject.kind in {"pass", "stage"}:
        return subject_words(subject) + (f" of {node}" if subject.kind == "stage" else "")
    return f"{subject_words(subject)} on {node}"


def instance_title(instance: Record) -> str:
    """An instance of an application by its address: `app.example.org/base`."""
    return str(instance.url.partition("://")[2])


def item_title(item: Record) -> str:
    """A backup item: `svn/dybsvn of hub ZZ`; of no hub, by its node."""
    return f"{item.label} of hub {item.hub}" if item.hub is not None else f"{item.label} on {item.copies[0].node}"


def log_title(node: str, day: str) -> str:
    """A day of a node's logs: `Log lines of web-2, 2026-12-03`."""
    return f"Log lines of {node}, {day}"


def problem_title(problem: Record) -> str:
    """A problem: `svn/dybsvn on SDU: late`, `H1: silent`."""
    where = f"{problem.label} on {problem.node}" if problem.label else problem.node
    return f"{where}: {problem.rule}"

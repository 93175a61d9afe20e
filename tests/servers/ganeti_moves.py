"""How Ganeti moves VMs between nodes, and why it does not: lib/cmdlib/instance_migration.py and node.py of 3.0."""

from __future__ import annotations

from typing import Any

from tests.servers.ganeti import Cluster, Record
from tests.servers.ganeti_jobs import Failure, begin

WHERE = {"mode", "live", "target_node", "iallocator", "allow_runtime_changes", "ignore_ipolicy"}
LEAVING = ("primary-only", "secondary-only", "all")
_ALL_AT_ONCE = (
    "Due to an issue with the iallocator interface it is not possible to evacuate all instances at once; specify"
    " explicitly whether to evacuate primary or secondary instances"
)


def known_vm(cluster: Cluster, name: str) -> Record:
    """A VM by its name. Raises Failure."""
    return _known(cluster.instances, "Instance", name)


def known_node(cluster: Cluster, name: str) -> Record:
    """A node by its name, whole or up to a dot. Raises Failure."""
    return _known(cluster.nodes, "Node", name)


def _known(records: list[Record], kind: str, name: str) -> Record:
    found = [one for one in records if one["name"] == name]
    found = found or [one for one in records if one["name"].startswith(f"{name}.")]
    if len(found) != 1:
        raise Failure("OpPrereqError", f"{kind} '{name}' not known", "unknown_entity")
    return found[0]


def stand(vm: Record, runs: bool) -> None:
    """Starts or stops a VM."""
    vm.update(status="running" if runs else "ADMIN_down", admin_state="up" if runs else "down", oper_state=runs)
    memory, cpus = vm["beparams"]["maxmem"], vm["beparams"]["vcpus"]
    vm.update(oper_ram=memory if runs else None, oper_vcpus=cpus if runs else None)


def move(cluster: Cluster, vm: Record, options: Record) -> None:
    """Moves a VM to the node that mirrors its disks, which no other can be."""
    target, (mirror,) = options.get("target_node"), vm["snodes"]
    if options.get("iallocator") or (target and known_node(cluster, target)["name"] != mirror):
        words = "Instances with disk types drbd cannot be migrated to arbitrary nodes"
        raise Failure(
            "OpPrereqError", f"{words} (neither an iallocator nor a target\nnode can be passed)", "wrong_input"
        )
    if cluster.node(mirror)["drained"]:
        raise Failure("OpPrereqError", f"Can't use drained node {mirror}", "wrong_state")
    if vm["status"] != "running" and not options.get("allow_failover"):
        words = f"Can't migrate, please use failover: Instance {vm['name']} is not running on node {vm['pnode']}"
        raise Failure("OpPrereqError", words, "wrong_state")
    if cluster.node(vm["pnode"])["offline"] and not options.get("allow_failover"):
        raise Failure("OpPrereqError", "Can't migrate, please use failover: Node is marked offline", "wrong_state")
    vm["pnode"], vm["snodes"] = mirror, [vm["pnode"]]


def migrated(cluster: Cluster, name: str, options: Record) -> Record:
    """A job for each VM whose primary node it is, also for those that do not run."""
    node = known_node(cluster, name)["name"]
    own = [vm["name"] for vm in cluster.instances if vm["pnode"] == node]
    where = {key: options[key] for key in ("target_node", "iallocator") if key in options}
    return _begun(cluster, "INSTANCE_MIGRATE", own, where)


def evacuated(cluster: Cluster, name: str, options: Record) -> Record:
    """A job for each VM that leaves, or whose copy does. The allocator chooses, unless a node is given, which it can be
    for copies only."""
    node, mode, remote = known_node(cluster, name)["name"], options["mode"], options.get("remote_node")
    if remote and options.get("iallocator"):
        raise Failure("OpPrereqError", "Do not specify both, iallocator and node", "wrong_input")
    if remote and mode != "secondary-only":
        words = "Without the use of an iallocator only secondary instances can be evacuated"
        raise Failure("OpPrereqError", words, "wrong_input")
    if mode == "all":
        raise Failure("OpPrereqError", _ALL_AT_ONCE, "wrong_input")
    if mode == "primary-only":
        own = [vm["name"] for vm in cluster.instances if vm["pnode"] == node]
        return _begun(cluster, "INSTANCE_MIGRATE", own, {"allow_failover": True})
    return _copies_moved(cluster, [vm for vm in cluster.instances if node in vm["snodes"]], remote)


def _copies_moved(cluster: Cluster, vms: list[Record], remote: str | None) -> Record:
    wanted = known_node(cluster, remote)["name"] if remote else ""
    for vm in vms:
        if vm["pnode"] == wanted:
            words = f"Node {wanted} is the primary node of instance {vm['name']}, cannot use it as secondary"
            raise Failure("OpPrereqError", words, "wrong_input")
    return _begun(cluster, "INSTANCE_REPLACE_DISKS", [vm["name"] for vm in vms], {"remote_node": wanted})


def _begun(cluster: Cluster, kind: str, names: list[str], options: Record) -> Record:
    def effect(name: str) -> Any:
        vm = known_vm(cluster, name)
        return (
            move(cluster, vm, options) if kind == "INSTANCE_MIGRATE" else _copied(cluster, vm, options["remote_node"])
        )

    jobs = [begin(cluster, [(kind, name, lambda name=name: effect(name))]) for name in names]
    return {"jobs": [[True, str(job)] for job in jobs]}


def _copied(cluster: Cluster, vm: Record, wanted: str) -> None:
    """Gives a VM's mirror another node."""
    taken = {vm["pnode"], *vm["snodes"]}
    able = [one["name"] for one in cluster.nodes if one["name"] not in taken and one["role"] in "MCR"]
    vm["snodes"] = [wanted or able[0]]

"""A cluster of Ganeti as its RAPI tells it: 40 nodes, 600 VMs, jobs that failed, most of them archived.

The shapes are those of Ganeti 3.0's RAPI resources: `/2/info`, and `/2/nodes`, `/2/instances`, `/2/groups` and `/2/jobs`
in bulk. Sizes are MiB, times seconds since 1970.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
GROUP = "0d7d407c-262e-49af-881a-6a430034bf43"
OWNERS = ("library", "chemistry", "geology", "biology", "registrar")
"""Who have VMs by their tags, each a fifth of them."""
_LIVE = ("mtotal", "mnode", "mfree", "dtotal", "dfree", "ctotal", "cnos", "cnodes", "csockets", "sptotal", "spfree")
_LIMITS = {"memory-size": 128, "disk-size": 1024, "cpu-count": 1, "disk-count": 1, "nic-count": 1, "spindle-use": 1}
POLICY: Record = {
    "std": _LIMITS,
    "minmax": [{"min": _LIMITS, "max": dict.fromkeys(_LIMITS, 2**20) | {"disk-count": 16, "nic-count": 8}}],
    "disk-templates": ["drbd", "plain"],
    "vcpu-ratio": 16.0,
    "spindle-ratio": 64.0,
}


@dataclass
class Cluster:
    """What the master knows. `now`: seconds since 1970. `archived`: the numbers of jobs that `/2/jobs` leaves out.
    `pending`: what the steps of jobs will do that are not over, and `held` those that do not end. `consoles`: those that
    are told. `pool`: how many nodes should be master candidates."""

    now: int
    hypervisor: str = "kvm"
    master: str = "node1.example.org"
    nodes: list[Record] = field(default_factory=list)
    instances: list[Record] = field(default_factory=list)
    jobs: list[Record] = field(default_factory=list)
    archived: set[int] = field(default_factory=set)
    pending: dict[int, list[Callable[[], Any]]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    consoles: dict[str, Record] = field(default_factory=dict)
    pool: int = 10

    def info(self) -> Record:
        """`/2/info`."""
        return {
            "name": "cluster.example.org",
            "master": self.master,
            "software_version": "3.0.2",
            "enabled_hypervisors": [self.hypervisor],
            "default_hypervisor": self.hypervisor,
            "ipolicy": POLICY,
            "candidate_pool_size": self.pool,
            "tags": [],
            "uuid": "1616c1cc-f793-499c-b1c5-48264c2d2976",
            "ctime": 1271079848.32,
            "mtime": 1331075221.43,
        }

    def groups(self) -> list[Record]:
        """`/2/groups?bulk=1`."""
        names = [node["name"] for node in self.nodes]
        group = {"name": "default", "uuid": GROUP, "alloc_policy": "preferred", "node_list": names, "tags": []}
        return [{**group, "node_cnt": len(names), "ipolicy": POLICY, "networks": [], "serial_no": 1}]

    def node(self, name: str) -> Record:
        return next(node for node in self.nodes if node["name"] == name)

    def vm(self, name: str) -> Record:
        return next(vm for vm in self.instances if vm["name"] == name)

    def take_offline(self, name: str) -> None:
        """Marks a node offline, as after its failure: nothing live is known of it, and its VMs are down."""
        self.node(name).update(offline=True, role="O")
        self._lose(name, "ERROR_nodeoffline")

    def silence(self, name: str) -> None:
        """A node that does not answer, and is not marked so: nothing live is known of it and of its VMs."""
        self._lose(name, "ERROR_nodedown")

    def _lose(self, name: str, status: str) -> None:
        self.node(name).update(dict.fromkeys(_LIVE))
        for vm in self.instances:
            if vm["pnode"] == name and vm["admin_state"] == "up":
                vm.update(status=status, oper_state=None, oper_ram=None, oper_vcpus=None)

    def drain(self, name: str) -> None:
        self.node(name).update(drained=True, role="D")

    def stand(self, name: str, status: str) -> None:
        """Puts a VM that runs into another status; it does not run then, and its configuration's mtime stays."""
        self.vm(name).update(status=status, oper_state=False, oper_ram=None, oper_vcpus=None)

    def lacks_candidates(self, name: str) -> bool:
        """Whether too few nodes could become master if this one could not."""
        others = [node for node in self.nodes if node["name"] != name and node["role"] in ("M", "C", "R")]
        return sum(node["role"] != "R" for node in others) < min(len(others), self.pool)

    def move_master(self, name: str) -> None:
        self.node(self.master).update(role="C")
        self.node(name).update(role="M")
        self.master = name


def fleet(now: int, seed: int = 1, nodes: int = 40, vms: int = 600, hypervisor: str = "kvm") -> Cluster:
    """A cluster in which all is as wished, but for jobs that failed; the same for the same seed."""
    chance = random.Random(seed)
    cluster = Cluster(now, hypervisor, nodes=[_node(number, chance) for number in range(1, nodes + 1)])
    cluster.nodes[0]["role"] = "M"
    names = [node["name"] for node in cluster.nodes]
    cluster.instances = [_vm(number, chance.sample(names, 2), chance) for number in range(1, vms + 1)]
    for node in cluster.nodes:
        _settle(node, cluster.instances)
    cluster.jobs = [_job(number, now, chance) for number in range(4001, 4201)]
    cluster.archived = {job["id"] for job in cluster.jobs if now - job["end_ts"][0] > 6 * 3600}
    return cluster


def _node(number: int, chance: random.Random) -> Record:
    flags = {"offline": False, "drained": False, "master_candidate": number < 11, "master_capable": True}
    live = {"mtotal": chance.choice([32768, 65536, 98304]), "mnode": 1017, "dtotal": 2_000_000, "sptotal": 0}
    return {
        "name": f"node{number}.example.org",
        "role": "C" if number < 11 else "R",
        **flags,
        "vm_capable": True,
        "pip": f"192.0.2.{number}",
        "sip": f"198.51.100.{number}",
        "group.uuid": GROUP,
        **live,
        "spfree": 0,
        "ctotal": 32,
        "cnos": 32,
        "cnodes": 2,
        "csockets": 2,
        "ndparams": {"spindle_count": 1, "oob_program": None, "exclusive_storage": False, "cpu_speed": 1.0},
        "tags": [],
        "uuid": f"7750ef3d-450f-4724-9d3d-{number:012d}",
        "serial_no": 3,
        "ctime": 1324472016.29,
        "mtime": 1331075221.43,
    }


def _vm(number: int, places: list[str], chance: random.Random) -> Record:
    memory, disk, runs = chance.choice([512, 1024, 2048, 4096]), chance.choice([10240, 20480, 51200]), number % 10 != 0
    vcpus = chance.choice([1, 2, 4])
    return {
        "name": f"vm{number}.example.org",
        "status": "running" if runs else "ADMIN_down",
        "admin_state": "up" if runs else "down",
        "oper_state": runs,
        "oper_ram": memory if runs else None,
        "oper_vcpus": vcpus if runs else None,
        "pnode": places[0],
        "snodes": places[1:],
        "os": "debootstrap+default",
        "disk_template": "drbd",
        "disk.sizes": [disk],
        "disk_usage": disk + 128,
        "disk.spindles": [None],
        "nic.macs": [f"aa:00:00:00:{number // 256:02x}:{number % 256:02x}"],
        "nic.ips": [None],
        "nic.bridges": ["br0"],
        "network_port": 11000 + number,
        "beparams": {
            "minmem": memory // 2,
            "maxmem": memory,
            "memory": memory,
            "vcpus": vcpus,
            "auto_balance": number % 17 != 0,
            "always_failover": False,
            "spindle_use": 1,
        },
        "hvparams": {"serial_console": True},
        "tags": [f"gwm:owner:{OWNERS[number % 5]}"] if number % 50 else [],
        "uuid": f"4b9ff2a2-3399-4141-b4e1-{number:012d}",
        "serial_no": 7,
        "ctime": 1327334413.08,
        "mtime": 1330349951.51,
    }


def _settle(node: Record, vms: list[Record]) -> None:
    """What a node says of its VMs, and what they leave free."""
    own = [vm for vm in vms if vm["pnode"] == node["name"]]
    other = [vm for vm in vms if node["name"] in vm["snodes"]]
    node.update(pinst_cnt=len(own), pinst_list=[vm["name"] for vm in own])
    node.update(sinst_cnt=len(other), sinst_list=[vm["name"] for vm in other])
    node["mfree"] = max(0, node["mtotal"] - node["mnode"] - sum(vm["oper_ram"] or 0 for vm in own))
    node["dfree"] = node["dtotal"] - sum(vm["disk_usage"] for vm in own + other)


def _job(number: int, now: int, chance: random.Random) -> Record:
    """One job in ten fails; they are spread over the ten days before now."""
    failed, ended, vm = number % 10 == 0, now - (4200 - number) * 4320 - 60, f"vm{chance.randrange(1, 600)}.example.org"
    status = "error" if failed else "success"
    result = ["OpPrereqError", ["Node node2.example.org is offline", "wrong_state"]] if failed else None
    return {
        "id": number,
        "status": status,
        "summary": [f"INSTANCE_STARTUP({vm})"],
        "ops": [{"OP_ID": "OP_INSTANCE_STARTUP", "instance_name": vm, "force": False}],
        "opstatus": [status],
        "opresult": [result],
        "oplog": [[[1, [ended - 1, 250000], "message", "starting"]]],
        "received_ts": [ended - 3, 120000],
        "start_ts": [ended - 2, 200000],
        "end_ts": [ended, 0],
    }

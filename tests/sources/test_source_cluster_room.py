"""Which hosts of a cluster lack room for a failover, against htools on the same answers."""

import random
from pathlib import Path

import pytest

from collector.sources._machines import reserves
from tests.servers.ganeti import Cluster, fleet
from tests.servers.node import ASKED
from tests.servers.test_rapi import checked
from tests.sources.test_source_cluster import numbers, told


def varied(seed: int) -> Cluster:
    """A small, crowded cluster with all that bears upon N+1."""
    chance = random.Random(seed)
    kind = chance.choice(["kvm", "xen-pvm"])
    known = fleet(ASKED, seed, nodes=6 + seed % 9, vms=40 + 3 * seed, hypervisor=kind)
    for one in known.nodes:  # what it says of its memory need not add up, and may be just what is needed
        one.update(mnode=chance.choice([0, 1017, 4096, 6000]), mtotal=chance.choice([9000, 16384, 32768]))
        one["mfree"] = chance.randrange(0, 17) * 1024
    for vm in chance.sample(known.instances, 10):
        known.stand(vm["name"], chance.choice(["ERROR_down", "ADMIN_offline", "USER_down", "ADMIN_down"]))
        vm["admin_state"] = "offline" if vm["status"] == "ADMIN_offline" else vm["admin_state"]
    if seed % 3 == 0:
        known.take_offline("node3.example.org")
    if seed % 4 == 0:
        known.drain("node4.example.org")
    return known


@pytest.mark.parametrize("seed", range(40))
def test_as_many_hosts_lack_room_as_htools_say(tmp_path: Path, seed: int) -> None:
    known = varied(seed)
    wanted = int(checked(known, tmp_path)["HCHECK_INIT_CLUSTER_N1_FAIL"])
    reading = told(known)
    assert numbers(reading, "cluster:cluster.example.org")["no_failover"] == wanted
    assert sum(one.value == "missing" for one in reading.states if one.metric == "redundancy") == wanted


def test_a_host_that_does_not_answer_is_silent_unless_it_never_has_vms() -> None:
    known = fleet(ASKED, nodes=4, vms=2)
    known.drain("node2.example.org")
    for name in ("node1.example.org", "node2.example.org", "node3.example.org"):
        known.silence(name)
    known.node("node3.example.org")["vm_capable"] = False
    stand = {one.subject: one.value for one in told(known).states if one.metric == "state" and "node" in one.subject}
    words = ("silent", "silent", "online", "online")
    assert stand == {f"clusternode:node{number}.example.org": word for number, word in enumerate(words, 1)}


def test_a_host_without_room_says_how_much_is_missing_and_for_whom() -> None:
    known = fleet(ASKED, nodes=2, vms=2)
    for one, vm, memory in zip(known.nodes, known.instances, (2048, 1024), strict=True):
        other = next(two["name"] for two in known.nodes if two is not one)
        vm.update(pnode=one["name"], snodes=[other], oper_ram=memory)
        vm["beparams"]["auto_balance"] = True
        one["mfree"] = 1024 if one is known.nodes[0] else 1536
    details = {one.subject: (one.value, one.detail) for one in told(known).states if one.metric == "redundancy"}
    rule = "(N+1 by the rule of htools)"
    assert details == {
        "clusternode:node1.example.org": (
            "held",
            f"1.1 GB memory free, 1.1 GB needed if node2.example.org fails {rule}",
        ),
        "clusternode:node2.example.org": (
            "missing",
            f"1.6 GB memory free, 2.1 GB needed if node1.example.org fails {rule}",
        ),
    }


def test_no_hosts_need_nothing() -> None:
    assert reserves((), ()) == {}

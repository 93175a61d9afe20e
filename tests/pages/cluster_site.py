"""A site with a cluster of VMs on a real RAPI, after real passes, and what two audiences are shown of it."""

from __future__ import annotations

import grp
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from collector import nightly
from collector.config import Config, parse
from collector.people.audiences import trees
from collector.scaffold.writing import write_site
from collector.store import persons
from collector.store.persons import Person
from collector.store.store import Store
from tests.servers.ganeti import Cluster, fleet
from tests.servers.rapi import NAME, PASSWORD, READER, Rapi, serving

TOML = """
[site]
title = "VMs"
time_zone = "Asia/Tokyo"
web_group = "{group}"
[nodes.master]
reach = "local"
title = "Head of all"
[[nodes.master.sources]]
kind = "cluster"
url = "{rapi.url}"
username = "{user}"
password_file = "{folder}/secret"
ca_file = "{rapi.certificate}"
server_name = "{name}"
[nodes.master.sources.owners]
physics = ["vm*1.example.org"]
astro = ["vm*2.example.org"]
[nodes.master.sources.quotas]
physics = {{ memory = "1GiB", disk = "900GiB", vcpus = 12 }}
[nodes.aside9]
reach = "local"
sources = [{{ kind = "command", command = "echo 1", name = "one" }}]
[audiences.team]
people = ["bob"]
nodes = ["master"]
[audiences.physics]
people = ["eve"]
owners = ["physics"]
[audiences.others]
people = ["dan"]
nodes = ["aside9"]
"""
PEOPLE = {"bob": "standard", "eve": "standard", "dan": "read-only"}


def moved_on(cluster: Cluster) -> None:
    """What happens before the second pass: VMs come, go, break and lose their owner; the master moves, a node goes
    offline, another falls silent."""
    new = {**cluster.vm("vm4.example.org"), "name": "fresh.example.org"}
    cluster.instances.remove(cluster.vm("vm12.example.org"))
    cluster.instances.append(new)
    cluster.vm("vm3.example.org")["tags"] = []
    cluster.vm("vm4.example.org")["tags"] = ["gwm:owner:nobody"]
    cluster.stand("vm21.example.org", "ERROR_down")
    cluster.stand("vm22.example.org", "ERROR_down")
    cluster.move_master("node2.example.org")
    cluster.silence("node4.example.org")
    cluster.take_offline("node3.example.org")
    cluster.drain("node1.example.org")
    cluster.stand("vm23.example.org", "ERROR_frozen")


def silent(rapi: Rapi) -> None:
    rapi.faults["/2/instances"] = "cut"


def configured(folder: Path, rapi: Rapi, toml: str = TOML) -> Config:
    write_site(folder / "site")
    (folder / "secret").write_text(PASSWORD)
    group = grp.getgrgid(os.getgid()).gr_name
    return parse(
        toml.format(group=group, rapi=rapi, user=READER, folder=folder, name=NAME), folder / "almanac.toml", {}
    )


def cluster_site(folder: Path, nodes: int = 6, vms: int = 60) -> SimpleNamespace:
    """Three passes: one of which all is as wished, one after much has happened, and one that gets no whole answer."""
    with serving(fleet(int(time.time()), nodes=nodes, vms=vms), folder) as rapi:
        config = configured(folder, rapi)
        with Store.open(config.database) as store, store.db:
            for name, role in PEOPLE.items():
                persons.put(store.db, Person(name, role, None, 0, "x", "x"))
        acts: tuple[Callable[[], object], ...] = (lambda: None, lambda: moved_on(rapi.cluster), lambda: silent(rapi))
        told = [_passed(config, act) for act in acts]
    return SimpleNamespace(config=config, first=told[0], second=told[1], third=told[2])


def _passed(config: Config, act: Callable[[], object]) -> dict[str, dict[str, bytes]]:
    """The published files by tree, after a pass before which something happens."""
    act()
    nightly.run(config, lambda _: None)
    return {tree.name: files_of(tree / "current") for tree in trees(config).iterdir()}


def files_of(tree: Path) -> dict[str, bytes]:
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()}

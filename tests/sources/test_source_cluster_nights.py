"""A cluster through several nights: what is new, gone and without an owner, and that silence is none of these."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from collector.collect import collect
from collector.compare import compare
from collector.config import load
from collector.export.documents import NodeDocument
from collector.export.readings import HoldDocument
from collector.export.telling import Telling
from collector.life.stage import judge_last
from collector.model import NodeAnswer, Outcome
from collector.store import query
from collector.store.store import Store
from tests.servers.ganeti import Cluster, fleet
from tests.servers.node import ASKED, answered, node
from tests.servers.rapi import NAME, PASSWORD, READER, Rapi, serving

CONFIG = """
[nodes.master]
reach = "local"
[[nodes.master.sources]]
kind = "cluster"
url = "{rapi.url}"
username = "{user}"
password_file = "{folder}/secret"
ca_file = "{rapi.certificate}"
server_name = "{name}"
"""
SILENCES: list[dict[str, str | int | bytes]] = [
    {"/2/instances": "cut"},
    {"/2/instances": "cut unseen"},
    {"/2/instances": b"[{}]"},
    {"/2/instances": b'{"message": "[]"}'},
    {"/2/instances": 502},
    {"/2/info": 401},
    {"/2/nodes": b"[1, 2"},
]


def told_of(rapi: Rapi, folder: Path, nights: list[Any]) -> list[set[tuple[str, str | None, str]]]:
    """What differs from each night to the next: what, of which subject, by which name."""
    told = documents_of(rapi, folder, nights)
    return [
        {(one.what, one.subject, one.name) for one in compare((first,), (second,))} for first, second in pairwise(told)
    ]


def documents_of(rapi: Rapi, folder: Path, nights: list[Any]) -> list[NodeDocument]:
    """What is told of the master each night. A night is what happens to the cluster before it."""
    (folder / "secret").write_text(PASSWORD)
    (folder / "almanac.toml").write_text(CONFIG.format(rapi=rapi, user=READER, folder=folder, name=NAME))
    config, told = load(folder / "almanac.toml"), []
    (source,) = config.sources_of("master")
    with Store.open(config.database) as store:
        for number, happens in enumerate(nights):
            happens(rapi)
            asked = ASKED + number * 86400
            heard = replace(answered(source, node(rapi.folder, "dash", "curl")), node="master", asked=asked)
            collect(config, store, asked, [NodeAnswer("master", asked, Outcome.OK, answers=(heard,))], lambda _: None)
            last = query.last_pass(store.db)
            assert last is not None
            judge_last(config, store)
            told.extend(Telling(config, store, last).documents())
    return told


def quiet_fleet(vms: int = 9) -> Cluster:
    """A small cluster on which nothing ever failed."""
    known = fleet(ASKED, nodes=4, vms=vms)
    known.jobs.clear()
    return known


def as_it_is(rapi: Rapi) -> None:
    rapi.faults.clear()


def moved_on(rapi: Rapi) -> None:
    """One VM goes, one comes, and one loses its owner."""
    rapi.faults.clear()
    known = rapi.cluster
    new = {**known.vm("vm2.example.org"), "name": "new.example.org"}
    known.instances.remove(known.vm("vm1.example.org"))
    known.instances.append(new)
    known.vm("vm3.example.org")["tags"] = []


def test_new_gone_and_ownerless_vms_are_told_of_one_night(tmp_path: Path) -> None:
    with serving(quiet_fleet(), tmp_path) as rapi:
        quiet, busy = told_of(rapi, tmp_path, [as_it_is, as_it_is, moved_on])
    assert {one for one in quiet if one[0] != "count"} == set()
    assert {one for one in busy if one[0] != "count"} == {
        ("gone", "vm1.example.org", "vm"),
        ("new", "new.example.org", "vm"),
        ("state", "vm3.example.org", "owner"),
        ("problem opened", "vm3.example.org", "without owner"),
    }


@pytest.mark.parametrize("faults", SILENCES, ids=str)
def test_a_cluster_that_does_not_answer_whole_never_looks_like_one_without_vms(
    tmp_path: Path, faults: dict[str, str | int | bytes]
) -> None:
    def silent(rapi: Rapi) -> None:
        rapi.faults.update(faults)

    with serving(quiet_fleet(), tmp_path) as rapi:
        tonight, after = told_of(rapi, tmp_path, [as_it_is, silent, as_it_is])
    assert {one for one in tonight if one[0] != "count"} == {("problem opened", None, "source cluster")}
    assert {one for one in after if one[0] != "count"} == {("problem closed", None, "source cluster")}


HOST = "clusternode:node3.example.org"


def offline(rapi: Rapi) -> None:
    rapi.cluster.take_offline("node3.example.org")


def silent(rapi: Rapi) -> None:
    rapi.cluster.silence("node3.example.org")


def wholly_silent(rapi: Rapi) -> None:
    rapi.faults["/2/info"] = 502


@pytest.mark.parametrize(("down", "word"), [(offline, "offline"), (silent, "silent")])
def test_vms_of_a_host_that_is_down_lie_behind_its_one_problem(tmp_path: Path, down: Any, word: str) -> None:
    with serving(quiet_fleet(24), tmp_path) as rapi:
        first, *others = (
            vm for vm in rapi.cluster.instances if (vm["pnode"], vm["admin_state"]) == ("node3.example.org", "up")
        )
        stranded = {f"vm:{vm['name']}" for vm in others}

        def lost(rapi: Rapi) -> None:
            down(rapi)
            first["status"] = "ERROR_wrongnode"

        _, tonight, unheard = documents_of(rapi, tmp_path, [as_it_is, lost, wholly_silent])
    wrong = {one.subject: one for one in tonight.problems if one.rule in ("wrong state", "out of service")}
    assert set(wrong) == {HOST, f"vm:{first['name']}"}
    assert wrong[HOST].text.startswith(f"Node of the cluster is {word}: {len(stranded)} VMs are stranded on it")
    assert {one.subject for one in tonight.hidden} == stranded
    assert {one.held for one in tonight.hidden} == {HoldDocument("behind", node="master", subject=HOST)}
    assert [one.rule for one in unheard.problems] == ["source cluster"]
    assert {HOST, *stranded} <= {one.subject for one in unheard.hidden}
    assert {one.held for one in unheard.hidden} == {None}

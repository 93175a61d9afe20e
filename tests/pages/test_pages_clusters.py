"""The dashboard of clusters after real passes, and that owners of VMs are shown theirs and nothing of others'."""

import json
import re
from dataclasses import replace

import pytest

from collector.config import ConfigError, parse
from collector.export.owned import Share, owned
from collector.export.telling import Telling
from collector.store import query
from collector.store.store import Store
from tests.pages.cluster_site import TOML, cluster_site
from tests.sphinxext.page_reading import read

OWN = {f"vm{number}.example.org" for number in (1, 11, 21)}
"""Of physics."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return cluster_site(tmp_path_factory.mktemp("clusters"), nodes=4, vms=25)


def words(tree, path="clusters/index.html"):
    return " ".join(read(tree[path].decode()).text.replace("\u202f", " ").split())


def test_a_cluster_in_which_all_is_well_is_told_with_all_that_is_used(made):
    said = words(made.first["_whole"])
    assert "1 cluster, 23 of 25 VMs run." in said
    assert "cluster.example.org 3.0.2, master node1.example.org" in said
    assert "New since the pass before" not in said
    assert re.search(r"physics Critical 3 of 3 .* of 1.1 GB .* exceeded by .* of 966 GB .* of 12", said), said
    assert "astro" in said
    assert "Room for a failover (N+1)" in said
    assert "almanac vm console NAME" in said
    assert read(made.first["_whole"]["clusters/index.html"].decode()).faults == []


def test_what_came_went_broke_and_lost_its_owner_is_told(made):
    said = words(made.second["_whole"])
    assert "New since the pass before: 1 fresh.example.org" in said
    assert "Gone within a month: 1 vm12.example.org last seen" in said
    assert "Without an owner: 1 vm3.example.org" in said
    assert re.search(r"nobody All well \d of 1 ", said), said
    assert "ERROR_down, it should run and does not" in said
    assert "cluster.example.org 3.0.2, master node2.example.org" in said
    assert "1 of 4 1 offline, 1 silent, 1 drained" in said
    counts = {one["label"]: one for one in json.loads(made.second["_whole"]["data/manifest.json"])["counts"]}
    told = {part["label"]: part["value"] for part in counts["Nodes of clusters"]["parts"]}
    assert told == {"online": 1, "drained": 1, "offline": 1, "silent": 1}
    vms = {part["label"]: part["value"] for part in counts["VMs"]["parts"]}
    assert counts["VMs"]["value"] == 25 == sum(vms.values())
    assert vms["in error"] >= 2
    assert vms["unknown"] == 1


def test_a_vm_in_a_status_that_is_new_to_us_is_neither_in_error_nor_well(made):
    said = words(made.second["_whole"])
    assert re.search(r"in error; of 1 it is not known\.", said), said
    assert re.search(r"\d+ of 25 \d+ in error 1 unknown", said), said
    listed = made.second["_whole"]["clusters/vms.html"].decode()
    (row,) = re.findall(r"<tr><th[^>]*>(?:<[^>]*>)*vm23.*?</tr>", listed)
    assert re.search(r'class="state unknown"[^>]*>Unknown<.*ERROR_frozen, a status that is new to Almanac', row), row
    problems = {one["subject"]: one for one in json.loads(made.second["_whole"]["data/manifest.json"])["problems"]}
    assert problems["vm:vm23.example.org"]["level"] == "unknown"
    assert problems["vm:vm23.example.org"]["since"]


def states(tree):
    """How the states of nodes of clusters look, by what they say."""
    told = tree["clusters/index.html"].decode().partition("Nodes of the cluster")[2]
    return {(word, style) for style, word in re.findall(r'class="state (\w+)">(Online|Offline|Silent|Drained)<', told)}


def test_a_node_that_is_silent_looks_as_bad_as_it_is_and_one_that_is_not_known_does_not_look_well(made):
    assert states(made.second["_whole"]) == {
        ("Online", "ok"), ("Offline", "crit"), ("Silent", "crit"), ("Drained", "warn")
    }  # fmt: skip
    assert {style for _, style in states(made.third["_whole"])} == {"unknown"}
    listed = made.third["_whole"]["clusters/vms.html"].decode()
    assert set(re.findall(r'<td><span class="state (\w+)"', listed)) == {"unknown"}


def test_all_vms_are_told_apart_from_those_that_are_gone(made):
    assert "All 25 VMs, and 1 gone" in words(made.second["_whole"])


def test_the_page_of_the_master_leaves_the_rest_of_its_vms_to_their_own(made):
    page = made.first["_whole"]["nodes/master.html"].decode()
    assert re.search(r'<a [^>]*href="../clusters/vms.html"[^>]*>\d+ more, all of them well</a>', page)
    assert page.count("vm_3Avm") < 25
    later = made.third["_whole"]["nodes/master.html"].decode()
    assert re.search(r'<a [^>]*href="../clusters/vms.html"[^>]*>\d+ more, none of them known</a>', later)


def test_all_vms_are_listed_those_in_error_first(made):
    said = words(made.second["_whole"], "clusters/vms.html")
    stranded = [one.start() for one in re.finditer("Stranded", said)]
    assert stranded
    assert max(stranded) < said.index("Running") < said.index("vm12.example.org Gone last seen")


def test_a_cluster_that_does_not_answer_keeps_its_last_values_dated(made):
    said = words(made.third["_whole"])
    assert "1 cluster, which did not answer: what stands here is older; whether 25 VMs run is not known." in said
    assert "Running 0" not in said
    own = made.third["physics.logs"]["clusters/index.html"].decode()
    (sign,) = re.findall(r'class="state (\w+)"[^<]*(?:<[^>]*>)*Nothing else is known', own)
    assert sign == "unknown"
    assert "Did not answer" in said
    assert "New since the pass before" not in said
    listed = words(made.third["_whole"], "clusters/vms.html")
    assert "its VMs stand here as it told them" in listed
    assert listed.count("not known now") == 25


def test_an_audience_of_the_node_sees_all_of_the_cluster_and_one_without_it_nothing(made):
    assert "25 VMs run" in words(made.first["team.logs"])
    assert "Nodes of the cluster" in words(made.first["team.logs"])
    assert {path for path in made.first["others"] if path.startswith("clusters/")} == set()
    assert [path for path, content in made.second["others"].items() if b"vm1.example" in content] == []


@pytest.mark.parametrize("night", ["first", "second", "third"])
def test_nothing_of_others_is_in_what_owners_are_shown(made, night):
    tree = getattr(made, night)["physics.logs"]
    everything = "\n".join([*tree, *(content.decode("latin-1") for content in tree.values())])
    assert set(re.findall(r"\b(?:vm\d+|fresh)\.example\.org", everything)) == OWN
    assert [
        word
        for word in ("astro", "Head of all", "chemistry", "aside9", "hosts_online", "vms_without_owner")
        if word in "\n".join(tree) + "".join(c.decode("latin-1") for p, c in tree.items() if _is_told(p))
    ] == []
    pages = {path for path in tree if path.startswith("subjects/")}
    assert pages == {*(f"subjects/master~vm_3A{name}.html" for name in OWN), "subjects/master~owner_3Aphysics.html"}


def _is_told(path):
    """Whether a file tells of the fleet; the manual and style sheets do not."""
    return not path.startswith(("guide/", "_static/", "_sources/guide/", "genindex")) and path != "objects.inv"


def test_sums_tell_nothing_that_jobs_said_of_others(made):
    with Store.open(made.config.database) as store:
        record = Telling(made.config, store, query.last_pass(store.db))
        document = record.document(record.record("master"))
    told = replace(document.events[0], subject="cluster:cluster.example.org", text="Job 1, of x9, failed")
    shown = owned(replace(document, events=(told, *document.events)), Share(frozenset({"physics"}), True))
    assert "cluster:cluster.example.org" in {one.name for one in shown.subjects}
    assert told not in shown.events


def test_owners_see_their_vms_and_their_use(made):
    said = words(made.second["physics.logs"])
    assert "VMs of physics. 1 cluster, 1 of 3 VMs runs, 2 are in error." in said
    assert "cluster.example.org" in said
    assert "exceeded by" in said
    assert "almanac vm list --owner physics" in said
    assert "Nodes of the cluster" not in said
    assert "node evacuate" not in said
    assert "3 of 3" not in words(made.third["physics.logs"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('owners = ["physics"]', "cluster_sums = true", "is shown nothing"),
        ('nodes = ["aside9"]', 'nodes = ["aside9"]\ncluster_sums = true', "cluster_sums is for owners of VMs"),
        ('nodes = ["aside9"]', 'owners = ["not named"]', 'no owner may be called "not named"'),
        ('kind = "cluster"', 'kind = "host"', "audiences.physics.owners: there is no source that tells of VMs"),
    ],
)
def test_owners_that_fit_nothing_are_told(tmp_path, old, new, said):
    text = re.sub(r"\{(\w[\w.]*)\}", "root", TOML).replace("{{", "{").replace("}}", "}")
    assert old in text
    text = text.replace(old, new, 1)
    if "host" in new:
        text = re.sub(r"(?ms)^url = .*?(?=^\[nodes.aside9)", "", text)
    with pytest.raises(ConfigError) as error:
        parse(text, tmp_path / "almanac.toml", {})
    assert said in str(error.value)

"""Configuration of hubs: which source is of which hub, what belongs to no one, series files."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.config import parse
from tests.config.test_config_load import FILE, errors

HUBS = """
[site]
time_zone = "Europe/Berlin"
[hubs.ZZ]
server = "dayabay"
nodes = ["SDU", "C"]
time_zone = "Asia/Shanghai"
[hubs.C2]
server = "cms02"
nodes = ["C"]
[nodes.SDU]
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/scm/anything"
[nodes.C]
[[nodes.C.sources]]
kind = "tarballs"
folder = "/scm/backup/cms02"
[[nodes.C.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay/"
[groups.all]
nodes = ["SDU", "C"]
[[groups.all.sources]]
kind = "host"
"""


def test_a_source_knows_its_hub_and_zone():
    config = parse(HUBS, FILE, {})
    settled = {node: [(s.label, s.hub, s.time_zone) for s in config.sources_of(node)] for node in config.nodes}
    assert settled == {
        "SDU": [("tarballs:ZZ", "ZZ", ZoneInfo("Asia/Shanghai")), ("host", None, ZoneInfo("Europe/Berlin"))],
        "C": [
            ("tarballs:C2", "C2", ZoneInfo("Europe/Berlin")),
            ("tarballs:ZZ", "ZZ", ZoneInfo("Asia/Shanghai")),
            ("host", None, ZoneInfo("Europe/Berlin")),
        ],
    }


@pytest.mark.parametrize(
    ("series_file", "wanted"),
    [
        ("/w/data/scm_backup_monitor_%(node)s.json", "/w/data/scm_backup_monitor_Z9:229.json"),
        ("data/%(node)s_%20.json", "/etc/almanac/data/Z9:229_%20.json"),
        ("~/x.json", "/home/someone/x.json"),
    ],
)
def test_the_place_of_a_series_file_holds_the_nodes_name(series_file, wanted, monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    text = f"""
hubs.ZZ = {{ server = "dayabay", node = "hub", nodes = ["Z9:229"], series_file = "{series_file}" }}
hubs.C2 = {{ server = "cms02" }}
nodes.hub.sources = [{{ kind = "host" }}]
nodes."Z9:229".sources = [{{ kind = "tarballs", folder = "/b" }}]
"""
    config = parse(text, FILE, {})
    assert config.series_path("ZZ", "Z9:229") == Path(wanted)
    assert config.series_path("ZZ", "hub") is None
    assert config.series_path("C2", "Z9:229") is None


def test_series_files_of_one_name_are_told():
    text = """
hubs.A = { server = "a", nodes = ["x", "y"], series_file = "web/scm.json" }
hubs.B = { server = "b", nodes = ["x"], series_file = "1/scm_%(node)s.json" }
hubs.C = { server = "c", nodes = ["y"], node = "x", series_file = "2/scm_%(node)s.json" }
nodes.x.sources = [{ kind = "tarballs", folder = "/a" }, { kind = "tarballs", folder = "/b" }, { kind = "tarballs", folder = "/c" }]
nodes.y.sources = [{ kind = "tarballs", folder = "/a" }, { kind = "tarballs", folder = "/c" }]
"""
    assert errors(text) == [
        'line 2: hubs.A.series_file: node "y" gets a file scm.json, as node "x" in hubs.A does; give each a name of its own',
        'line 4: hubs.C.series_file: node "x" gets a file scm_x.json, as node "x" in hubs.B does; give each a name of its own',
    ]


def test_a_source_of_a_hub_that_does_not_have_the_node_is_told():
    text = """
[hubs.ZZ]
server = "dayabay"
nodes = ["a"]
[nodes.a]
[nodes.b]
[groups.both]
nodes = ["a", "b"]
[[groups.both.sources]]
kind = "tarballs"
folder = "/b"
hub = "ZZ"
"""
    assert errors(text) == [
        'line 12: groups.both.sources[0].hub: hub "ZZ" does not have node "b"; add it to hubs."ZZ".nodes'
    ]


def test_a_node_that_nobody_asks_for_the_backups_of_its_hub_is_told():
    text = """
[hubs.ZZ]
server = "dayabay"
nodes = ["a", "b"]
[nodes.a]
[[nodes.a.sources]]
kind = "host"
[nodes.b]
[groups.backups]
nodes = ["b"]
[[groups.backups.sources]]
kind = "tarballs"
folder = "/b"
"""
    assert errors(text) == [
        'line 4: hubs.ZZ.nodes: node "a" has no source of this hub; give it one of kind "tarballs" with hub = "ZZ"'
    ]


@pytest.mark.parametrize("servers", [("cms02", "g4pb"), ("dayabay", "dayabay")])
def test_backups_that_might_be_of_any_of_two_hubs_are_told(servers):
    text = """
[hubs.A]
server = "{}"
nodes = ["a"]
[hubs.B]
server = "{}"
nodes = ["a"]
[nodes.a]
[[nodes.a.sources]]
kind = "tarballs"
folder = "/backup/dayabay"
"""
    assert errors(text.format(*servers)) == [
        'line 9: nodes.a.sources[0]: its folder does not tell which of the hubs of "a" it is of (A, B); write hub = "..."'
    ]

"""What each view of an audience is made of, and for whom."""

from pathlib import Path

import pytest

from collector.config import ConfigError, parse
from collector.people.audiences import View, admins, narrowed, nodes_of, views
from collector.people.roles import Role
from collector.store.persons import Person

TOML = """
[site]
web_group = "www-data"
url = "https://x.example"
[mail]
from = "a@b.example"
sendmail = "/usr/sbin/sendmail"
[[reports]]
to = ["a@b.example"]
[hubs]
ZZ = { server = "vault", node = "vault", nodes = ["mirror", "copy"], message = "ask vault", report_url = "https://vault" }
[nodes]
vault = { sources = [{ kind = "tarballs", hub = "ZZ", folder = "/b" }] }
mirror = { sources = [{ kind = "tarballs", hub = "ZZ", folder = "/b" }] }
copy = { sources = [{ kind = "tarballs", hub = "ZZ", folder = "/b" }] }
web = {}
box = {}
[environments]
all = ["vault", "mirror", "copy", "web", "box"]
rest = ["box"]
[groups.pair]
nodes = ["web", "box"]
[audiences.some]
people = ["ann", "bob", "carl", "dora", "gone"]
nodes = ["web", "mirror"]
[audiences.sets]
hubs = ["ZZ"]
environments = ["rest"]
groups = ["pair"]
"""
CONFIG = parse(TOML, Path("/srv/almanac.toml"), {})
PEOPLE = [
    Person(name, role, None, 0, "", "")
    for name, role in (("ann", Role.ADMIN), ("bob", Role.READ_ONLY), ("carl", Role.LOG_READER), ("dora", Role.STANDARD))
]


def test_each_audience_has_a_view_with_logs_and_one_without():
    assert views(CONFIG, PEOPLE) == (
        View("some", False, ("bob",)),
        View("some", True, ("carl", "dora")),
        View("sets", False),
        View("sets", True),
    )
    assert [view.name for view in views(CONFIG, ())] == ["some", "some.logs", "sets", "sets.logs"]
    assert admins(PEOPLE) == ("ann",)


def test_nodes_are_shown_once_in_the_order_of_the_file():
    assert nodes_of(CONFIG, CONFIG.audiences["some"]) == ("mirror", "web")
    assert nodes_of(CONFIG, CONFIG.audiences["sets"]) == ("vault", "mirror", "copy", "web", "box")


def test_a_narrowed_configuration_knows_nothing_else():
    made = narrowed(CONFIG, View("some", False))
    assert list(made.nodes) == ["mirror", "web"]
    assert {name: one.nodes for name, one in made.environments.items()} == {"all": ("mirror", "web")}
    assert {name: one.nodes for name, one in made.groups.items()} == {"pair": ("web",)}
    hub = made.hubs["ZZ"]
    assert (hub.server, hub.node, hub.nodes, hub.message, hub.report_url) == ("ZZ", None, ("mirror",), None, None)
    assert (made.audiences, made.reports, made.mail) == ({}, (), None)
    assert made.site.url == "https://x.example/audiences/some/"
    text = made.model_dump_json()
    assert not any(name in text for name in ("vault", "copy", "box", "rest"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('web_group = "www-data"\n', "", "line 22: audiences.some: there is no site.web_group to keep its pages"),
        ('nodes = ["web", "mirror"]', 'nodes = ["web", "miror"]', 'there is no node "miror"; did you mean "mirror"?'),
        ('hubs = ["ZZ"]', 'hubs = ["ZY"]', 'line 27: audiences.sets.hubs: there is no hub "ZY"'),
        ('environments = ["rest"]', 'environments = ["res"]', 'there is no environment "res"; did you mean "rest"?'),
        ('groups = ["pair"]', 'groups = ["par"]', 'there is no group "par"; did you mean "pair"?'),
        ('nodes = ["web", "mirror"]', "", "is shown nothing"),
        ("[audiences.some]", '[audiences."So me"]', "audiences"),
        ("[audiences.some]", '[audiences."../x"]', "audiences"),
        ("[audiences.some]", "[audiences._whole]", "audiences"),
        ("people = ", "persons = ", "no such key"),
    ],
)
def test_an_audience_that_fits_nothing_is_told(old, new, said):
    assert old in TOML
    with pytest.raises(ConfigError) as error:
        parse(TOML.replace(old, new, 1), Path("/srv/almanac.toml"), {})
    assert said in str(error.value)
    assert len(error.value.lines) == 1 or "web_group" in said

"""Audiences: what each account is given, and above all is not given, by a real nginx and a real Apache."""

from __future__ import annotations

import base64
import grp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.web import asking, get, running

pytestmark = pytest.mark.system

GROUP = "www-data" if os.geteuid() == 0 else grp.getgrgid(os.getgid()).gr_name
HIDDEN = ("vault9", "secretbox", "mirror7", "Paymaster", "Zanzibarlab", "grandtotal")
"""Names and a title of nodes that the audience `lab` is not shown, whom an instance runs for, and a field that instances
tell; no page of Almanac's has these words."""
TOML = """\
[site]
title = "Fleet"
url = "https://status.example.org/"
web_group = "{group}"

[hubs.ZZ]
server = "vault9"
node = "vault9"
nodes = ["mirror7"]

[environments]
lab = ["lab-1", "lab-2"]
mixed = ["lab-1", "secretbox"]

[groups.boxes]
nodes = ["lab-2", "secretbox"]

[instances]
private = ["127.0.0.0/8"]
endpoints = [{{url = "/none"}}]
fields.grandtotal = {{chart = true}}

[audiences.lab]
people = ["bob", "carl", "ann"]
environments = ["lab"]

[audiences.copies]
people = ["carl", "eve"]
hubs = ["ZZ"]
"""
PEOPLE = {"ann": "admin", "bob": "read-only", "carl": "log-reader", "dora": "standard", "eve": "standard"}
LOGGING, LOGGED = ("lab-1", "lab-2", "secretbox"), "copper"
"""Nodes with a log, and a word that stands in it and nowhere else."""
NODES = {"vault9": "", "mirror7": "", "secretbox": 'title = "Paymaster"\n', "lab-1": "", "lab-2": ""}


@dataclass(frozen=True)
class Fleet:
    """A folder with a configuration, and the command."""

    folder: Path

    def run(self, *words: str, told: str = "", status: int | tuple[int, ...] = 0) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("almanac")), *words]
        done = subprocess.run(command, cwd=self.folder, input=told, text=True, capture_output=True, check=False)
        assert done.returncode in (status if isinstance(status, tuple) else (status,)), done.stderr
        return done

    def configure(self, old: str = "", new: str = "") -> None:
        file = self.folder / "almanac.toml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    @property
    def public(self) -> Path:
        return self.folder / "data/public"

    @property
    def rules(self) -> Path:
        return self.public / "closed/rules"

    def tree(self, name: str) -> Path:
        return self.public / "closed/trees" / name / "current"


def password(name: str) -> str:
    return f"horse of {name}"


def login(name: str, secret: str | None = None) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret or password(name)}".encode()).decode()


@pytest.fixture(scope="module")
def made() -> Iterator[Fleet]:
    """The fleet collected and published once, for all tests that only read it."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-audiences-"))
    folder.chmod(0o755)
    fleet = Fleet(folder)
    fleet.run("init", ".")
    sources = '[[nodes."{0}".sources]]\nkind = "tarballs"\nfolder = "{1}/none-{0}"\n'
    logs = f'[[nodes."{{}}".sources]]\nkind = "logs"\nfiles = ["{folder}/app.log"]\n'
    nodes = "".join(
        f'[nodes."{name}"]\nreach = "local"\n{more}'
        + sources.format(name, folder)
        + (logs.format(name) if name in LOGGING else "")
        for name, more in NODES.items()
    )
    (folder / "app.log").write_text("Error : copper pipe\nError : copper sent by vault9\n")
    (folder / "almanac.toml").write_text(TOML.format(group=GROUP) + nodes)
    for name, role in PEOPLE.items():
        fleet.run("user", "add", name, "--role", role, "--password-stdin", told=f"{password(name)}\n")
    fleet.run("silence", "node=secretbox", "--for", "2h", "--note", "new disks for secretbox")
    fleet.run("silence", "node=lab-1", "--for", "2h", "--note", "as vault9 had")
    told = "--url http://127.0.0.1:9/ --contact Zoe --email zoe@example.org --organisation Zanzibarlab"
    fleet.run("instance", "add", *told.split())
    fleet.run("nightly", status=1)
    yield fleet
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=["nginx", "apache"])
def port(request: pytest.FixtureRequest, made: Fleet) -> Iterator[int]:
    folder = Path(tempfile.mkdtemp(prefix="almanac-web-"))
    folder.chmod(0o755)
    with running(request.param, folder, made.rules, asking) as found:
        yield found
    shutil.rmtree(folder)


TREES = ("/", "/audiences/lab/", "/audiences/lab.logs/", "/audiences/copies/", "/audiences/copies.logs/")
SEES = {
    "ann": ("/",),
    "bob": ("/audiences/lab/",),
    "carl": ("/audiences/lab.logs/", "/audiences/copies.logs/"),
    "dora": (),
    "eve": ("/audiences/copies.logs/",),
}


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("tree", TREES)
def test_each_person_sees_the_trees_of_the_role_and_audience_and_no_other(port: int, name: str, tree: str) -> None:
    reply = get(port, tree, Authorization=login(name))
    assert reply.status in ({200} if tree in SEES[name] else {401, 403})
    assert reply.headers["Cache-Control"] == ("private, no-cache" if tree in SEES[name] else None)


@pytest.mark.parametrize("tree", TREES)
def test_nobody_is_let_in_without_the_right_password(port: int, tree: str) -> None:
    tries = [
        {},
        {"Authorization": login("bob", "guess")},
        {"Authorization": login("zoe")},
        {"Authorization": "Basic !"},
    ]
    tries += [{"Authorization": login("bob", "$2y$08$")}, {"Authorization": login("")}]
    assert {get(port, tree, **headers).status for headers in tries} <= {400, 401, 403}


FORBIDDEN = (
    "/", "/index.html", "/nodes/secretbox.html", "/nodes/vault9.html", "/nodes/lab-1.html", "/hubs/ZZ.html",
    "/data/manifest.json", "/data/nodes/secretbox.json", "/feed.xml", "/calendar.ics", "/search-index.js", "/objects.inv",
    "/kiosk.html", "/problems.html", "/genindex.html", "/almanac-nodes.html", "/badges/nodes/secretbox.svg",
    "/audiences/lab.logs/", "/audiences/lab.logs/nodes/lab-1.html", "/audiences/copies/", "/audiences/copies.logs/",
    "/audiences/copies.logs/nodes/mirror7.html", "/audiences/_whole/", "/audiences/_whole/current/index.html",
    "/audiences/lab/nodes/secretbox.html", "/audiences/lab/nodes/vault9.html", "/audiences/lab/hubs/ZZ.html",
    "/audiences/lab/data/nodes/secretbox.json", "/audiences/lab/data/nodes/mirror7.json",
    "/audiences/lab/badges/nodes/vault9.svg", "/audiences/lab/badges/hubs/ZZ.svg",
    "/audiences/lab/../copies.logs/index.html", "/audiences/lab/../../index.html", "/audiences/lab/../_whole/current/",
    "/audiences/lab/%2e%2e/%2e%2e/_whole/current/index.html", "/audiences/lab/..%2f..%2f_whole/current/index.html",
    "/audiences/lab../_whole/current/index.html", "/audiences/lab/..//..//_whole/current/index.html",
    "/audiences/lab/../../../rules/_whole.htpasswd", "/audiences/lab/..%2f..%2f..%2frules/_whole.htpasswd",
    "/%61udiences/lab.logs/", "/audiences/%6Cab%2elogs/index.html", "//audiences///copies.logs//index.html",
    "/audiences/lab/%2e%2e/lab.logs/index.html", "/audiences/lab%2Flab.logs/", "/audiences/lab/\\..\\..\\index.html",
    "/audiences/lab/..;/copies.logs/", "/audiences/lab/%252e%252e/copies.logs/", "/audiences/lab/index.html/../../lab.logs/",
    "/audiences/lab/%00/../../lab.logs/", "/audiences/lab/./../../closed/trees/_whole/current/index.html",
    "/instances/index.html", "/instances/statistics.html", "/nodes/the_20instances.html", "/audiences/lab/instances/",
    "/audiences/lab/instances/index.html", "/audiences/lab/instances/statistics.html",
    "/audiences/lab/nodes/the_20instances.html", "/audiences/lab/data/nodes/the_20instances.json",
    "/audiences/lab/nodes/the_20pass.html", "/audiences/lab/charts/", "/audiences/lab/data/", "/audiences/lab/logs/",
    "/audiences/lab/.lock", "/rules/_whole.htpasswd", "/closed/rules/nginx.conf", "/audiences/LAB.logs/", "//", "/./",
)  # fmt: skip


@pytest.mark.parametrize("path", FORBIDDEN)
def test_an_account_gets_none_of_the_pages_that_it_must_not_see(port: int, path: str) -> None:
    for headers in ({}, {"Range": "bytes=0-99"}, {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}):
        reply = get(port, path, Authorization=login("bob"), **headers)
        assert reply.status in (400, 401, 403, 404)
        assert not any(name.encode() in reply.body for name in (*HIDDEN, "$2y$"))


@pytest.mark.parametrize("tree", ["lab", "lab.logs"])
def test_nothing_in_a_tree_betrays_a_node_of_others(made: Fleet, tree: str) -> None:
    files = [file for file in made.tree(tree).resolve().rglob("*") if file.is_file()]
    assert len(files) > 30
    betrayed = {
        str(file): name for file in files for name in HIDDEN if name.encode() in file.read_bytes() + bytes(file)
    }
    assert betrayed == {}
    assert (made.tree("_whole") / "nodes/the_20pass.html").exists()
    assert not (made.tree(tree) / "nodes/the_20pass.html").exists()
    overview = (made.tree(tree) / "index.html").read_text()
    assert re.search(r"\b2 nodes|\b2 of 2|all 2", overview)
    assert "lab-1" in overview
    assert "as another node had" in (made.tree(tree) / "calendar.ics").read_text()
    assert 'content="https://status.example.org/nodes' not in overview
    manifest = (made.tree(tree) / "data/manifest.json").read_text()
    assert '"asked":2' in manifest
    assert f"https://status.example.org/audiences/{tree}/" in manifest


def test_lines_of_logs_are_given_to_those_who_read_logs_and_to_nobody_else(port: int, made: Fleet) -> None:
    (day,) = (made.tree("lab.logs") / "logs").glob("lab-1~*.html")
    assert "copper sent by another node" in day.read_text()
    (every,) = (made.tree("lab.logs") / "logs").glob("_~*.html")
    assert every.read_text().count("copper sent by another node") == 2
    assert "secretbox" in next((made.tree("_whole") / "logs").glob("_~*.html")).read_text()
    for person, tree, status in (("carl", "lab.logs", 200), ("ann", "lab.logs", 401), ("bob", "lab", 404)):
        for page in (f"logs/{day.name}", f"logs/{every.name}", "logs/"):
            reply = get(port, f"/audiences/{tree}/{page}", Authorization=login(person))
            assert reply.status in ((401, 403) if status == 401 else (status,)), page
    for path in (
        f"/logs/{day.name}",
        f"/logs/{every.name}",
        f"/audiences/lab.logs/logs/{day.name}",
        "/logs/",
        "/logs/index.html",
    ):
        assert get(port, path, Authorization=login("bob")).status in (401, 403)
    assert get(port, f"/logs/{day.name}", Authorization=login("ann")).status == 200


def test_no_file_of_a_tree_without_logs_holds_a_line_of_one(made: Fleet) -> None:
    files = [file for file in made.tree("lab").resolve().rglob("*") if file.is_file()]
    assert [str(file) for file in files if LOGGED.encode() in file.read_bytes()] == []
    assert not (made.tree("lab") / "logs").exists()
    assert not list((made.folder / "data/audiences/lab/export").glob("logs/*"))
    assert LOGGED in (made.tree("lab.logs") / "nodes/lab-1.html").read_text()


def test_the_whole_has_them_all(made: Fleet) -> None:
    whole = (made.tree("_whole") / "nodes/index.html").read_text()
    assert all(name in whole for name in NODES)
    assert "Zanzibarlab" in (made.tree("_whole") / "instances/index.html").read_text()


def test_only_the_web_servers_group_may_enter(made: Fleet) -> None:
    found = (made.public / "closed").stat()
    assert (found.st_mode & 0o777, (made.public / "current").exists()) == (0o750, False)


def test_people_who_change_are_known_at_the_next_request(port: int, made: Fleet) -> None:
    made.run("user", "add", "fay", "--role", "admin", "--login", "daemon", "--password-stdin", told="horse of fay\n")
    assert get(port, "/", Authorization=login("fay")).status == 200
    made.run("user", "passwd", "fay", "--password-stdin", told="another horse\n")
    assert get(port, "/", Authorization=login("fay")).status == 401
    assert get(port, "/", Authorization=login("fay", "another horse")).status == 200
    made.run("user", "change", "fay", "--role", "standard")
    assert get(port, "/", Authorization=login("fay", "another horse")).status == 401
    made.run("user", "remove", "fay")


def test_a_night_on_which_nothing_changed_writes_nothing_again(made: Fleet) -> None:
    for words in (("export",), ("build",), ("publish",)):
        made.run(*words)
    before = {file: file.stat().st_ino for file in (made.public / "closed/trees").rglob("*") if file.is_file()}
    for words in (("export",), ("build",), ("publish",)):
        made.run(*words)
    assert {file: file.stat().st_ino for file in (made.public / "closed/trees").rglob("*") if file.is_file()} == before


def test_documents_that_are_the_same_are_one_file(made: Fleet) -> None:
    whole, own = (
        made.folder / place / "nodes/mirror7.json" for place in ("data/export", "data/audiences/copies.logs/export")
    )
    assert whole.samefile(own)


@pytest.fixture
def fleet(made: Fleet) -> Iterator[Fleet]:
    """A copy of the fleet as it was published, to be changed."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-audiences-"))
    shutil.copytree(made.folder, folder, symlinks=True, dirs_exist_ok=True)
    yield Fleet(folder)
    shutil.rmtree(folder)


def test_the_first_audience_closes_what_was_open_whatever_becomes_of_the_pass(fleet: Fleet) -> None:
    text = (fleet.folder / "almanac.toml").read_text()
    (fleet.folder / "almanac.toml").write_text(re.sub(r"(?ms)^\[audiences\..*?^(?=\[nodes)", "", text))
    fleet.run("publish")
    assert (fleet.public / "current/nodes/secretbox.html").exists()
    assert not (fleet.public / "closed").exists()
    (fleet.folder / "almanac.toml").write_text(text)
    with (fleet.folder / "site/conf.py").open("a") as file:
        file.write("raise RuntimeError\n")
    shutil.rmtree(fleet.folder / "data/doctrees")
    fleet.run("nightly", status=4)
    assert not (fleet.public / "current").exists()
    assert not (fleet.public / "generations").exists()
    assert "bob:$2y$" in (fleet.rules / "lab.htpasswd").read_text()


def test_a_tree_goes_as_soon_as_its_audience_is_shown_other_nodes(fleet: Fleet) -> None:
    fleet.configure('lab = ["lab-1", "lab-2"]', 'lab = ["lab-1"]')
    done = fleet.run("publish", status=4)
    assert "audiences.lab: has no pages of its nodes yet; run: almanac export" in done.stderr
    assert not fleet.tree("lab").exists()
    assert fleet.tree("copies.logs").exists()
    assert "its nodes are others now" in fleet.run("build", status=4).stderr
    for words in ("export", "build", "publish"):
        fleet.run(words)
    assert (fleet.tree("lab") / "nodes/lab-1.html").exists()
    every = [file for file in fleet.tree("lab").resolve().rglob("*") if file.is_file()]
    assert [file for file in every if b"lab-2" in file.read_bytes() + bytes(file)] == []


def test_an_audience_of_nobody_has_no_tree(fleet: Fleet) -> None:
    fleet.run("user", "remove", "bob")
    fleet.run("publish")
    assert not fleet.tree("lab").exists()
    assert (fleet.rules / "lab.htpasswd").read_text() == ""
    fleet.run("export")
    assert not (fleet.folder / "data/audiences/lab").exists()


def test_a_page_of_ones_own_that_names_what_is_hidden_is_left_out(fleet: Fleet) -> None:
    site = fleet.folder / "site"
    (site / "notes").mkdir()
    (site / "notes/rack.rst").write_text("Rack\n====\n\nThe Paymaster stands below.\n\n.. almanac:problems::\n")
    (site / "notes/mirror7.rst").write_text(":orphan:\n\nNothing\n=======\n\nIs said.\n")
    (site / "notes/zz.rst").write_text("Copies\n======\n\n.. almanac:problems::\n   :hub: ZZ\n")
    (site / "guide/index.rst").write_text(
        (site / "guide/index.rst").read_text() + "   ../notes/rack\n   ../notes/zz\n   ../notes/lab\n"
    )
    (site / "notes/lab.rst").write_text("Lab\n===\n\nSee :doc:`rack`. The bench.\n")
    for words in ("build", "publish"):
        fleet.run(words)
    there = {file.name for file in (fleet.tree("lab") / "notes").iterdir()}
    assert there == {"lab.html"}
    texts = [file.read_text() for file in fleet.tree("lab").resolve().rglob("*.html")]
    assert not any("Rack" in text or "Copies" in text for text in texts)
    fleet.configure('environments = ["lab"]', 'environments = ["lab"]\npages = ["notes/zz"]')
    fleet.run("build")
    assert {file.name for file in (fleet.folder / "data/audiences/lab/html/notes").iterdir()} == {"lab.html", "zz.html"}


def test_a_first_page_that_names_what_is_hidden_is_told_and_the_others_go_on(fleet: Fleet) -> None:
    index = fleet.folder / "site/index.rst"
    index.write_text(index.read_text() + "\nAsk secretbox first.\n")
    done = fleet.run("build", status=4)
    assert done.stderr.count("\n") == 3
    assert 'site/index.rst: names "secretbox", which audience lab is not shown' in done.stderr
    index.write_text(index.read_text().replace("secretbox", "lab-1"))
    done = fleet.run("build", status=4)
    assert "which audience copies is not shown" in done.stderr
    assert "audience lab" not in done.stderr


def test_a_path_that_servers_would_misread_is_refused(fleet: Fleet) -> None:
    fleet.configure("[site]\n", '[site]\npublish = "data/a;b"\n')
    done = fleet.run("publish", status=2)
    assert 'holds ";", which web servers take for more than a name' in done.stderr


def test_a_group_that_is_not_there_is_told(fleet: Fleet) -> None:
    fleet.configure(f'web_group = "{GROUP}"', 'web_group = "no-such-group"')
    assert 'there is no group "no-such-group" here' in fleet.run("publish", status=4).stderr


def test_a_node_that_has_left_the_configuration_is_hidden_too(fleet: Fleet) -> None:
    text = (fleet.folder / "almanac.toml").read_text()
    text = re.sub(r'(?ms)^\[nodes."secretbox"\].*?^(?=\[nodes\."lab-1")', "", text).replace(', "secretbox"', "")
    (fleet.folder / "almanac.toml").write_text(text)
    index = fleet.folder / "site/notes.rst"
    index.write_text(":orphan:\n\nNotes\n=====\n\nWhere secretbox stood.\n")
    fleet.run("nightly", status=1)
    assert "Gone" in (fleet.tree("_whole") / "nodes/secretbox.html").read_text()
    every = [file for file in fleet.tree("lab").resolve().rglob("*") if file.is_file()]
    assert [file for file in every if b"secretbox" in file.read_bytes() + bytes(file)] == []


def test_an_open_site_is_closed_though_the_rules_can_not_be_written(fleet: Fleet) -> None:
    (fleet.public / "current").symlink_to("generations/000001")
    fleet.configure(f'web_group = "{GROUP}"', 'web_group = "no-such-group"')
    fleet.run("publish", status=4)
    assert not (fleet.public / "current").is_symlink()

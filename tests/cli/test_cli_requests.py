"""Requests that can't be met: exit status 2, one sentence, nothing changed."""

import sqlite3
from contextlib import closing

import pytest

LOCAL = """\
[nodes.here]
reach = "local"
[nodes.there]
reach = "local"
[[nodes.there.sources]]
kind = "tarballs"
folder = "/backup"
[hubs.ZZ]
server = "zz"
nodes = ["there"]
"""


@pytest.fixture
def refused(cli, tmp_path):
    def run(*words, toml=LOCAL):
        (tmp_path / "almanac.toml").write_text(toml)
        done = cli(*words)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr.strip().splitlines()[-1]

    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nihgtly"], 'Error: There is no command "nihgtly". Did you mean "nightly"?'),
        (["collect", "--node", "heer"], 'Error: There is no node "heer". Did you mean "here"?'),
        (
            ["collect", "--node", "here", "--hub", "ZZ"],
            "Error: No node is meant: name another --node or --hub, or watch one in almanac.toml.",
        ),
        (["publish", "--list", "--switch", "1"], "Error: --list only lists; leave one of --list and --switch out"),
        (["report"], "Error: almanac.toml names nobody to be told; add [[reports]] with to = [...], and [mail]"),
        (["--config", "other.toml", "check"], "almanac: other.toml: there is no such file; name another"),
    ],
)
def test_a_wrong_request_is_told_and_changes_nothing(words, said, refused, tmp_path):
    assert refused(*words) == said
    assert [path.name for path in tmp_path.iterdir()] == ["almanac.toml"]


@pytest.mark.parametrize("words", [["nightly"], ["check"], ["check", "--reach"]])
def test_a_configuration_without_nodes_is_told_before_anything_is_made(words, refused, tmp_path):
    said = "almanac: almanac.toml: nodes: nothing is watched; add a table such as [nodes.here]"
    assert refused(*words, toml="") == said
    assert [path.name for path in tmp_path.iterdir()] == ["almanac.toml"]


def test_a_folder_that_cannot_be_recorded_to_leaves_no_pass_behind(refused, tmp_path):
    (tmp_path / "taken").touch()
    assert refused("collect", "--record", "taken") == (
        "almanac: taken: can't be recorded to: Not a directory; name another folder"
    )
    with closing(sqlite3.connect(tmp_path / "data/almanac.db")) as database:
        assert database.execute("SELECT count(*) FROM pass").fetchone() == (0,)


def test_an_imported_configuration_gets_its_site(cli, tmp_path):
    (tmp_path / ".scm_monitor.cnf").write_text("[C2]\nsrvnode = cms02\n")
    (tmp_path / ".libfab.cnf").write_text("[HUB]\nC2 = C\n")
    assert cli("import", ".scm_monitor.cnf", ".libfab.cnf").returncode == 0
    assert (tmp_path / "site/conf.py").exists()
    assert (tmp_path / "almanac.toml").read_text().startswith("#:schema ./almanac.schema.json\n")
    assert (tmp_path / "almanac.schema.json").exists()
    (tmp_path / "file").touch()
    refused = cli("import", ".scm_monitor.cnf", "--output", "file/almanac.toml")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "almanac: file/almanac.toml: can't be written: Not a directory; name another folder",
    )


def test_a_missing_site_is_found_by_check_with_its_mend(cli, tmp_path):
    (tmp_path / "almanac.toml").write_text(LOCAL)
    done = cli("check")
    assert (done.returncode, done.stdout) == (1, "almanac.toml: right; 2 nodes, 1 hub, 0 environments\n")
    assert done.stderr == (
        f"almanac: {tmp_path}/site: there is no conf.py, so no site; make one with: almanac init {tmp_path}\n"
    )
    assert cli("init", tmp_path).returncode == 0
    assert cli("check").returncode == 0


def test_the_sample_fleet_is_not_made_in_a_file(cli, tmp_path):
    (tmp_path / "file").touch()
    done = cli("demo", "file")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"almanac: {tmp_path}/file/almanac.toml: can't be written: Not a directory; make the sample fleet elsewhere\n"
    )


def test_init_completes_a_folder_that_has_a_configuration_and_no_site(cli, tmp_path):
    (tmp_path / "almanac.toml").write_text(LOCAL)
    done = cli("init")
    assert (done.returncode, done.stdout) == (
        0,
        "site: written; make the first page with: almanac --config almanac.toml nightly\n",
    )
    assert (tmp_path / "almanac.toml").read_text() == LOCAL
    assert (tmp_path / "site/conf.py").exists()
    assert cli("init").returncode == 2

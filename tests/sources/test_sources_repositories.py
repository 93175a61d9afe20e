"""Repositories found beside their backups: looked for in every shell, compared with what is backed up."""

import os
import subprocess

import pytest

from tests.sources.test_sources_tarballs_probe import ODD, backup, numbers, open_place, probe, read, states
from tests.system import fleet

__all__ = ["open_place"]


def svn(place):
    """What Subversion makes of a repository that a look can tell."""
    (place / "db").mkdir(parents=True)
    (place / "format").write_text("5\n")
    return place


def trac(place):
    (place / "conf").mkdir(parents=True)
    (place / "VERSION").write_text("Trac Environment Version 1\n")
    return place


def git(place):
    subprocess.run(["git", "init", "-q", "--bare", place], check=True)
    return place


def asked(ask, root):
    chosen = {"repositories": str(root)}
    folder = root / "backup/cms02"
    return read(folder, ask(probe(folder, **chosen)), **chosen)


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "it's $HOME"
    backup(made / "backup/cms02/svn/env")
    return made


def test_repositories_of_every_kind_and_name_are_found_in_every_shell(ask, root):
    for name in ODD:
        svn(root / "svn" / os.fsdecode(name))
    trac(root / "tracs/env")
    git(root / "git/code.git")
    svn(root / "svn/restored")
    (root / "svn/restored-scm-recover-repo").symlink_to("2024/11/23/161023/restored.tar.gz")
    (root / "svn/LOCKED").mkdir()
    (root / "svn/readme").touch()
    svn(root / "svn/deep/below")
    reading = asked(ask, root)
    names = ["plain", "with space", 'it\'s "$(id)" `id`', "two\\nlines", "tab\\tand*star", "-n", "caf\\xe9", "café"]
    wanted = {f"C2/svn/{name}": "svn" for name in names}
    wanted |= {"C2/svn/restored": "restored", "C2/tracs/env": "trac", "C2/git/code.git": "git"}
    assert states(reading, "repository") == wanted
    assert (reading.faults, states(reading, "listing")["C2"]) == ((), "whole")
    assert {o.subject: o.value for o in reading.observations if o.subject == "repositories:C2"} == {
        "repositories:C2": len(wanted)
    }


def test_a_folder_of_repositories_that_is_not_there_is_a_fault_and_tells_nothing(ask, root):
    chosen = {"repositories": "/nowhere/at all"}
    folder = root / "backup/cms02"
    reading = read(folder, ask(probe(folder, **chosen)), **chosen)
    assert states(reading, "repository") == {}
    assert [one.subject for one in reading.states if one.subject.startswith("repositor")] == []
    assert ["/nowhere/at all" in one.text for one in reading.faults] == [True]
    assert numbers(reading, "size")


def test_a_closed_repository_is_told_as_not_looked_into(open_place):
    svn(open_place / "svn/open")
    closed = svn(open_place / "svn/closed")
    backup(open_place / "backup/svn/open")
    closed.chmod(0o700 if os.getuid() == 0 else 0)
    chosen = {"repositories": str(open_place)}
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    text = probe(open_place / "backup", **chosen)
    reading = read(open_place / "backup", subprocess.run(["sh", "-c", text], capture_output=True, **user), **chosen)
    listing = {one.subject: one.value for one in reading.states if one.subject.startswith("repositories")}
    assert (listing, states(reading, "repository")) == ({"repositories:C2": "partial"}, {"C2/svn/open": "svn"})
    assert [one.text for one in reading.faults] == ["./svn/closed: can't be looked into"]


def test_a_pass_tells_what_nobody_backs_up_and_what_is_backed_up_and_gone(tmp_path):
    config = fleet.make(tmp_path, 10)
    place = tmp_path / "fleet/SDU"
    text = config.read_text().replace(f'folder = "{place}/', f'repositories = "{place}"\nfolder = "{place}/')
    config.write_text(text)
    for name in ("dybsvn", "fresh", "toysvn"):
        svn(place / "svn" / name)
    (place / "svn/toysvn-scm-recover-repo").symlink_to("somewhere")
    fleet.tarball(place / "backup/dayabay", "svn/gone", 0, 10_000_000)
    done = fleet.almanac(tmp_path, "nightly")
    assert done.stderr.splitlines() == [
        "critical: SDU svn/fresh: Is a repository that lies there, and nobody backs it up.",
        "warning: SDU svn/gone: Is a backup of a repository that does not lie there.",
    ]
    assert "Repository svn/fresh" in (tmp_path / "data/public/current/search-index.js").read_text()
